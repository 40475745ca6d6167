import { describe, expect, it } from 'vitest';
import { type GatewayEvent } from '../../src/events/event.ts';
import { createEventLog, type EventLog } from '../../src/events/log.ts';
import { createReader } from '../../src/events/reader.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { createMemoryStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { createFakeClock } from '../helpers/clock.ts';

const event = (name: string, pbx = 'a'): Omit<GatewayEvent, 'id'> => ({
  pbx, at: 2e12, class: ['call'], name, ami: null, channel: null, call: null, queue: null, fields: { name },
  refs: { channels: [], contexts: [], queues: [], variable: null, owner: null },
}); // prettier-ignore

const setUp = (options: { keep?: number; mostWaiting?: number; store?: Store; pbx?: string } = {}) => {
  const { keep, mostWaiting, store = createMemoryStore(), pbx = 'a' } = options;
  const clock = createFakeClock();
  const lost = { events: 0 };
  const log = createEventLog({
    pbx,
    clock,
    write: (batch) => store.write(batch).catch(() => {}),
    lose: (count) => (lost.events += count),
    changedCalls: () => [],
    onCallsWritten: () => {},
    deliveriesFor: () => [],
    onCommitted: () => {},
    ...(keep === undefined ? {} : { keep }),
    ...(mostWaiting === undefined ? {} : { mostWaiting }),
  });
  const write = async (...names: string[]) => {
    for (const name of names) log.append({ ...event(name, pbx), at: clock.now() });
    await log.flush();
  };
  return { clock, log, store, write, lost };
};

const reading = (
  logs: EventLog[],
  store: Store,
  since?: string,
  passes: (event: GatewayEvent) => boolean = () => true,
) => {
  const reader = createReader({ logs, store, since, passes, onClose: () => {} });
  return {
    reader,
    /** All there is, as names of events and reasons of gaps. */
    async all(max = 100) {
      const items = [];
      for (;;) {
        const batch = await reader.read(max);
        items.push(...batch.items);
        if (!batch.more) return items;
      }
    },
  };
};
const brief = (items: Awaited<ReturnType<ReturnType<typeof reading>['all']>>) =>
  items.map((item) => (item.kind === 'event' ? item.event.name : `gap ${item.gap.reason} ${item.gap.missed}`));
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_none, index) => `n${from + index}`);
const blind: Store['events'] = {
  read: () => Promise.reject(new GatewayError('store-unavailable', 'gone')),
  epochs: () => Promise.reject(new GatewayError('store-unavailable', 'gone')),
};

describe('a reader', () => {
  it('begins with what comes, and goes on where it was', async () => {
    const { log, store, write } = setUp();
    await write('before');
    const { all, reader } = reading([log], store);
    expect(brief(await all())).toEqual([]);
    await write('one', 'two');
    expect(brief(await all())).toEqual(['one', 'two']);
    await write('three');
    expect(brief(await reading([log], store, reader.cursor).all())).toEqual(['three']);
  });

  it('takes what memory has given up from the store', async () => {
    const { log, store, write } = setUp({ keep: 10 });
    await write('n0');
    const since = `${log.epoch}-1`;
    for (let from = 1; from < 3_000; from += 500) await write(...numbers(from, from + 499));
    expect(log.first).toBeGreaterThan(1_000);
    expect(brief(await reading([log], store, since).all())).toEqual(numbers(1, 3_000));
  });

  it('tells of a gap where the store has given it up too, with what is missing', async () => {
    const { log, store, write } = setUp({ keep: 10 });
    await write('n0');
    for (let from = 1; from < 3_000; from += 500) await write(...numbers(from, from + 499));
    const { first } = log;
    const items = await reading([log], { ...store, events: blind }, `${log.epoch}-1`).all();
    expect(items[0]).toMatchObject({ kind: 'gap', gap: { pbx: 'a', reason: 'expired', after: `${log.epoch}-1`, before: `${log.epoch}-${first}`, missed: first - 2 } }); // prettier-ignore
    expect(brief(items.slice(1))).toEqual(numbers(first - 1, 3_000));
  });

  it('calls a reader too slow who was up with the log once', async () => {
    const { log, store, write } = setUp({ keep: 10 });
    const { all } = reading([log], { ...store, events: blind });
    await write('n1');
    expect(brief(await all())).toEqual(['n1']);
    for (let from = 2; from < 3_000; from += 500) await write(...numbers(from, from + 499));
    expect(brief(await all())[0]).toMatch(/^gap too-slow \d+$/);
  });

  it('goes on over a restart, and tells that nobody watched', async () => {
    const before = setUp();
    await before.write('old1', 'old2', 'old3');
    await before.clock.advance(1_000);
    const after = setUp({ store: before.store });
    await after.write('new1');
    const items = await reading([after.log], before.store, `${before.log.epoch}-2`).all();
    expect(brief(items)).toEqual(['old3', 'gap restart null', 'new1']);
    expect(items[1]).toMatchObject({ gap: { after: `${before.log.epoch}-3`, before: `${after.log.epoch}-1` } });
  });

  it('reads several servers, each at its own place', async () => {
    const a = setUp();
    const b = setUp({ store: a.store, pbx: 'b' });
    await a.write('a1');
    const { reader, all } = reading([a.log, b.log], a.store);
    await all();
    await b.write('b1');
    await a.write('a2');
    const cursor = (await all()).at(-1)?.cursor;
    await b.write('b2');
    expect(brief(await reading([a.log, b.log], a.store, cursor).all())).toEqual(['b2']);
    expect(reader.cursor.split(',')).toHaveLength(2);
  });

  it('looks past what is not for it, in bounded steps, and keeps its place', async () => {
    const { log, store, write } = setUp();
    const { all, reader } = reading([log], store, undefined, ({ name }) => name === 'wanted');
    await reader.read(1);
    await write(...numbers(1, 5_000), 'wanted', ...numbers(1, 10));
    const first = await reader.read(10);
    expect([first.items, first.more]).toEqual([[], true]);
    expect(brief(await all())).toEqual(['wanted']);
    expect(reader.cursor).toBe(`${log.epoch}-5011`);
  });
});

describe('the log', () => {
  it('shows nothing before it is kept, and goes on where it cannot be', async () => {
    let let_through: () => void = () => {};
    const { log } = setUp({ store: { ...createMemoryStore(), write: () => new Promise((resolve) => (let_through = resolve)) } }); // prettier-ignore
    log.append(event('x'));
    const flushed = log.flush();
    await Promise.resolve();
    expect(log.next).toBe(1);
    let_through();
    await flushed;
    expect([log.next, log.at(1)?.event.name]).toEqual([2, 'x']);
    const failing = setUp({ store: { ...createMemoryStore(), write: () => Promise.reject(new Error('full')) } });
    await failing.write('y');
    expect(failing.log.at(1)?.event.name).toBe('y');
  });

  it('writes what came while it wrote', async () => {
    const { log, clock } = setUp();
    log.append(event('x'));
    await clock.advance(5);
    log.append(event('y'));
    await clock.advance(5);
    await log.flush();
    expect(log.next).toBe(3);
  });

  it('lets no more than so many wait for a slow store: readers get them, the store does not, and they are counted', async () => {
    const { log, store, write, lost } = setUp({ mostWaiting: 10 });
    const { all } = reading([log], store);
    await write(...numbers(1, 10));
    await write(...numbers(11, 30));
    await write('after');
    expect(brief(await all())).toEqual([...numbers(1, 30), 'after']);
    expect(lost.events).toBe(20);
    const kept = await store.events.read({ pbx: 'a', limit: 99 });
    expect(kept.items.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 31]);
  });

  it('gives up what is too old', async () => {
    const { log, clock, write } = setUp();
    await write(...numbers(1, 1_500));
    await clock.advance(3 * 3_600_000);
    await write('last');
    expect(log.first).toBeGreaterThan(1_000);
  });
});
