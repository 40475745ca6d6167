import { describe, expect, it } from 'vitest';
import { superviseConnection } from '../../src/ami/supervisor.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createFakeClock, flush } from '../helpers/clock.ts';
import { FakeConnection } from '../helpers/connections.ts';

type Attempt = () => Promise<FakeConnection> | FakeConnection;

const setUp = () => {
  const clock = createFakeClock();
  const start = clock.now();
  const attempts: number[] = [];
  const happened: string[] = [];
  const made: FakeConnection[] = [];
  const warnings: string[] = [];
  const world: { next: Attempt | undefined } = { next: undefined };
  const note = (fields: object) => void warnings.push(JSON.stringify(fields));
  const supervisor = superviseConnection({
    open: async (onClose) => {
      attempts.push(clock.now() - start);
      const connection = world.next ? await world.next() : new FakeConnection({ onClose });
      made.push(connection);
      return connection.asConnection;
    },
    onUp: () => happened.push('up'),
    onDown: (error) => happened.push(`down: ${error.message}`),
    clock,
    log: { ...silentLog, warn: note, error: note },
  });
  return { clock, attempts, happened, made, warnings, world, supervisor };
};

const failing = (code: string, cause?: object) => () =>
  Promise.reject(new GatewayError(code, `refused with ${code}`, { cause }));
const gaps = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0));

describe('supervisor', () => {
  it('opens at once, and opens again within a quarter of a second after a loss', async () => {
    const { clock, attempts, happened, made, supervisor } = setUp();
    await flush();
    expect(supervisor.connection).toBe(made[0]);
    made[0]?.lose();
    expect(supervisor.connection).toBeUndefined();
    expect(supervisor.lastError).toBe('cut');
    await clock.advance(250);
    expect(attempts).toHaveLength(2);
    expect(supervisor.connection).toBe(made[1]);
    expect(supervisor.losses).toBe(1);
    expect(supervisor.lastError).toBeNull();
    expect(happened).toEqual(['up', 'down: cut', 'up']);
  });

  it.each([
    ['a closed port', failing('pbx-unavailable', { code: 'ECONNREFUSED' }), 0, 2_000],
    ['a server that does not serve', failing('pbx-unavailable'), 0, 10_000],
    ['a refused login', failing('ami-login-refused'), 5_000, 35_000],
  ])('bounds the time between tries for %s', async (_what, next, least, most) => {
    const { clock, attempts, made, world } = setUp();
    await flush();
    world.next = next;
    made[0]?.lose();
    await clock.advance(1_800_000);
    const between = gaps(attempts.slice(1));
    expect(Math.min(...between)).toBeGreaterThanOrEqual(least);
    expect(Math.max(...between)).toBeLessThanOrEqual(most);
    // Jittered, so half the bound on the average; never hammering, never giving up.
    expect(between.length).toBeGreaterThan(1_800_000 / most / 1.2);
    expect(between.length).toBeLessThan(1_800_000 / (least + (most - least) / 2) / 0.7);
  });

  it('says a reason once, not once a try', async () => {
    const { clock, made, warnings, world } = setUp();
    await flush();
    world.next = failing('pbx-unavailable');
    made[0]?.lose();
    await clock.advance(100_000);
    world.next = failing('ami-login-refused');
    await clock.advance(100_000);
    expect(warnings.map((line) => JSON.parse(line) as unknown)).toEqual([
      { reason: 'refused with pbx-unavailable' },
      { reason: 'refused with ami-login-refused' },
    ]);
  });

  it('cuts a waiting time short when told, and only a waiting time', async () => {
    const { attempts, made, world, supervisor } = setUp();
    await flush();
    supervisor.retryNow();
    expect(attempts).toHaveLength(1);
    world.next = failing('ami-login-refused');
    made[0]?.lose();
    supervisor.retryNow();
    supervisor.retryNow();
    await flush();
    expect(attempts).toHaveLength(2);
    world.next = undefined;
    supervisor.retryNow();
    await flush();
    expect(supervisor.connection).toBe(made[1]);
  });

  it('never opens again once closed, nor leaves open what was just being opened', async () => {
    const { clock, attempts, made, world, supervisor } = setUp();
    await flush();
    let opened: (connection: FakeConnection) => void = () => {};
    world.next = () => new Promise((resolve) => (opened = resolve));
    made[0]?.lose();
    await clock.advance(250);
    const closing = supervisor.close();
    const late = new FakeConnection({ onClose: () => {} });
    opened(late);
    await closing;
    await clock.advance(100_000);
    expect(late.closed).toBe(true);
    expect(attempts).toHaveLength(2);
    expect(clock.pendingTimers).toBe(0);
  });

  it('closes its connection, without calling that a loss', async () => {
    const { clock, happened, made, supervisor } = setUp();
    await flush();
    await supervisor.close();
    await clock.advance(10_000);
    expect(made[0]?.closed).toBe(true);
    expect(happened).toEqual(['up']);
    expect(supervisor.losses).toBe(0);
  });
});
