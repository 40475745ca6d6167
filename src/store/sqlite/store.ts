import type { IdempotencyRecord, Retention, Store, StoredWebhook } from '../store.ts';
import { auditIn } from './audit.ts';
import { callsIn, removeCall, writeCalls } from './calls.ts';
import { type Database, type DatabaseOptions, openDatabase, type Row } from './database.ts';
import { deliveriesIn, writeDeliveries } from './deliveries.ts';
import { eventsIn, writeEvents } from './events.ts';
import { tokensIn } from './tokens.ts';

const toWebhook = (row: Row): StoredWebhook => ({
  id: row['id'] as string,
  owner: row['owner'] as string,
  createdAt: row['created_at'] as number,
  body: row['body'] as string,
});

const webhooksIn = (database: Database): Store['webhooks'] => ({
  put: ({ id, owner, createdAt, body }) =>
    database.guard(
      () => void database.run('INSERT OR REPLACE INTO webhooks VALUES (?, ?, ?, ?)', id, owner, createdAt, body),
    ),
  get: (id) =>
    database.guard(() => {
      const row = database.one('SELECT * FROM webhooks WHERE id = ?', id);
      return row && toWebhook(row);
    }),
  list: () => database.guard(() => database.all('SELECT * FROM webhooks ORDER BY created_at, id').map(toWebhook)),
  remove: (id) =>
    database.guard(() => {
      database.transaction(() => {
        database.run('DELETE FROM deliveries WHERE webhook_id = ?', id);
        database.run('DELETE FROM webhooks WHERE id = ?', id);
      });
    }),
});

const idempotencyIn = (database: Database): Store['idempotency'] => ({
  begin: (record, expiredBefore) =>
    database.guard(() => {
      const { sub, key, createdAt } = record;
      const added = database.run(
        'INSERT INTO idempotency VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET created_at = excluded.created_at, body = excluded.body WHERE created_at < ?',
        sub,
        key,
        createdAt,
        JSON.stringify(record),
        expiredBefore,
      );
      if (added > 0) return undefined;
      const known = database.one('SELECT body FROM idempotency WHERE sub = ? AND key = ?', sub, key);
      return known && (JSON.parse(known['body'] as string) as IdempotencyRecord);
    }),
  update: (record) =>
    database.guard(() => {
      database.run(
        'UPDATE idempotency SET body = ? WHERE sub = ? AND key = ?',
        JSON.stringify(record),
        record.sub,
        record.key,
      );
    }),
  remove: (sub, key) =>
    database.guard(() => void database.run('DELETE FROM idempotency WHERE sub = ? AND key = ?', sub, key)),
});

/** Rows removed, at most `limit`. */
const prune = (database: Database, retention: Retention): number => {
  const { eventsBefore, callsBefore, deliveriesBefore, idempotencyBefore, tokensBefore, maxEvents, limit } = retention;
  let left = limit;
  const remove = (sql: string, ...values: number[]) => {
    if (left > 0) left -= database.run(sql, ...values, left);
  };
  const newest = Number(database.one('SELECT max(position) AS newest FROM events')?.['newest'] ?? 0);
  remove('DELETE FROM events WHERE position IN (SELECT position FROM events WHERE position <= ? ORDER BY position LIMIT ?)', newest - maxEvents); // prettier-ignore
  // Times rise with positions, but for a clock that was set back: only the oldest are looked at.
  remove('DELETE FROM events WHERE at < ? AND position IN (SELECT position FROM events ORDER BY position LIMIT ?)', eventsBefore); // prettier-ignore
  if (left > 0) {
    const old = database.all('SELECT id FROM calls WHERE ended_at < ? LIMIT ?', callsBefore, left);
    for (const { id } of old) removeCall(database, id as string);
    left -= old.length;
  }
  remove('DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE finished_at < ? LIMIT ?)', deliveriesBefore); // prettier-ignore
  if (left > 0) {
    const old = database.all('SELECT sub, key FROM idempotency WHERE created_at < ? LIMIT ?', idempotencyBefore, left);
    for (const { sub, key } of old) database.run('DELETE FROM idempotency WHERE sub = ? AND key = ?', sub as string, key as string); // prettier-ignore
    left -= old.length;
  }
  remove('DELETE FROM tokens WHERE jti IN (SELECT jti FROM tokens WHERE expires_at < ? LIMIT ?)', tokensBefore);
  database.run('DELETE FROM epochs WHERE began < ? AND NOT EXISTS (SELECT 1 FROM events WHERE events.pbx = epochs.pbx AND events.epoch = epochs.epoch)', eventsBefore); // prettier-ignore
  return limit - left;
};

/** A store in one SQLite file, or in `:memory:`. Throws `store-unavailable` where it cannot be opened. */
export const createSqliteStore = (file: string, options: DatabaseOptions = {}): Store => {
  const database = openDatabase(file, options);
  return {
    kind: file === ':memory:' ? 'memory' : 'sqlite',
    write: ({ events = [], calls = [], deliveries = [] }) =>
      database.guard(() => {
        database.transaction(() => {
          writeEvents(database, events);
          writeCalls(database, calls);
          writeDeliveries(database, deliveries);
        });
      }),
    events: eventsIn(database),
    calls: callsIn(database),
    webhooks: webhooksIn(database),
    deliveries: deliveriesIn(database),
    idempotency: idempotencyIn(database),
    tokens: tokensIn(database),
    audit: auditIn(database),
    prune: (retention) =>
      database.guard(() => database.transaction(() => prune(database, retention)) >= retention.limit),
    close: () =>
      database.guard(() => {
        database.close();
      }),
  };
};
