import { describe, inject } from 'vitest';
import type { LabServer } from '../lab/asterisk.ts';

/** Runs the suite on every real Asterisk of this run; says so loudly where there is none. */
export const describeEachAsterisk = (name: string, suite: (asterisk: LabServer) => void): void => {
  const asterisks = inject('asterisks');
  if (asterisks.length === 0) {
    describe.skip(`${name}: LEFT OUT, no real Asterisk (npm run asterisk -- provision)`, () => {});
  }
  for (const asterisk of asterisks) {
    describe(`${name} on Asterisk ${asterisk.release}`, () => {
      suite(asterisk);
    });
  }
};

/** Waits for a condition, which may throw until it holds. */
export const eventually = async <T>(look: () => Promise<T> | T, timeoutMs = 5_000): Promise<T> => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
};
