import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createAmiClient } from '../../src/ami/client.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { describeEachPbx } from '../helpers/asterisk.ts';
import { silentLog } from '../../src/lib/log.ts';

const nobody = {
  onEvent: () => {},
  onUntrustedEvent: () => {},
  onConnected: () => {},
  onDisconnected: () => {},
  onDoubt: () => {},
};

describeEachPbx('the client of a PBX', ({ amiPort, secret }) => {
  it('is ready once it knows what this Asterisk can do, not before', async () => {
    const address = { host: '127.0.0.1', port: amiPort, tls: false };
    for (let time = 0; time < 10; time += 1) {
      const told: string[] = [];
      const log = { ...silentLog, info: (_: object, text: string) => told.push(text), warn: (_: object, text: string) => told.push(text) }; // prettier-ignore
      const client = createAmiClient({ address, username: 'gateway', secret, poolSize: 1, timeoutMs: 5_000, clock: systemClock, log }, nobody); // prettier-ignore
      while (client.status.state !== 'ready') await setImmediate();
      expect(client.status.capabilities?.actions).toContain('QueueSummary');
      client.destroy();
      expect(told).toEqual(['Asterisk is connected and fully booted']);
    }
  });
});
