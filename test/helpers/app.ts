import type { FastifyInstance } from 'fastify';
import type { Limits } from '../../src/auth/limits.ts';
import { signToken } from '../../src/auth/tokens.ts';
import { createWebhooks } from '../../src/events/webhooks/webhooks.ts';
import { type AppOptions, buildApp } from '../../src/http/app.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { Gateway } from '../../src/pbx/index.ts';
import { createMemoryStore } from '../../src/store/open.ts';
import { testKey } from './gateway.ts';

const storeHealth = () => ({
  status: 'ok' as const,
  kind: 'none',
  lost: { events: 0, calls: 0, deliveries: 0 },
  lastError: null,
});

const refuse = (): never => {
  throw new GatewayError('no-such-pbx', 'There is no server');
};

/** A gateway without servers: for what the HTTP side does by itself. */
export const noServers: Gateway = {
  names: [],
  open: refuse,
  status: refuse,
  locateCall: async () => undefined,
  listCalls: async () => ({ items: [], total: null, nextCursor: null }),
  storeHealth,
  events: { open: refuse, cursor: refuse, wake() {}, history: refuse, readers: 0 },
};

export const noWebhooks = () =>
  createWebhooks({
    store: createMemoryStore(),
    clock: systemClock,
    log: silentLog,
    allowNetworks: [],
    maySee: () => true,
    onDisabled() {},
  });

export const buildTestApp = (options: Partial<AppOptions> = {}): Promise<FastifyInstance> =>
  buildApp({
    gateway: noServers,
    webhooks: noWebhooks(),
    store: createMemoryStore(),
    audit() {},
    metrics: createMetrics({ names: [], status: noServers.status, store: storeHealth }),
    auth: { key: testKey },
    version: '0.0.0',
    validateResponses: true,
    ...options,
  });

export const bearer = (scope = 'write:all read:all', limits?: Limits) => ({
  authorization: `Bearer ${signToken(testKey, { sub: 'test', scope, limits, ttl: 600 })}`,
});
