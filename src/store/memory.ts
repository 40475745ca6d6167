import type { IdempotencyRecord, Store, StoredCall, StoredDelivery, StoredEvent, StoredWebhook } from './store.ts';

/** A page of rows, newest first; the cursor is the position behind the last one. */
const pageOf = <T>(rows: readonly T[], cursor: string | undefined, limit: number) => {
  const start = Number(cursor ?? 0);
  const items = rows.slice(start, start + limit);
  return { items, nextCursor: start + limit < rows.length ? String(start + limit) : null };
};

/** Ends with the process. For the demo and for tests. */
export const createMemoryStore = (): Store => {
  let events: StoredEvent[] = [];
  const calls = new Map<string, StoredCall>();
  const webhooks = new Map<string, StoredWebhook>();
  const deliveries = new Map<string, StoredDelivery>();
  const records = new Map<string, IdempotencyRecord>();
  const recordKey = (sub: string, key: string) => JSON.stringify([sub, key]);

  /** The oldest pending one of each order key. */
  const heads = (webhookId: string): StoredDelivery[] => {
    const first = new Map<string, StoredDelivery>();
    for (const delivery of deliveries.values()) {
      if (delivery.webhookId !== webhookId || delivery.status !== 'pending') continue;
      const other = first.get(delivery.orderKey);
      if (!other || delivery.ordinal < other.ordinal) first.set(delivery.orderKey, delivery);
    }
    return [...first.values()].sort((a, b) => a.ordinal - b.ordinal);
  };

  return {
    kind: 'memory',
    async write(batch) {
      events.push(...(batch.events ?? []));
      for (const call of batch.calls ?? []) calls.set(call.id, call);
      for (const delivery of batch.deliveries ?? []) deliveries.set(delivery.id, delivery);
    },
    events: {
      async read({ pbx, epoch, after, from, to, call, cursor, limit }) {
        const wanted = events.filter(
          (event) =>
            event.pbx === pbx &&
            (epoch === undefined || event.epoch === epoch) &&
            (after === undefined || event.sequence > after) &&
            (from === undefined || event.at >= from) &&
            (to === undefined || event.at < to) &&
            (call === undefined || event.call === call),
        );
        return pageOf(wanted, cursor, limit);
      },
      async epochs(pbx) {
        const known = new Map<string, { epoch: string; first: number; last: number }>();
        for (const event of events) {
          if (event.pbx !== pbx) continue;
          const { epoch, sequence } = event;
          known.set(epoch, { epoch, first: known.get(epoch)?.first ?? sequence, last: sequence });
        }
        return [...known.values()];
      },
    },
    calls: {
      get: async (id) => calls.get(id),
      async list({ pbx, status, linkedId, open, from, to, number, cursor, limit }) {
        const wanted = [...calls.values()].filter(
          (call) =>
            (pbx === undefined || pbx.includes(call.pbx)) &&
            (status === undefined || call.status === status) &&
            (open !== true || call.endedAt === null) &&
            (linkedId === undefined || call.linkedId === linkedId) &&
            (from === undefined || call.createdAt >= from) &&
            (to === undefined || call.createdAt < to) &&
            (number === undefined || call.numbers.some((known) => known.endsWith(number))),
        );
        return pageOf(wanted.sort((a, b) => b.createdAt - a.createdAt), cursor, limit); // prettier-ignore
      },
      open: async (pbx) => [...calls.values()].filter((call) => call.pbx === pbx && call.endedAt === null),
      remove: async (id) => void calls.delete(id),
    },
    webhooks: {
      put: async (webhook) => void webhooks.set(webhook.id, webhook),
      get: async (id) => webhooks.get(id),
      list: async () => [...webhooks.values()],
      async remove(id) {
        webhooks.delete(id);
        for (const delivery of deliveries.values()) if (delivery.webhookId === id) deliveries.delete(delivery.id);
      },
    },
    deliveries: {
      get: async (id) => deliveries.get(id),
      async list({ webhookId, status, cursor, limit }) {
        const wanted = [...deliveries.values()].filter(
          (delivery) => delivery.webhookId === webhookId && (status === undefined || delivery.status === status),
        );
        return pageOf(wanted.sort((a, b) => b.ordinal - a.ordinal), cursor, limit); // prettier-ignore
      },
      due: async ({ webhookId, now, limit }) =>
        heads(webhookId)
          .filter(({ nextAt }) => nextAt <= now)
          .slice(0, limit),
      nextAt: async (webhookId) => {
        const times = heads(webhookId).map(({ nextAt }) => nextAt);
        return times.length === 0 ? undefined : Math.min(...times);
      },
      lastOrdinal: async () => Math.max(0, ...[...deliveries.values()].map(({ ordinal }) => ordinal)),
      countPending: async (webhookId) =>
        [...deliveries.values()].filter((delivery) => delivery.webhookId === webhookId && delivery.status === 'pending')
          .length,
    },
    idempotency: {
      async begin(record) {
        const key = recordKey(record.sub, record.key);
        const known = records.get(key);
        if (!known) records.set(key, record);
        return known;
      },
      update: async (record) => void records.set(recordKey(record.sub, record.key), record),
      remove: async (sub, key) => void records.delete(recordKey(sub, key)),
    },
    async prune({ eventsBefore, callsBefore, deliveriesBefore, idempotencyBefore, maxEvents, limit }) {
      let left = limit;
      const removeFrom = <T>(rows: Map<string, T>, old: (row: T) => boolean) => {
        for (const [key, row] of rows) {
          if (left === 0) return;
          if (!old(row)) continue;
          rows.delete(key);
          left--;
        }
      };
      const firstKept = events.findIndex(({ at }) => at >= eventsBefore);
      const tooOld = firstKept === -1 ? events.length : firstKept;
      const dropped = Math.min(left, Math.max(tooOld, events.length - maxEvents));
      events = events.slice(dropped);
      left -= dropped;
      removeFrom(calls, ({ endedAt }) => endedAt !== null && endedAt < callsBefore);
      removeFrom(deliveries, ({ finishedAt }) => finishedAt !== null && finishedAt < deliveriesBefore);
      removeFrom(records, ({ createdAt }) => createdAt < idempotencyBefore);
      return left === 0;
    },
    async close() {},
  };
};
