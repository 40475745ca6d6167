import { describe, expect, inject, it } from 'vitest';
import { ends } from './ends.ts';

/** Longer ones by hand: `npm run soak -- --scenario ends --calls 10000`. */
const [server] = inject('asterisks').slice(-1);

describe.skipIf(!server)(`calls through kill -9${server ? '' : ': LEFT OUT, no real Asterisk'}`, () => {
  it('of the gateway and of Asterisk end once each, and every webhook comes', async () => {
    const seed = 20_262;
    const { text, violations, kills } = await ends({
      calls: 200,
      killEvery: 2.5,
      seed,
      release: server?.release ?? 22,
    });
    expect(violations, text).toEqual([]);
    expect(kills.gateway, text).toBeGreaterThan(0);
    expect(kills.asterisk, text).toBeGreaterThan(0);
  }, 180_000);
});
