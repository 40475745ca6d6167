import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GatewayError } from '../../../src/lib/errors.ts';
import { createSqliteStore } from '../../../src/store/sqlite/store.ts';
import type { Store } from '../../../src/store/store.ts';
import { bearer, buildTestApp } from '../../helpers/app.ts';

let folder: string;
let file: string;
let store: Store;
let app: FastifyInstance;
let runs: number;
/** What the route does. */
let work: () => unknown;

const HOUR_MS = 3_600_000;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'idempotency-'));
  file = join(folder, 'gateway.db');
  store = createSqliteStore(file);
  app = await buildTestApp({ store });
  runs = 0;
  work = () => ({ run: runs });
  app.post('/work', { config: { scopes: ['write:call'] }, schema: {} }, async () => {
    runs += 1;
    return work();
  });
});
afterEach(async () => {
  await app.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

const ask = async (key = 'key', payload: object = {}) => {
  const answer = await app.inject({ method: 'POST', url: '/work', payload, headers: { ...bearer(), 'idempotency-key': key } }); // prettier-ignore
  return { status: answer.statusCode, code: answer.json().code, replayed: answer.headers['idempotent-replayed'] };
};

const fail = (code: string) => () => {
  throw new GatewayError(code, 'As the test wants it');
};

const lock = () => {
  const other = new DatabaseSync(file);
  other.exec('BEGIN EXCLUSIVE');
  return () => {
    other.exec('ROLLBACK');
    other.close();
  };
};

it('is taken by every route that changes something, and by no other', async () => {
  await app.ready();
  const { paths } = app.swagger() as unknown as {
    paths: Record<string, Record<string, { operationId?: string; parameters?: { name: string }[] }>>;
  };
  const takes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [] }]) => ({
      route: `${method} ${path}`,
      takes: parameters.some(({ name }) => name === 'idempotency-key'),
    })),
  );
  const writes = takes.filter(({ route }) => !route.startsWith('get') && route !== 'post /events/tickets');
  expect(writes.length).toBeGreaterThan(12);
  expect(takes.filter((one) => one.takes)).toEqual(writes);
});

it.each(['outcome-unknown', 'ami-desync', 'internal-error', 'no-such-channel', 'command-failed'])(
  'is spent by %s: what was asked may have happened, or never will',
  async (code) => {
    work = fail(code);
    const first = await ask();
    expect(first).toMatchObject({ code, replayed: undefined });
    expect(await ask()).toEqual({ ...first, replayed: 'true' });
    expect(runs).toBe(1);
  },
);

it.each(['pbx-unavailable', 'pool-saturated', 'store-unavailable', 'too-many-calls', 'limit-exceeded', 'ami-error'])(
  'is free again after %s: nothing happened',
  async (code) => {
    work = fail(code);
    expect((await ask()).code).toBe(code);
    work = () => ({});
    expect(await ask('key', { other: 'body' })).toMatchObject({ status: 200, replayed: undefined });
    expect(runs).toBe(2);
  },
);

it('runs nothing twice where the answer could not be kept', async () => {
  let unlock = () => {};
  work = () => {
    unlock = lock();
    return {};
  };
  expect((await ask()).status).toBe(200);
  unlock();
  expect(await ask()).toMatchObject({ status: 504, code: 'outcome-unknown' });
  expect(runs).toBe(1);
});

it('runs nothing at all where the key cannot be kept; without a key all goes on', async () => {
  const unlock = lock();
  expect(await ask()).toMatchObject({ status: 503, code: 'store-unavailable' });
  expect(runs).toBe(0);
  expect((await app.inject({ method: 'POST', url: '/work', payload: {}, headers: bearer() })).statusCode).toBe(200);
  unlock();
  expect((await ask()).status).toBe(200);
});

it.each([
  ['a day', 24.1 * HOUR_MS, 200, undefined],
  ['no longer than a day', 23.9 * HOUR_MS, 422, 'idempotency-key-reused'],
])('is remembered for %s', async (_what, age, status, code) => {
  const old = { sub: 'test', key: 'key', fingerprint: 'f', instance: 'i', createdAt: Date.now() - age, callId: null };
  await store.idempotency.begin({ ...old, answer: { status: 200, headers: {}, body: '{}' } });
  expect(await ask()).toMatchObject({ status, code });
});

it('knows a request by what it says, not by how it is written', async () => {
  const shuffled = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(shuffled)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).reverse().map(([name, member]) => [name, shuffled(member)])) // prettier-ignore
        : value;
  const json = fc
    .dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
    // Refused before the key is looked at.
    .filter((body) => !/__proto__|constructor/.test(JSON.stringify(body)));
  let number = 0;
  await fc.assert(
    fc.asyncProperty(json, json, async (one, two) => {
      const body = JSON.parse(JSON.stringify(one)) as object;
      const other = JSON.parse(JSON.stringify(two)) as object;
      const key = `key-${(number += 1)}`;
      expect((await ask(key, body)).status).toBe(200);
      expect((await ask(key, shuffled(body) as object)).replayed).toBe('true');
      expect((await ask(key, other)).status).toBe(isDeepStrictEqual(body, other) ? 200 : 422);
    }),
    { numRuns: 40 },
  );
});
