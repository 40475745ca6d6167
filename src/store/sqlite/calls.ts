import type { Store, StoredCall } from '../store.ts';
import { type Database, decodeCursor, encodeCursor, type Row } from './database.ts';

const toCall = (row: Row): StoredCall => ({
  id: row['id'] as string,
  pbx: row['pbx'] as string,
  linkedId: row['linked_id'] as string | null,
  status: row['status'] as string,
  createdAt: row['created_at'] as number,
  endedAt: row['ended_at'] as number | null,
  numbers: JSON.parse(row['numbers'] as string) as string[],
  body: row['body'] as string,
});

/** Numbers are kept from their end, as that is what they are searched by. */
const reverse = (digits: string): string => Array.from(digits).reverse().join('');

export const writeCalls = (database: Database, calls: readonly StoredCall[]): void => {
  for (const { id, pbx, linkedId, status, createdAt, endedAt, numbers, body } of calls) {
    const text = JSON.stringify(numbers);
    const before = database.one('SELECT numbers FROM calls WHERE id = ?', id);
    database.run(
      'INSERT OR REPLACE INTO calls (id, pbx, linked_id, status, created_at, ended_at, numbers, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      pbx,
      linkedId,
      status,
      createdAt,
      endedAt,
      text,
      body,
    );
    if (before?.['numbers'] === text) continue;
    if (before) database.run('DELETE FROM numbers WHERE call = ?', id);
    for (const number of new Set(numbers))
      database.run('INSERT OR IGNORE INTO numbers VALUES (?, ?)', reverse(number), id);
  }
};

export const removeCall = (database: Database, id: string): void => {
  database.run('DELETE FROM numbers WHERE call = ?', id);
  database.run('DELETE FROM calls WHERE id = ?', id);
};

export const callsIn = (database: Database): Store['calls'] => ({
  get: (id) =>
    database.guard(() => {
      const row = database.one('SELECT * FROM calls WHERE id = ?', id);
      return row && toCall(row);
    }),
  list: ({ pbx, status, linkedId, open, from, to, number, cursor, limit }) =>
    database.guard(() => {
      const where: string[] = [];
      const values: (string | number)[] = [];
      const add = (condition: string, ...more: (string | number)[]) => {
        where.push(condition);
        values.push(...more);
      };
      // A plus keeps SQLite, which has no statistics, from another index than that of the rarest thing asked for.
      const few = linkedId !== undefined || number !== undefined || open === true;
      const other = few ? '+' : '';
      if (pbx?.length === 1) add(`${other}pbx = ?`, ...pbx);
      else if (pbx) add(`+pbx IN (${pbx.map(() => '?').join(', ')})`, ...pbx);
      if (status !== undefined) add(`${other}status = ?`, status);
      if (linkedId !== undefined) add('linked_id = ?', linkedId);
      if (open) add('ended_at IS NULL');
      if (from !== undefined) add('created_at >= ?', from);
      if (to !== undefined) add('created_at < ?', to);
      if (number !== undefined) {
        // `:` is what comes behind 9.
        add(
          'id IN (SELECT call FROM numbers WHERE reversed >= ? AND reversed < ?)',
          reverse(number),
          `${reverse(number)}:`,
        );
      }
      if (cursor !== undefined) {
        const [createdAt = 0, id = ''] = decodeCursor(cursor, ['number', 'string']);
        add('(created_at < ? OR (created_at = ? AND id > ?))', createdAt, createdAt, id);
      }
      const rows = database.all(
        `SELECT * FROM calls ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} ORDER BY created_at DESC, id LIMIT ?`,
        ...values,
        limit + 1,
      );
      const items = rows.slice(0, limit).map(toCall);
      const last = items.at(-1);
      return { items, nextCursor: rows.length > limit && last ? encodeCursor(last.createdAt, last.id) : null };
    }),
  open: (pbx) =>
    database.guard(() => database.all('SELECT * FROM calls WHERE +pbx = ? AND ended_at IS NULL', pbx).map(toCall)),
  remove: (id) =>
    database.guard(() => {
      database.transaction(() => {
        removeCall(database, id);
      });
    }),
});
