import { describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../../src/lib/clock.ts';
import { createFakeClock, flush } from '../helpers/clock.ts';
import { outcomeOf } from '../helpers/doubles.ts';

describe('sleep', () => {
  it('ends when the time is over and not before', async () => {
    const clock = createFakeClock();
    const slept = outcomeOf(sleep(clock, 100, new AbortController().signal));
    await clock.advance(99);
    expect(slept.state).toBe('pending');
    await clock.advance(1);
    expect(slept.state).toBe('resolved');
  });

  it('ends with the reason of its signal, and leaves no timer behind', async () => {
    const clock = createFakeClock();
    const reason = new Error('enough');
    const giveUp = new AbortController();
    const slept = outcomeOf(sleep(clock, 100, giveUp.signal));
    giveUp.abort(reason);
    await flush();
    expect(slept).toMatchObject({ state: 'rejected', value: reason });
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not begin where the signal has already come', async () => {
    const clock = createFakeClock();
    await expect(sleep(clock, 100, AbortSignal.abort(new Error('early')))).rejects.toThrow('early');
    expect(clock.pendingTimers).toBe(0);
  });

  it('is not disturbed by a signal that comes after its end', async () => {
    const clock = createFakeClock();
    const giveUp = new AbortController();
    const slept = outcomeOf(sleep(clock, 1, giveUp.signal));
    await clock.advance(1);
    giveUp.abort();
    await flush();
    expect(slept.state).toBe('resolved');
  });
});

describe('the system clock', () => {
  it('does not fire what was cancelled', async () => {
    const fired: string[] = [];
    systemClock.setTimeout(() => fired.push('cancelled'), 0)();
    await new Promise<void>((resolve) => systemClock.setTimeout(resolve, 1));
    expect(fired).toEqual([]);
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
  });
});
