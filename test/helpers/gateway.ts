import { pino } from 'pino';
import supertest from 'supertest';
import { afterAll, beforeAll } from 'vitest';
import { createAccounts } from '../../src/auth/accounts.ts';
import type { Limits } from '../../src/auth/limits.ts';
import { signToken } from '../../src/auth/tokens.ts';
import { compose, type Composition } from '../../src/compose.ts';
import type { PbxConfig } from '../../src/config.ts';
import { buildApp } from '../../src/http/app.ts';
import type { SigningKey } from '../../src/lib/signing-key.ts';
import type { AuthOptions } from '../../src/http/plugins/verify.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createMemoryStore } from '../../src/store/open.ts';
import type { ClickToDialSettings } from '../../src/pbx/click-to-dial.ts';
import type { Store } from '../../src/store/store.ts';
import { eventually } from './asterisk.ts';

export const testKey: SigningKey = { algorithm: 'HS256', secret: 'a secret of the tests, long enough to sign with' };

export interface TestGateway {
  url: string;
  composition: Composition;
  /** Everything that was logged, at every level. */
  logs: string[];
  token(scope: string, limits?: Limits, sub?: string): string;
  /** An HTTP client for a token with these scopes. */
  as(scope: string, limits?: Limits, sub?: string): Client;
  ready(timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}

export interface Client {
  get(path: string): supertest.Test;
  post(path: string, body?: object): supertest.Test;
  put(path: string, body?: object): supertest.Test;
  patch(path: string, body?: object): supertest.Test;
  delete(path: string): supertest.Test;
}

export const clientFor = (url: string, token: string): Client => {
  const bearer = (test: supertest.Test) => test.set('authorization', `Bearer ${token}`);
  return {
    get: (path) => bearer(supertest(url).get(path)),
    post: (path, body) => bearer(supertest(url).post(path)).send(body),
    put: (path, body) => bearer(supertest(url).put(path)).send(body),
    patch: (path, body) => bearer(supertest(url).patch(path)).send(body),
    delete: (path) => bearer(supertest(url).delete(path)),
  };
};

type PbxOptions = Partial<PbxConfig> & { port: number; secret: string };

export interface GatewayOptions {
  pbx: PbxOptions | PbxOptions[];
  timeoutMs?: number;
  poolSize?: number;
  caFile?: string;
  auth?: AuthOptions;
  store?: Store;
  trunks?: readonly string[];
  /** Path of a manager.conf whose users may log in. */
  managerConf?: string;
  corsOrigins?: readonly string[];
  clickToDial?: ClickToDialSettings;
}

/** A whole gateway on a free port, answers checked against their schemas. */
export const startGateway = async (options: GatewayOptions): Promise<TestGateway> => {
  const logs: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void logs.push(line) });
  const accounts =
    options.managerConf === undefined
      ? undefined
      : createAccounts({ path: options.managerConf, key: testKey, clock: systemClock, log });
  const composition = await compose({
    pbx: [options.pbx]
      .flat()
      .map((pbx) => ({ name: 'default', host: '127.0.0.1', tls: false, username: 'gateway', ...pbx })),
    amiPoolSize: options.poolSize ?? 2,
    amiTimeoutMs: options.timeoutMs ?? 5_000,
    amiTlsCa: options.caFile,
    store: options.store ?? createMemoryStore(),
    ...(options.trunks ? { trunks: options.trunks } : {}),
    // Receivers of the tests are on loopback.
    webhookAllowNetworks: ['127.0.0.0/8'],
    keepHeaders: accounts?.filtersEvents,
    clock: systemClock,
    log,
  });
  const app = await buildApp({
    gateway: composition.gateway,
    metrics: composition.metrics,
    webhooks: composition.webhooks,
    audit: composition.audit,
    store: composition.store,
    ...(options.clickToDial ? { clickToDial: options.clickToDial } : {}),
    ...(options.corsOrigins ? { corsOrigins: options.corsOrigins } : {}),
    accounts,
    auth: options.auth ?? { key: testKey },
    version: '0.0.0',
    logger: log,
    validateResponses: true,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const token: TestGateway['token'] = (scope, limits, sub = 'test') =>
    signToken(testKey, { sub, scope, limits, ttl: 600 });
  return {
    url,
    composition,
    logs,
    token,
    as: (scope, limits, sub) => clientFor(url, token(scope, limits, sub)),
    ready: (timeoutMs = 10_000) =>
      eventually(async () => {
        await supertest(url).get('/health/ready').expect(200);
      }, timeoutMs),
    async close() {
      await app.close();
      accounts?.close();
      await composition.destroy();
    },
  };
};

/** A gateway for the tests of one suite, ready before the first and gone after the last. */
export const useGateway = (options: GatewayOptions): TestGateway => {
  const shared = {} as TestGateway;
  beforeAll(async () => {
    Object.assign(shared, await startGateway(options));
    await shared.ready();
  });
  afterAll(async () => {
    await shared.close();
  });
  return shared;
};
