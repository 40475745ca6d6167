import type { Store, StoredEvent } from '../store.ts';
import { type Database, decodeCursor, encodeCursor, type Row } from './database.ts';

const toEvent = (row: Row): StoredEvent => ({
  pbx: row['pbx'] as string,
  epoch: row['epoch'] as string,
  sequence: row['sequence'] as number,
  at: row['at'] as number,
  name: row['name'] as string,
  call: row['call'] as string | null,
  body: row['body'] as string,
});

export const writeEvents = (database: Database, events: readonly StoredEvent[]): void => {
  const begun = new Set<string>();
  for (const { pbx, epoch, sequence, at, name, call, body } of events) {
    if (!begun.has(epoch)) database.run('INSERT OR IGNORE INTO epochs VALUES (?, ?, ?)', pbx, epoch, at);
    begun.add(epoch);
    database.run(
      'INSERT INTO events (pbx, epoch, sequence, at, name, call, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
      pbx,
      epoch,
      sequence,
      at,
      name,
      call,
      body,
    );
  }
};

export const eventsIn = (database: Database): Store['events'] => ({
  read: ({ pbx, epoch, after, from, to, call, cursor, limit }) =>
    database.guard(() => {
      const where = ['pbx = ?'];
      const values: (string | number)[] = [pbx];
      const add = (condition: string, value: string | number | undefined) => {
        if (value === undefined) return;
        where.push(condition);
        values.push(value);
      };
      add('epoch = ?', epoch);
      add('sequence > ?', after);
      add('call = ?', call);
      add('at >= ?', from);
      add('at < ?', to);
      if (cursor !== undefined) add('position > ?', decodeCursor(cursor, ['number'])[0]);
      const order = epoch === undefined ? 'position' : 'sequence';
      const rows = database.all(
        `SELECT * FROM events WHERE ${where.join(' AND ')} ORDER BY ${order} LIMIT ?`,
        ...values,
        limit + 1,
      );
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return {
        items: items.map(toEvent),
        nextCursor: rows.length > limit && last ? encodeCursor(last['position'] as number) : null,
      };
    }),
  epochs: (pbx) =>
    database.guard(() =>
      database
        .all(
          `SELECT epoch,
             (SELECT min(sequence) FROM events WHERE events.pbx = epochs.pbx AND events.epoch = epochs.epoch) AS first,
             (SELECT max(sequence) FROM events WHERE events.pbx = epochs.pbx AND events.epoch = epochs.epoch) AS last
           FROM epochs WHERE pbx = ? ORDER BY began`,
          pbx,
        )
        .filter(({ first }) => first !== null)
        .map((row) => ({ epoch: row['epoch'] as string, first: row['first'] as number, last: row['last'] as number })),
    ),
});
