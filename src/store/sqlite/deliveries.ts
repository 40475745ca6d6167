import type { DeliveryStatus, Store, StoredDelivery } from '../store.ts';
import { type Database, decodeCursor, encodeCursor, type Row } from './database.ts';

const toDelivery = (row: Row): StoredDelivery => ({
  id: row['id'] as string,
  webhookId: row['webhook_id'] as string,
  orderKey: row['order_key'] as string,
  ordinal: row['ordinal'] as number,
  name: row['name'] as string,
  payload: row['payload'] as string,
  status: row['status'] as DeliveryStatus,
  attempts: row['attempts'] as number,
  createdAt: row['created_at'] as number,
  nextAt: row['next_at'] as number,
  finishedAt: row['finished_at'] as number | null,
  lastStatus: row['last_status'] as number | null,
  lastError: row['last_error'] as string | null,
});

/** The oldest pending one of an order key is its head: those behind it wait for it. */
const markHead = (database: Database, { webhookId, orderKey }: StoredDelivery): void => {
  const first = database.one(
    "SELECT id FROM deliveries WHERE webhook_id = ? AND order_key = ? AND status = 'pending' ORDER BY ordinal LIMIT 1",
    webhookId,
    orderKey,
  );
  const id = first?.['id'] ?? null;
  database.run('UPDATE deliveries SET head = 0 WHERE webhook_id = ? AND order_key = ? AND head = 1 AND id IS NOT ?', webhookId, orderKey, id); // prettier-ignore
  database.run('UPDATE deliveries SET head = 1 WHERE id = ? AND head = 0', id);
};

export const writeDeliveries = (database: Database, deliveries: readonly StoredDelivery[]): void => {
  for (const one of deliveries) {
    database.run(
      `INSERT OR REPLACE INTO deliveries (
         id, webhook_id, order_key, ordinal, name, payload, status, attempts, created_at, next_at, finished_at, last_status, last_error
       ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      one.id,
      one.webhookId,
      one.orderKey,
      one.ordinal,
      one.name,
      one.payload,
      one.status,
      one.attempts,
      one.createdAt,
      one.nextAt,
      one.finishedAt,
      one.lastStatus,
      one.lastError,
    );
    markHead(database, one);
  }
};

export const deliveriesIn = (database: Database): Store['deliveries'] => ({
  get: (id) =>
    database.guard(() => {
      const row = database.one('SELECT * FROM deliveries WHERE id = ?', id);
      return row && toDelivery(row);
    }),
  list: ({ webhookId, status, cursor, limit }) =>
    database.guard(() => {
      const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : (decodeCursor(cursor, ['number'])[0] ?? 0);
      const rows = database.all(
        `SELECT * FROM deliveries WHERE webhook_id = ? AND ordinal < ? ${status === undefined ? '' : 'AND status = ?'}
         ORDER BY ordinal DESC LIMIT ?`,
        ...[webhookId, before, ...(status === undefined ? [] : [status]), limit + 1],
      );
      const items = rows.slice(0, limit).map(toDelivery);
      const last = items.at(-1);
      return { items, nextCursor: rows.length > limit && last ? encodeCursor(last.ordinal) : null };
    }),
  due: ({ webhookId, now, limit }) =>
    database.guard(() =>
      database
        .all(
          'SELECT * FROM deliveries WHERE webhook_id = ? AND head = 1 AND next_at <= ? ORDER BY next_at, ordinal LIMIT ?',
          webhookId,
          now,
          limit,
        )
        .map(toDelivery),
    ),
  nextAt: (webhookId) =>
    database.guard(() => {
      const row = database.one(
        'SELECT min(next_at) AS at FROM deliveries WHERE webhook_id = ? AND head = 1',
        webhookId,
      );
      return (row?.['at'] ?? undefined) as number | undefined;
    }),
  lastOrdinal: () =>
    database.guard(() => Number(database.one('SELECT max(ordinal) AS last FROM deliveries')?.['last'] ?? 0)),
  countPending: (webhookId) =>
    database.guard(
      () =>
      Number(database.one("SELECT count(*) AS count FROM deliveries WHERE webhook_id = ? AND status = 'pending'", webhookId)?.['count']), // prettier-ignore
    ),
});
