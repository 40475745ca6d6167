import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/store/open.ts';
import { createSqliteStore } from '../../src/store/sqlite/store.ts';
import { openThreadedStore } from '../../src/store/sqlite/threaded.ts';
import type {
  DeliveryStatus,
  IdempotencyRecord,
  Store,
  StoredCall,
  StoredDelivery,
  StoredEvent,
} from '../../src/store/store.ts';

export const storedEvent = (sequence: number, more: Partial<StoredEvent> = {}): StoredEvent => ({
  pbx: 'a', epoch: 'e1', sequence, at: sequence, name: 'call.ended', call: null, body: `{"n":${sequence}}`, ...more,
}); // prettier-ignore
const call = (id: string, more: Partial<StoredCall> = {}): StoredCall => ({
  id, pbx: 'a', linkedId: `l-${id}`, status: 'ended', createdAt: 1, endedAt: 2, numbers: [], body: '{}', ...more,
}); // prettier-ignore
const delivery = (ordinal: number, more: Partial<StoredDelivery> = {}): StoredDelivery => ({
  id: `d${ordinal}`, webhookId: 'w', orderKey: 'k', ordinal, name: 'call.ended', payload: '{}', status: 'pending', attempts: 0,
  createdAt: 1, nextAt: 10, finishedAt: null, lastStatus: null, lastError: null, ...more,
}); // prettier-ignore
const record = (key: string, more: Partial<IdempotencyRecord> = {}): IdempotencyRecord => ({
  sub: 'anna', key, fingerprint: 'f', instance: 'i', createdAt: 1, callId: null, answer: null, ...more,
}); // prettier-ignore
const retention = { eventsBefore: 0, callsBefore: 0, deliveriesBefore: 0, idempotencyBefore: 0, tokensBefore: 0, maxEvents: 1_000_000, limit: 1_000 }; // prettier-ignore

const adapters: [name: string, make: (folder: string) => Store | Promise<Store>][] = [
  ['memory:', () => createMemoryStore()],
  ['sqlite:', (folder) => createSqliteStore(join(folder, 'deep/er/gateway.db'))],
  ['sqlite: in a thread', (folder) => openThreadedStore(join(folder, 'deep/er/gateway.db'))],
];

describe.each(adapters)('the store %s', (_name, make) => {
  let folder: string;
  let store: Store;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'store-'));
    store = await make(folder);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const pages = async <T>(read: (cursor: string | undefined) => Promise<{ items: T[]; nextCursor: string | null }>) => {
    const all: T[] = [];
    let cursor: string | undefined;
    for (;;) {
      const page = await read(cursor);
      all.push(...page.items);
      if (page.nextCursor === null) return all;
      cursor = page.nextCursor;
    }
  };

  it('gives events back in order: of an epoch behind a sequence, of a call, of a time, page by page', async () => {
    const events = [1, 2, 3, 4, 5].map((n) => storedEvent(n, { call: n % 2 ? 'c' : null }));
    await store.write({ events });
    await store.write({ events: [storedEvent(1, { epoch: 'e2', at: 9 }), storedEvent(1, { pbx: 'b', epoch: 'e3' })] });
    expect((await store.events.read({ pbx: 'a', epoch: 'e1', after: 3, limit: 10 })).items).toEqual(events.slice(3));
    expect((await store.events.read({ pbx: 'a', call: 'c', limit: 10 })).items).toEqual([
      events[0],
      events[2],
      events[4],
    ]);
    expect((await store.events.read({ pbx: 'a', from: 2, to: 4, limit: 10 })).items).toEqual([events[1], events[2]]);
    const all = await pages((cursor) => store.events.read({ pbx: 'a', cursor, limit: 2 }));
    expect(all.map(({ epoch, sequence }) => [epoch, sequence])).toEqual([['e1', 1], ['e1', 2], ['e1', 3], ['e1', 4], ['e1', 5], ['e2', 1]]); // prettier-ignore
    expect(await store.events.epochs('a')).toEqual([{ epoch: 'e1', first: 1, last: 5 }, { epoch: 'e2', first: 1, last: 1 }]); // prettier-ignore
    await expect(store.events.read({ pbx: 'a', cursor: 'junk', limit: 1 })).rejects.toMatchObject({ code: 'invalid-request' }); // prettier-ignore
  });

  it('replaces calls, knows the open ones, and finds them by every filter', async () => {
    await store.write({ calls: [call('1', { status: 'dialing', endedAt: null, numbers: ['123'] })] });
    expect((await store.calls.open('a')).map(({ id }) => id)).toEqual(['1']);
    await store.write({
      calls: [call('1', { numbers: ['3125551234', '100'] }), call('2', { pbx: 'b', createdAt: 5 })],
    });
    expect(await store.calls.open('a')).toEqual([]);
    expect(await store.calls.get('1')).toEqual(call('1', { numbers: ['3125551234', '100'] }));
    const ids = async (query: object) => (await store.calls.list({ limit: 10, ...query })).items.map(({ id }) => id);
    expect(await ids({})).toEqual(['2', '1']);
    expect(await ids({ pbx: ['a', 'c'] })).toEqual(['1']);
    expect(await ids({ pbx: [] })).toEqual([]);
    expect(await ids({ linkedId: 'l-2' })).toEqual(['2']);
    expect(await ids({ from: 2 })).toEqual(['2']);
    expect(await ids({ to: 5 })).toEqual(['1']);
    expect(await ids({ number: '5551234' })).toEqual(['1']);
    expect([await ids({ number: '123' }), await ids({ number: '312' })]).toEqual([[], []]);
    expect([await ids({ open: true }), await ids({ status: 'ended' })]).toEqual([[], ['2', '1']]);
    await store.calls.remove('1');
    expect([await store.calls.get('1'), await ids({ number: '100' })]).toEqual([undefined, []]);
  });

  it('pages through calls without losing one, whatever their times', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), async (times, limit) => {
        const fresh = createMemoryStore();
        await fresh.write({ calls: times.map((createdAt, index) => call(String(index), { createdAt })) });
        const found = await pages((cursor) => fresh.calls.list({ cursor, limit }));
        expect(found.map(({ id }) => id).sort()).toEqual(times.map((_time, index) => String(index)).sort());
        expect(found.map(({ createdAt }) => createdAt)).toEqual(times.toSorted((a, b) => b - a));
        await fresh.close();
      }),
      { numRuns: 50 },
    );
  });

  it('gives due deliveries one of each order key, the longest due first, as a model says', async () => {
    const one = fc.record({
      ordinal: fc.integer({ min: 1, max: 12 }),
      nextAt: fc.nat(20),
      status: fc.constantFrom<DeliveryStatus>('pending', 'pending', 'delivered', 'dead'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(one, { maxLength: 4 }), { maxLength: 8 }),
        fc.nat(20),
        async (batches, now) => {
          const fresh = createMemoryStore();
          const model = new Map<string, StoredDelivery>();
          // A delivery is written again after each attempt, and once more where it is replayed.
          for (const batch of batches) {
            const deliveries = batch.map(({ ordinal, ...more }) => delivery(ordinal, { orderKey: 'klm'.charAt(ordinal % 3), ...more })); // prettier-ignore
            await fresh.write({ deliveries });
            for (const written of deliveries) model.set(written.id, written);
          }
          const all = [...model.values()];
          const pending = all.filter(({ status }) => status === 'pending');
          const heads = pending.filter((a) => !pending.some((b) => b.orderKey === a.orderKey && b.ordinal < a.ordinal));
          const due = heads.filter(({ nextAt }) => nextAt <= now).sort((a, b) => a.nextAt - b.nextAt || a.ordinal - b.ordinal); // prettier-ignore
          expect(await fresh.deliveries.due({ webhookId: 'w', now, limit: 9 })).toEqual(due);
          const times = heads.map(({ nextAt }) => nextAt);
          expect(await fresh.deliveries.nextAt('w')).toBe(times.length > 0 ? Math.min(...times) : undefined);
          expect(await fresh.deliveries.countPending('w')).toBe(pending.length);
          expect(await fresh.deliveries.lastOrdinal()).toBe(Math.max(0, ...all.map(({ ordinal }) => ordinal)));
          await fresh.close();
        },
      ),
      { numRuns: 100 },
    );
  });

  it('keeps webhooks with their deliveries, and removes both', async () => {
    const webhook = { id: 'w', owner: 'anna', createdAt: 1, body: '{"url":"x"}' };
    await store.webhooks.put(webhook);
    await store.webhooks.put({ ...webhook, body: '{"url":"y"}' });
    await store.write({ deliveries: [delivery(1), delivery(2, { status: 'dead', finishedAt: 4 })] });
    expect(await store.webhooks.list()).toEqual([{ ...webhook, body: '{"url":"y"}' }]);
    expect((await store.deliveries.list({ webhookId: 'w', limit: 1 })).items.map(({ id }) => id)).toEqual(['d2']);
    expect((await store.deliveries.list({ webhookId: 'w', status: 'pending', limit: 5 })).items).toEqual([delivery(1)]);
    await store.webhooks.remove('w');
    expect([await store.webhooks.get('w'), await store.deliveries.get('d1')]).toEqual([undefined, undefined]);
  });

  it('gives a key to the first who begins with it', async () => {
    expect(await store.idempotency.begin(record('k'), 0)).toBeUndefined();
    expect(await store.idempotency.begin(record('k', { fingerprint: 'other' }), 0)).toEqual(record('k'));
    expect(await store.idempotency.begin(record('k', { sub: 'bert' }), 0)).toBeUndefined();
    const answer = { status: 201, headers: { location: '/calls/1' }, body: '{}' };
    await store.idempotency.update(record('k', { answer }));
    expect(await store.idempotency.begin(record('k'), 0)).toEqual(record('k', { answer }));
    const later = record('k', { createdAt: 9, instance: 'later' });
    expect(await store.idempotency.begin(later, 1)).toEqual(record('k', { answer }));
    expect(await store.idempotency.begin(later, 2)).toBeUndefined();
    expect(await store.idempotency.begin(record('k'), 9)).toEqual(later);
    await store.idempotency.remove('anna', 'k');
    expect(await store.idempotency.begin(record('k'), 0)).toBeUndefined();
  });

  it('takes a batch whole or not at all', async () => {
    await store.write({ events: [storedEvent(1)] });
    const twice = store.write({ calls: [call('1')], events: [storedEvent(1)] });
    await expect(twice).rejects.toMatchObject({ code: 'store-unavailable', retryable: true });
    expect(await store.calls.get('1')).toBeUndefined();
  });

  it('forgets what is past its time, a bounded part at a time, and never what is open', async () => {
    await store.write({
      events: [1, 2, 3, 4, 5, 6].map((n) => storedEvent(n)),
      calls: [call('old'), call('open', { endedAt: null }), call('new', { endedAt: 50 })],
      deliveries: [delivery(1, { status: 'dead', finishedAt: 3 }), delivery(2)],
    });
    await store.idempotency.begin(record('k'), 0);
    expect(await store.prune({ ...retention, eventsBefore: 3, limit: 1 })).toBe(true);
    expect(await store.prune({ ...retention, eventsBefore: 3 })).toBe(false);
    expect((await store.events.epochs('a'))[0]).toMatchObject({ first: 3, last: 6 });
    await store.prune({ ...retention, maxEvents: 2 });
    expect((await store.events.epochs('a'))[0]).toMatchObject({ first: 5 });
    await store.prune({ ...retention, callsBefore: 10, deliveriesBefore: 10, idempotencyBefore: 10 });
    const left = await store.calls.list({ limit: 9 });
    expect(left.items.map(({ id }) => id).sort()).toEqual(['new', 'open']);
    expect([await store.deliveries.get('d1'), (await store.deliveries.get('d2'))?.id]).toEqual([undefined, 'd2']);
    expect(await store.idempotency.begin(record('k'), 0)).toBeUndefined();
  });

  it('keeps the audit chain in its order, and searches it by what the records say', async () => {
    const body = (at: number, more: object) => JSON.stringify({ at, sub: 'anna', pbx: 'a', operation: 'calls.place', outcome: 'ok', ...more }); // prettier-ignore
    const links = [body(1, {}), body(2, { sub: 'bob' }), body(3, { outcome: 'limit-exceeded' }), body(4, { pbx: null })].map((text, index) => ({ seq: index + 1, previous: `h${index}`, hash: `h${index + 1}`, body: text })); // prettier-ignore
    expect(await store.audit.last()).toBeUndefined();
    await store.audit.append(links.slice(0, 2));
    await store.audit.append(links.slice(2));
    await expect(store.audit.append([{ ...links[0]!, seq: 5 }, links[3]!])).rejects.toMatchObject({ code: 'store-unavailable' }); // prettier-ignore
    expect(await store.audit.last()).toEqual(links[3]);
    expect(await store.audit.after(1, 2)).toEqual(links.slice(1, 3));
    const found = async (query: object) => (await pages((cursor) => store.audit.list({ ...query, cursor, limit: 1 }))).map(({ seq }) => seq); // prettier-ignore
    expect(await found({})).toEqual([4, 3, 2, 1]);
    expect(await found({ sub: 'anna', outcome: 'ok' })).toEqual([4, 1]);
    expect(await found({ operation: 'calls.place', from: 2, to: 4 })).toEqual([3, 2]);
    expect(await found({ pbx: 'a' })).toEqual([3, 2, 1]);
    expect([await store.audit.older(3, 10), await store.audit.older(1, 10), await store.audit.older(9, 3)]).toEqual([links[1], undefined, links[2]]); // prettier-ignore
    await store.audit.removeUpTo(2);
    expect(await found({})).toEqual([4, 3]);
  });
});
