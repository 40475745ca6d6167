import { describe, expect, it } from 'vitest';
import { CoreShowChannels, Hangup } from '../../src/ami/actions/channel.ts';
import { Command } from '../../src/ami/actions/command.ts';
import { Ping } from '../../src/ami/actions/system.ts';
import { createPool, type PoolOptions } from '../../src/ami/pool.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createFakeClock, flush } from '../helpers/clock.ts';
import { FakeConnection } from '../helpers/connections.ts';
import { outcomeOf } from '../helpers/doubles.ts';

const ping = Ping({});
const hangup = Hangup({ Channel: 'x' });
const command = Command({ Command: 'core show uptime' });

const setUp = async (options: Partial<PoolOptions> = {}) => {
  const clock = createFakeClock();
  const lanes: FakeConnection[] = [];
  const happened: string[] = [];
  const world = { reachable: true };
  const pool = createPool({
    size: 2,
    maxInFlight: 2,
    maxQueue: 2,
    timeoutMs: 5_000,
    slowTimeoutMs: 30_000,
    open: (handlers) => {
      if (!world.reachable) return Promise.reject(new GatewayError('pbx-unavailable', 'no route'));
      const connection = new FakeConnection(handlers);
      lanes.push(connection);
      return Promise.resolve(connection.asConnection);
    },
    onUp: () => happened.push('up'),
    onDown: () => happened.push('down'),
    clock,
    log: silentLog,
    ...options,
  });
  await flush();
  const [a, b, slow] = lanes as [FakeConnection, FakeConnection, FakeConnection];
  const send = (action = ping) => outcomeOf(pool.send(action));
  const loads = () => lanes.map(({ inFlight }) => inFlight);
  return { clock, lanes, a, b, slow, happened, world, pool, send, loads };
};

describe('pool', () => {
  it('gives each action to the least busy connection, and tells its figures', async () => {
    const { a, send, loads, pool, happened } = await setUp();
    send();
    send();
    expect(loads()).toEqual([1, 1, 0]);
    a.answer();
    send();
    send();
    expect(loads()).toEqual([2, 1, 0]);
    expect(pool.figures).toEqual({ size: 3, open: 3, inFlight: 3, queued: 0, reconnects: 0 });
    expect(happened).toEqual(['up']);
  });

  it('keeps slow actions on a lane of their own, with a time-out of their own', async () => {
    const { slow, send, loads } = await setUp();
    send(command);
    send(command);
    expect(send(command).state).toBe('pending');
    expect(loads()).toEqual([0, 0, 2]);
    expect(slow.waiting[0]?.options).toMatchObject({ timeoutMs: 30_000 });
    const third = send(command);
    send();
    await flush();
    expect(third.code).toBe('pool-saturated');
    expect(loads()).toEqual([1, 0, 2]);
  });

  it('passes by a connection that owes an answer', async () => {
    const { a, send, loads } = await setUp();
    a.usable = false;
    send();
    send();
    expect(loads()).toEqual([0, 2, 0]);
  });

  it('lets a bounded number wait, sends them in their order, and refuses the rest', async () => {
    const { a, b, send, pool } = await setUp();
    for (let count = 0; count < 4; count += 1) send();
    const [first, second] = [send(hangup), send(CoreShowChannels({}))];
    const third = send();
    await flush();
    expect(pool.figures.queued).toBe(2);
    expect(third.code).toBe('pool-saturated');
    a.answer();
    b.answer();
    await flush();
    expect([a.sent.at(-1), b.sent.at(-1)].map((action) => action?.declaration.name)).toEqual([
      'Hangup',
      'CoreShowChannels',
    ]);
    a.answer();
    a.answer();
    await flush();
    expect([first.state, second.state, pool.figures.queued]).toEqual(['resolved', 'pending', 0]);
  });

  it('tells one that waited too long so, and does not send it later', async () => {
    const { clock, a, send, pool } = await setUp();
    for (let count = 0; count < 4; count += 1) send();
    const waiting = send(hangup);
    await clock.advance(5_000);
    expect(waiting.code).toBe('pool-saturated');
    expect(pool.figures.queued).toBe(0);
    a.answer();
    expect(a.sent).not.toContain(hangup);
  });

  it('does not send what was given up while it waited', async () => {
    const { a, send, pool } = await setUp();
    for (let count = 0; count < 4; count += 1) send();
    const giveUp = new AbortController();
    const waiting = outcomeOf(pool.send(hangup, { signal: giveUp.signal }));
    await flush();
    giveUp.abort(new GatewayError('pbx-unavailable', 'given up'));
    a.answer();
    await flush();
    expect(waiting.value).toBe(giveUp.signal.reason);
    expect(a.sent).not.toContain(hangup);
  });

  it('asks a read once more elsewhere, and then says that Asterisk is away', async () => {
    const { clock, a, b, send, happened } = await setUp();
    const read = send();
    a.lose();
    await flush();
    expect(b.sent).toEqual([ping]);
    expect(read.state).toBe('pending');
    b.lose();
    await flush();
    expect(read.code).toBe('pbx-unavailable');
    await clock.advance(10_000);
    expect(happened).toEqual(['up']);
  });

  it('never sends a write again', async () => {
    const { a, b, slow, send, lanes, clock } = await setUp();
    const write = send(hangup);
    a.lose();
    await clock.advance(10_000);
    expect(write.code).toBe('outcome-unknown');
    expect([b, slow, ...lanes.slice(3)].flatMap(({ sent }) => sent)).toEqual([]);
  });

  it('refuses at once while no connection is open, also what was waiting, and recovers', async () => {
    const { clock, a, b, slow, send, happened, world, pool } = await setUp();
    for (let count = 0; count < 4; count += 1) send(hangup);
    const waiting = send(hangup);
    await flush();
    world.reachable = false;
    for (const lane of [a, b, slow]) lane.lose();
    const refused = send();
    await flush();
    expect([waiting.code, refused.code]).toEqual(['pbx-unavailable', 'pbx-unavailable']);
    expect(happened).toEqual(['up', 'down']);
    expect(pool.lastError).not.toBeNull();
    world.reachable = true;
    await clock.advance(10_000);
    expect(happened).toEqual(['up', 'down', 'up']);
    expect(pool.figures).toMatchObject({ open: 3, reconnects: 3 });
    expect(pool.lastError).toBeNull();
  });

  it('says that Asterisk is away to a read that lost its connection and finds no other', async () => {
    const { clock, a, b, slow, send, world } = await setUp();
    const read = send();
    world.reachable = false;
    for (const lane of [b, slow, a]) lane.lose();
    await clock.advance(20_000);
    expect(read.code).toBe('pbx-unavailable');
  });

  it('finishes what is in flight and what waits when it is closed, and takes nothing more', async () => {
    const { send, pool, lanes, clock } = await setUp();
    const asked = Array.from({ length: 6 }, () => send());
    await flush();
    await pool.close();
    await flush();
    expect(asked.map(({ state }) => state)).toEqual(Array(6).fill('resolved'));
    expect(lanes.every(({ closed }) => closed)).toBe(true);
    await expect(pool.send(ping)).rejects.toMatchObject({ code: 'pbx-unavailable' });
    expect(clock.pendingTimers).toBe(0);
  });

  it('fails everything at once when it is destroyed, what waits too', async () => {
    const { send, pool, lanes, clock } = await setUp();
    const asked = [send(), send(), send(hangup), send(hangup), send(), send(hangup)];
    await flush();
    pool.destroy();
    await flush();
    expect(lanes.every(({ closed }) => closed)).toBe(true);
    expect(asked.map(({ state }) => state)).toEqual(Array(6).fill('rejected'));
    expect(clock.pendingTimers).toBe(0);
  });
});
