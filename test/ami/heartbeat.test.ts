import { describe, expect, it } from 'vitest';
import { startHeartbeat } from '../../src/ami/heartbeat.ts';
import { createFakeClock } from '../helpers/clock.ts';

const IDLE = 4_000;

const setUp = () => {
  const clock = createFakeClock();
  const start = clock.monotonic();
  const peer = { lastReceived: start, inFlight: 0, overdue: 0, answers: true };
  const pings: number[] = [];
  const deaths: { at: number; reason: string }[] = [];
  const stop = startHeartbeat(
    {
      lastReceived: () => peer.lastReceived,
      inFlight: () => peer.inFlight,
      overdue: () => peer.overdue,
      ping: (timeoutMs) => {
        pings.push(clock.monotonic() - start);
        if (peer.answers) {
          peer.lastReceived = clock.monotonic();
          return Promise.resolve();
        }
        return new Promise((_resolve, reject) => {
          clock.setTimeout(() => {
            reject(new Error('no answer'));
          }, timeoutMs);
        });
      },
      die: (reason) => {
        deaths.push({ at: clock.monotonic() - start, reason });
        stop();
      },
    },
    { clock, idleMs: IDLE },
  );
  return { clock, peer, pings, deaths, stop };
};

describe('heartbeat', () => {
  it('asks an idle peer, and only an idle one', async () => {
    const { clock, peer, pings, deaths } = setUp();
    for (let second = 0; second < 60; second += 1) {
      peer.lastReceived = clock.monotonic();
      await clock.advance(1_000);
    }
    expect(pings).toEqual([]);
    await clock.advance(60_000);
    expect(pings.length).toBeGreaterThan(8);
    expect(deaths).toEqual([]);
  });

  it('finds a frozen peer within three times the idle time', async () => {
    const { clock, peer, deaths } = setUp();
    peer.answers = false;
    await clock.advance(3 * IDLE);
    expect(deaths).toEqual([{ at: expect.any(Number), reason: 'it does not answer Ping' }]);
  });

  it.each([-1, 1])('finds it, though the clock is set by %i hours', async (hours) => {
    const { clock, peer, deaths } = setUp();
    peer.answers = false;
    clock.set(clock.now() + hours * 3_600_000);
    await clock.advance(IDLE);
    expect(deaths).toEqual([]);
    await clock.advance(2 * IDLE);
    expect(deaths).toEqual([{ at: expect.any(Number), reason: 'it does not answer Ping' }]);
  });

  it('leaves a peer alone that is busy with something long', async () => {
    const { clock, peer, pings, deaths } = setUp();
    Object.assign(peer, { answers: false, inFlight: 1 });
    await clock.advance(10 * IDLE);
    expect(pings).toEqual([]);
    expect(deaths).toEqual([]);
  });

  it('gives a peer up that owes an answer and is silent, and waits for one that still talks', async () => {
    const { clock, peer, deaths } = setUp();
    Object.assign(peer, { answers: false, inFlight: 1, overdue: 1 });
    for (let second = 0; second < 30; second += 1) {
      peer.lastReceived = clock.monotonic();
      await clock.advance(1_000);
    }
    expect(deaths).toEqual([]);
    await clock.advance(2 * IDLE);
    expect(deaths).toEqual([{ at: expect.any(Number), reason: 'it owes an answer and is silent' }]);
  });

  it('ends with its connection', async () => {
    const { clock, pings, stop } = setUp();
    stop();
    await clock.advance(100_000);
    expect(pings).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('sets no further timer where the connection goes while a Ping is out', async () => {
    const { clock, peer, stop } = setUp();
    peer.answers = false;
    await clock.advance(IDLE + IDLE / 2);
    stop();
    await clock.advance(10 * IDLE);
    expect(clock.pendingTimers).toBe(0);
  });
});
