import { afterAll, beforeAll, expect } from 'vitest';
import { eventually } from './asterisk.ts';
import { startGateway, type TestGateway } from './gateway.ts';
import { type Proxy, startProxy } from './proxy.ts';

/** A gateway whose every byte to AMI is seen, and that asks nothing on its own behalf any more. */
export const useWatchedGateway = ({ amiPort, secret }: { amiPort: number; secret: string }) => {
  const shared = {} as { proxy: Proxy; gateway: TestGateway };
  beforeAll(async () => {
    shared.proxy = await startProxy(amiPort);
    shared.gateway = await startGateway({ pbx: { port: shared.proxy.port, secret } });
    await shared.gateway.ready();
    // What the gateway asks on its own behalf at the start is over once nothing new comes.
    await eventually(async () => {
      const before = shared.proxy.sent();
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(before).toContain('ListCommands');
      expect(shared.proxy.sent()).toBe(before);
    }, 10_000);
  });
  afterAll(async () => {
    await shared.gateway.close();
    await shared.proxy.close();
  });
  return {
    get proxy() {
      return shared.proxy;
    },
    get gateway() {
      return shared.gateway;
    },
    /** What was sent, but for Ping, which may come at any time. */
    sent: () => shared.proxy.sent().replace(/Action: Ping\r\nActionID: \S+\r\n\r\n/g, ''),
  };
};
