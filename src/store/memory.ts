import type { CallQuery, IdempotencyRecord, Store, StoredCall, StoredDelivery, StoredEvent, StoredWebhook } from './store.ts'; // prettier-ignore

const matches = (call: StoredCall, query: CallQuery): boolean =>
  (!query.pbx || query.pbx.includes(call.pbx)) &&
  (query.status === undefined || call.status === query.status) &&
  (query.linkedId === undefined || call.linkedId === query.linkedId) &&
  (!query.open || call.endedAt === null) &&
  (query.from === undefined || call.createdAt >= query.from) &&
  (query.to === undefined || call.createdAt < query.to) &&
  (query.number === undefined || call.numbers.some((number) => number.endsWith(query.number ?? '')));

const page = <T>(items: readonly T[], cursor: string | undefined, limit: number) => {
  const start = Number(cursor ?? 0);
  const end = start + limit;
  return { items: items.slice(start, end), nextCursor: end < items.length ? String(end) : null };
};

export const createMemoryStore = (): Store => {
  let events: StoredEvent[] = [];
  const calls = new Map<string, StoredCall>();
  const deliveries = new Map<string, StoredDelivery>();
  const webhooks = new Map<string, StoredWebhook>();
  const records = new Map<string, IdempotencyRecord>();
  const pendingOf = (webhookId: string) =>
    [...deliveries.values()]
      .filter((one) => one.webhookId === webhookId && one.status === 'pending')
      .sort((a, b) => a.ordinal - b.ordinal);
  return {
    kind: 'memory',
    async write(batch) {
      events.push(...(batch.events ?? []));
      if (events.length > 120_000) events = events.slice(-100_000);
      for (const call of batch.calls ?? []) calls.set(call.id, call);
      for (const delivery of batch.deliveries ?? []) deliveries.set(delivery.id, delivery);
    },
    events: {
      read: async ({ pbx, epoch, after, from, to, call, cursor, limit }) =>
        page(
          events.filter(
            (one) =>
              one.pbx === pbx &&
              (epoch === undefined || one.epoch === epoch) &&
              (after === undefined || one.sequence > after) &&
              (from === undefined || one.at >= from) &&
              (to === undefined || one.at < to) &&
              (call === undefined || one.call === call),
          ),
          cursor,
          limit,
        ),
      async epochs(pbx) {
        const found = new Map<string, { epoch: string; first: number; last: number }>();
        for (const { pbx: of, epoch, sequence } of events) {
          if (of !== pbx) continue;
          const known = found.get(epoch);
          if (known) known.last = sequence;
          else found.set(epoch, { epoch, first: sequence, last: sequence });
        }
        return [...found.values()];
      },
    },
    calls: {
      get: async (id) => calls.get(id),
      list: async (query) =>
        page(
          [...calls.values()].filter((call) => matches(call, query)).sort((a, b) => b.createdAt - a.createdAt),
          query.cursor,
          query.limit,
        ),
      open: async (pbx) => [...calls.values()].filter((call) => call.pbx === pbx && call.endedAt === null),
      remove: async (id) => void calls.delete(id),
    },
    webhooks: {
      put: async (webhook) => void webhooks.set(webhook.id, webhook),
      get: async (id) => webhooks.get(id),
      list: async () => [...webhooks.values()],
      remove: async (id) => void webhooks.delete(id),
    },
    deliveries: {
      get: async (id) => deliveries.get(id),
      list: async ({ webhookId, status, cursor, limit }) =>
        page(
          [...deliveries.values()]
            .filter((one) => one.webhookId === webhookId && (status === undefined || one.status === status))
            .sort((a, b) => b.ordinal - a.ordinal),
          cursor,
          limit,
        ),
      async due({ webhookId, now, limit }) {
        const heads = new Map<string, StoredDelivery>();
        for (const one of pendingOf(webhookId)) if (!heads.has(one.orderKey)) heads.set(one.orderKey, one);
        return [...heads.values()].filter(({ nextAt }) => nextAt <= now).slice(0, limit);
      },
      nextAt: async (webhookId) => pendingOf(webhookId).map(({ nextAt }) => nextAt).sort((a, b) => a - b)[0], // prettier-ignore
      lastOrdinal: async () => Math.max(0, ...[...deliveries.values()].map(({ ordinal }) => ordinal)),
      countPending: async (webhookId) => pendingOf(webhookId).length,
    },
    idempotency: {
      async begin(record) {
        const key = `${record.sub} ${record.key}`;
        const known = records.get(key);
        if (!known) records.set(key, record);
        return known;
      },
      update: async (record) => void records.set(`${record.sub} ${record.key}`, record),
      remove: async (sub, key) => void records.delete(`${sub} ${key}`),
    },
    prune: async () => false,
    close: async () => {},
  };
};
