import { afterAll, describe, inject } from 'vitest';
import type { LabServer } from '../lab/asterisk.ts';
import type { ContractServer } from '../lab/global-setup.ts';

/** Hangs up what a suite has left: the gateways of the next would tell of it. */
const leaveNothing = (pbx: Pick<ContractServer, 'amiPort' | 'secret'>): void => {
  afterAll(async () => {
    const { loggedIn } = await import('./raw-ami.ts');
    const ami = await loggedIn(pbx);
    const left = (await ami.list('CoreShowChannels')).map((frame) => frame.get('Uniqueid') ?? '');
    await Promise.all(left.filter((id) => id !== '').map((Channel) => ami.ask('Hangup', { Channel })));
    ami.close();
  });
};

/** Runs the suite on every real Asterisk of this run; says so loudly where there is none. */
export const describeEachAsterisk = (name: string, suite: (asterisk: LabServer) => void): void => {
  const asterisks = inject('asterisks');
  if (asterisks.length === 0) {
    describe.skip(`${name}: LEFT OUT, no real Asterisk (npm run asterisk -- provision)`, () => {});
  }
  for (const asterisk of asterisks) {
    describe(`${name} on Asterisk ${asterisk.release}`, () => {
      leaveNothing(asterisk);
      suite(asterisk);
    });
  }
};

/** Runs the suite on the simulator of both releases, and on every real Asterisk there is. */
export const describeEachPbx = (name: string, suite: (pbx: ContractServer) => void): void => {
  const real = inject('asterisks').map((server) => ({ ...server, name: `Asterisk ${server.release}` }));
  for (const pbx of [...inject('simulators'), ...real]) {
    describe(`${name} on ${pbx.name}`, () => {
      leaveNothing(pbx);
      suite(pbx);
    });
  }
  if (real.length === 0) describe.skip(`${name}: LEFT OUT on real Asterisk (npm run asterisk -- provision)`, () => {});
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
