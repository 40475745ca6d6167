import { describe, expect, it } from 'vitest';
import { backoffDelay } from '../../src/lib/backoff.ts';

const most = (attempt: number) => backoffDelay(attempt, { baseMs: 250, maxMs: 10_000, random: () => 1 });

describe('backoff', () => {
  it('doubles its bound with each try up to the greatest, however long it goes on', () => {
    expect([0, 1, 2, 3, 5, 6, 100, 1e9].map(most)).toEqual([250, 500, 1_000, 2_000, 8_000, 10_000, 10_000, 10_000]);
  });

  it('takes any time from nothing to the bound', () => {
    const at = (random: number) => backoffDelay(2, { baseMs: 250, maxMs: 10_000, random: () => random });
    expect([0, 0.5, 0.999].map(at)).toEqual([0, 500, 999]);
    const seen = Array.from({ length: 200 }, () => backoffDelay(2, { baseMs: 250, maxMs: 10_000 }));
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...seen)).toBeLessThanOrEqual(1_000);
    expect(new Set(seen).size).toBeGreaterThan(50);
  });
});
