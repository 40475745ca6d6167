import { readFileSync, writeFileSync } from 'node:fs';
import { createWebhooks } from '../events/webhooks/webhooks.ts';
import { createMetrics } from '../http/metrics.ts';
import { buildApp } from '../http/app.ts';
import { asyncApi } from '../http/asyncapi.ts';
import { systemClock } from '../lib/clock.ts';
import { GatewayError } from '../lib/errors.ts';
import { silentLog } from '../lib/log.ts';
import type { Gateway } from '../pbx/index.ts';
import { createMemoryStore } from '../store/open.ts';
import { version } from '../version.ts';

const folder = new URL('../../openapi/', import.meta.url);

// The document follows from the routes alone; no server is talked to.
const storeHealth = () => ({
  status: 'ok' as const,
  kind: 'none',
  lost: { events: 0, calls: 0, deliveries: 0 },
  lastError: null,
});

const refuse = (): never => {
  throw new GatewayError('no-such-pbx', 'This gateway only describes itself');
};

const nothing: Gateway = {
  names: [],
  open: refuse,
  status: refuse,
  locateCall: async () => undefined,
  listCalls: async () => ({ items: [], total: null, nextCursor: null }),
  storeHealth,
  events: { open: refuse, cursor: refuse, wake() {}, history: refuse, readers: 0 },
};

export const renderOpenapi = async (): Promise<string> => {
  const store = createMemoryStore();
  const app = await buildApp({
    gateway: nothing,
    store,
    webhooks: createWebhooks({
      store,
      clock: systemClock,
      log: silentLog,
      allowNetworks: [],
      maySee: () => false,
      onDisabled() {},
    }),
    audit() {},
    metrics: createMetrics({ names: [], status: nothing.status, store: storeHealth }),
    auth: { key: { algorithm: 'HS256', secret: 'describes only, signs nothing' } },
    version,
  });
  await app.ready();
  const text = `${JSON.stringify(app.swagger(), null, 2)}\n`;
  await app.close();
  return text;
};

export const renderAsyncapi = (): string => `${JSON.stringify(asyncApi(version), null, 2)}\n`;

/** Both documents; or, to check, throws where one on disk is not what the code says. */
export const writeOpenapi = async ({ check }: { check?: boolean }): Promise<void> => {
  const documents = { 'openapi.json': await renderOpenapi(), 'asyncapi.json': renderAsyncapi() };
  for (const [name, text] of Object.entries(documents)) {
    const file = new URL(name, folder);
    if (!check) {
      writeFileSync(file, text);
    } else if (readFileSync(file, 'utf8') !== text) {
      throw new GatewayError('invalid-request', `openapi/${name} differs from the code: run \`npm run openapi\``);
    }
  }
};
