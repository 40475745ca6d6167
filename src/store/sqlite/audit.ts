import type { Store, StoredAudit } from '../store.ts';
import { type Database, decodeCursor, encodeCursor, type Row } from './database.ts';

const toRecord = (row: Row): StoredAudit => ({
  seq: row['seq'] as number,
  previous: row['previous'] as string,
  hash: row['hash'] as string,
  body: row['body'] as string,
});

const COLUMNS = { sub: 'sub', pbx: 'pbx', operation: 'operation', outcome: 'outcome' } as const;

export const auditIn = (database: Database): Store['audit'] => ({
  append: (records) =>
    database.guard(() => {
      database.transaction(() => {
        for (const { seq, previous, hash, body } of records)
          database.run('INSERT INTO audit (seq, previous, hash, body) VALUES (?, ?, ?, ?)', seq, previous, hash, body);
      });
    }),
  last: () =>
    database.guard(() => {
      const row = database.one('SELECT * FROM audit ORDER BY seq DESC LIMIT 1');
      return row && toRecord(row);
    }),
  after: (seq, limit) =>
    database.guard(() =>
      database.all('SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?', seq, limit).map(toRecord),
    ),
  list: ({ from, to, cursor, limit, ...wanted }) =>
    database.guard(() => {
      const [before] = cursor === undefined ? [Number.MAX_SAFE_INTEGER] : decodeCursor(cursor, ['number']);
      const conditions = ['seq < ?'];
      const values: (string | number)[] = [before ?? 0];
      const want = (condition: string, value: string | number | undefined) => {
        if (value === undefined) return;
        conditions.push(condition);
        values.push(value);
      };
      for (const [name, column] of Object.entries(COLUMNS)) want(`${column} = ?`, wanted[name as keyof typeof COLUMNS]);
      want('at >= ?', from);
      want('at < ?', to);
      const rows = database.all(
        `SELECT * FROM audit WHERE ${conditions.join(' AND ')} ORDER BY seq DESC LIMIT ?`,
        ...values,
        limit + 1,
      );
      const items = rows.slice(0, limit).map(toRecord);
      const last = items.at(-1);
      return { items, nextCursor: rows.length > limit && last ? encodeCursor(last.seq) : null };
    }),
  older: (at, limit) =>
    database.guard(() => {
      // Times rise with the numbers, but for a clock that was set back: only the oldest are looked at.
      const rows = database.all('SELECT seq, at FROM audit ORDER BY seq LIMIT ?', limit);
      const young = rows.findIndex((row) => (row['at'] as number) >= at);
      const last = rows[(young < 0 ? rows.length : young) - 1];
      const row = last && database.one('SELECT * FROM audit WHERE seq = ?', last['seq'] as number);
      return row && toRecord(row);
    }),
  removeUpTo: (seq) => database.guard(() => void database.run('DELETE FROM audit WHERE seq <= ?', seq)),
});
