import { expect, it } from 'vitest';
import { soak } from './soak.ts';

/** Longer ones by hand: `npm run soak -- --minutes 10`. */
it.each([{ seed: 20_261, release: 22 as const }])(
  'nothing is lost, doubled or mixed up under cruelty (seed $seed, Asterisk $release)',
  async ({ seed, release }) => {
    const { text, violations } = await soak({ minutes: 1, seed, release });
    expect(violations, `seed ${seed}\n${text}`).toEqual([]);
  },
  120_000,
);
