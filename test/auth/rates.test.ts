import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Budget, createRates, type RateClass, type RateLimits } from '../../src/auth/rates.ts';
import type { GatewayError } from '../../src/lib/errors.ts';
import { createFakeClock } from '../helpers/clock.ts';
import { principal } from '../helpers/doubles.ts';

const setUp = (defaults?: RateLimits) => {
  const clock = createFakeClock();
  const rates = createRates({ clock, defaults });
  const take = (requestsPerMinute: RateLimits | undefined, classes: readonly RateClass[] = ['*'], sub = 'anna') => {
    const budgets: Budget[] = [];
    try {
      rates.take(principal('read:all', requestsPerMinute ? { requestsPerMinute } : {}, sub), classes, (one) => budgets.push(one)); // prettier-ignore
      return { budgets };
    } catch (error) {
      return { budgets, code: (error as GatewayError).code, details: (error as GatewayError).details };
    }
  };
  return { clock, take };
};

describe('rates', () => {
  it('are without bound where nobody set one', () => {
    const { take } = setUp();
    for (let index = 0; index < 1_000; index += 1) expect(take(undefined)).toEqual({ budgets: [] });
  });

  it('tell what is left, refuse what is too much, and say when to come again', async () => {
    const { clock, take } = setUp();
    const limits = { '*': 2 };
    expect(take(limits).budgets).toEqual([{ name: '*', limit: 2, windowSeconds: 60, remaining: 1, resetSeconds: 30 }]);
    expect(take(limits).budgets).toMatchObject([{ remaining: 0, resetSeconds: 60 }]);
    expect(take(limits)).toMatchObject({ code: 'rate-limited', details: { class: '*', retryAfter: 30 }, budgets: [{ remaining: 0 }] }); // prettier-ignore
    await clock.advance(30_000);
    expect(take(limits)).not.toHaveProperty('code');
    expect(take(limits)).toHaveProperty('code');
  });

  it('hold for a class apart from others, and a refused request costs nothing', async () => {
    const { take } = setUp();
    const limits = { '*': 3, originate: 1 };
    expect(take(limits, ['*', 'originate'])).not.toHaveProperty('code');
    expect(take(limits, ['*', 'originate'])).toMatchObject({ code: 'rate-limited', details: { class: 'originate', retryAfter: 60 } }); // prettier-ignore
    expect(take(limits, ['*', 'call']).budgets).toMatchObject([{ name: '*', remaining: 1 }]);
    expect(take(limits, ['*', 'call'])).not.toHaveProperty('code');
    expect(take(limits, ['*', 'call'])).toHaveProperty('code');
  });

  it('of the operator hold where the token brings none of its own, for each subject by itself', () => {
    const { take } = setUp({ '*': 1 });
    expect(take(undefined)).not.toHaveProperty('code');
    expect(take(undefined)).toHaveProperty('code');
    expect(take(undefined, ['*'], 'bob')).not.toHaveProperty('code');
    expect(take({ '*': 5 }, ['*'], 'carl').budgets).toMatchObject([{ limit: 5, remaining: 4 }]);
  });

  it('let through no more than a minute at once and its rate after that, however the requests come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 300 }),
        async (limit, pauses) => {
          // prettier-ignore
          const { clock, take } = setUp();
          let taken = 0;
          let passed = 0;
          for (const pause of pauses) {
            await clock.advance(pause);
            passed += pause;
            if (!('code' in take({ '*': limit }))) taken += 1;
            expect(taken).toBeLessThanOrEqual(limit + (passed * limit) / 60_000 + 1e-6);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
