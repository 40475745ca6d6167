import { describe, expect, it } from 'vitest';
import { createQuota } from '../../src/auth/quota.ts';
import { createFakeClock } from '../helpers/clock.ts';
import { principal } from '../helpers/doubles.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import type { Limits } from '../../src/auth/limits.ts';

const setUp = () => {
  const clock = createFakeClock();
  const active = new Map<string, number>();
  const quota = createQuota({ clock, activeCalls: (sub) => active.get(sub) ?? 0 });
  const take = (limits: Limits, sub = 'anna') => {
    try {
      quota.takeCall(principal('write:originate', limits, sub));
      return 'taken';
    } catch (error) {
      return error instanceof GatewayError ? { code: error.code, ...error.details } : error;
    }
  };
  return { clock, active, take };
};

describe('quota', () => {
  it('takes any number of calls where no limit is set', () => {
    const { take } = setUp();
    expect(Array.from({ length: 1_000 }, () => take({}))).toEqual(Array(1_000).fill('taken'));
  });

  it('counts calls a minute over a sliding window, and tells when there is room again', async () => {
    const { clock, take } = setUp();
    const limits = { callsPerMinute: 2 };
    expect(take(limits)).toBe('taken');
    await clock.advance(20_000);
    expect(take(limits)).toBe('taken');
    const refused = { code: 'too-many-calls', limit: 'callsPerMinute' };
    expect(take(limits)).toEqual({ ...refused, retryAfter: 40 });
    await clock.advance(39_999);
    expect(take(limits)).toEqual({ ...refused, retryAfter: 1 });
    await clock.advance(1);
    expect(take(limits)).toBe('taken');
    expect(take(limits)).toEqual({ ...refused, retryAfter: 20 });
  });

  it('counts by subject: another token of the same has no budget of its own, another subject has', () => {
    const { take } = setUp();
    const limits = { callsPerMinute: 1 };
    expect(take(limits)).toBe('taken');
    expect(take({ ...limits, contexts: ['lab'] })).toMatchObject({ code: 'too-many-calls' });
    expect(take(limits, 'bert')).toBe('taken');
  });

  it('bounds the calls at a time, and does not count those it refuses', () => {
    const { active, take } = setUp();
    const limits = { concurrentCalls: 2, callsPerMinute: 1 };
    active.set('anna', 2);
    expect(take(limits)).toEqual({ code: 'too-many-calls', limit: 'concurrentCalls', retryAfter: 5 });
    active.set('anna', 1);
    expect(take(limits)).toBe('taken');
    expect(take(limits)).toMatchObject({ limit: 'callsPerMinute' });
  });
});
