import { describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../src/auth/audit.ts';
import { verifyChain } from '../../src/auth/audit-chain.ts';
import { createAuditTrail } from '../../src/auth/audit-trail.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createMemoryStore } from '../../src/store/open.ts';
import { createFakeClock } from '../helpers/clock.ts';

const DAY = 86_400_000;
const record = (sub: string): AuditRecord => ({
  sub, jti: 'j', address: '192.0.2.1', pbx: 'a', operation: 'calls.place', requestId: 'r', action: 'Originate',
  targets: ['dial PJSIP/100'], limits: [], outcome: 'ok', actionId: null,
}); // prettier-ignore

const make = (options: { keepMs?: number } = {}) => {
  const clock = createFakeClock();
  const store = createMemoryStore();
  const { append } = store.audit;
  const failing = { now: false };
  store.audit.append = (links) => (failing.now ? Promise.reject(new GatewayError('store-unavailable', 'full')) : append(links)); // prettier-ignore
  const logged: string[] = [];
  const log = { ...silentLog, info: (_fields: object, message: string) => void logged.push(message) };
  const trail = createAuditTrail({ store, clock, log, keepMs: options.keepMs ?? 365 * DAY });
  const subs = async () => (await store.audit.after(0, 20_000)).map(({ body }) => (JSON.parse(body) as AuditRecord).sub); // prettier-ignore
  return { clock, store, trail, failing, logged, subs };
};

describe('the audit trail', () => {
  it('keeps records in their order, and goes on behind what an earlier run kept', async () => {
    const { clock, store, trail, subs } = make();
    for (let index = 0; index < 1_200; index += 1) trail.audit(record(`s${index}`));
    await trail.close();
    const next = createAuditTrail({ store, clock, log: silentLog, keepMs: DAY * 365 });
    next.audit(record('next'));
    await next.close();
    expect(await subs()).toEqual([...Array.from({ length: 1_200 }, (_none, index) => `s${index}`), 'next']);
    expect(await verifyChain(store)).toMatchObject({ records: 1_201, faults: [] });
  });

  it('tries again where the store fails, and the log has each record at once', async () => {
    const { clock, store, trail, failing, logged, subs } = make();
    trail.audit(record('before'));
    await trail.flush();
    failing.now = true;
    trail.audit(record('during'));
    await trail.flush();
    trail.audit(record('later'));
    expect(logged.filter((line) => line.startsWith('audit: '))).toHaveLength(3);
    expect(await subs()).toEqual(['before']);
    failing.now = false;
    await clock.advance(1_000);
    expect(await subs()).toEqual(['before', 'during', 'later']);
    expect((await verifyChain(store)).faults).toEqual([]);
    await trail.close();
  });

  it('holds so many for a store that fails, and says in the chain how many it lacks', async () => {
    const { clock, store, trail, failing } = make();
    failing.now = true;
    for (let index = 0; index < 10_025; index += 1) trail.audit(record('x'));
    await trail.flush();
    failing.now = false;
    await clock.advance(2_000);
    await trail.close();
    const { items } = await store.audit.list({ operation: 'audit.lost', limit: 10 });
    expect(items.map(({ body }) => JSON.parse(body))).toMatchObject([{ count: 25 }]);
    expect(await verifyChain(store)).toMatchObject({ records: 10_001, faults: [] });
  });

  it('forgets what is past its time, with a record of that, and is whole still', async () => {
    const { clock, store, trail, subs } = make({ keepMs: DAY });
    for (const sub of ['a', 'b']) trail.audit(record(sub));
    await trail.flush();
    await clock.advance(DAY / 2);
    trail.audit(record('c'));
    await trail.flush();
    await clock.advance(DAY / 2 + 3_600_000);
    expect(await subs()).toEqual(['c', null]);
    const { items } = await store.audit.list({ limit: 1 });
    expect(JSON.parse(items[0]!.body)).toMatchObject({ operation: 'audit.prune', pruned: { seq: 2 } });
    expect(await verifyChain(store)).toMatchObject({ first: 3, records: 2, faults: [] });
    await trail.close();
  });

  it('does not fail who is audited where the store is gone', async () => {
    const { trail, failing } = make();
    failing.now = true;
    trail.audit(record('x'));
    await trail.close();
  });
});
