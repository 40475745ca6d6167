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

export const writeDeliveries = (database: Database, deliveries: readonly StoredDelivery[]): void => {
  for (const one of deliveries) {
    database.run(
      'INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
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
  }
};

/** The oldest pending one of each order key: those behind it wait for it. */
const HEADS = `
  FROM deliveries AS head WHERE webhook_id = ? AND status = 'pending' AND ordinal = (
    SELECT min(ordinal) FROM deliveries
    WHERE webhook_id = head.webhook_id AND order_key = head.order_key AND status = 'pending'
  )`;

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
        .all(`SELECT * ${HEADS} AND next_at <= ? ORDER BY ordinal LIMIT ?`, webhookId, now, limit)
        .map(toDelivery),
    ),
  nextAt: (webhookId) =>
    database.guard(() => (database.one(`SELECT min(next_at) AS at ${HEADS}`, webhookId)?.['at'] ?? undefined) as number | undefined), // prettier-ignore
  lastOrdinal: () =>
    database.guard(() => Number(database.one('SELECT max(ordinal) AS last FROM deliveries')?.['last'] ?? 0)),
  countPending: (webhookId) =>
    database.guard(
      () =>
      Number(database.one("SELECT count(*) AS count FROM deliveries WHERE webhook_id = ? AND status = 'pending'", webhookId)?.['count']), // prettier-ignore
    ),
});
