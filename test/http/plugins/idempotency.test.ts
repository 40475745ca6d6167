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
import { eventually } from '../../helpers/asterisk.ts';

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
    paths: Record<string, Record<string, { operationId?: string; parameters?: { name: string }[]; responses: object }>>;
  };
  const takes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], responses }]) => ({
      route: `${method} ${path}`,
      responses: Object.keys(responses),
      takes: parameters.some(({ name }) => name === 'idempotency-key'),
    })),
  );
  const none = ['post /events/tickets', 'post /tokens', 'post /permissions/check', 'post /oauth/token'];
  const writes = takes.filter(({ route }) => !route.startsWith('get') && !none.includes(route));
  expect(writes.length).toBeGreaterThan(12);
  expect(takes.filter((one) => one.takes)).toEqual(writes);
  for (const { route, responses } of writes) expect(responses, route).toEqual(expect.arrayContaining(['409', '422', '503', '504'])); // prettier-ignore
});

it.each(['', 'a b', '~'.repeat(256), 'clé', 'a\tb'])('is 1 to 255 visible characters, not %j', async (key) => {
  app.put('/described', { config: { scopes: ['write:call'] }, schema: {} }, () => work());
  const put = (sent: string) => app.inject({ method: 'PUT', url: '/described', headers: { ...bearer(), 'idempotency-key': sent } }); // prettier-ignore
  expect((await put(key)).json().code).toBe('invalid-request');
  for (const sound of ['!', '~'.repeat(255)]) expect((await put(sound)).statusCode).toBe(200);
});

it.each([
  ['made', 201, { n: 1 }],
  ['gone', 204, undefined],
])('gives the whole first answer again where something was %s', async (_what, status, body) => {
  app.route({
    method: ['POST', 'PUT'],
    url: '/things',
    config: { scopes: ['write:call'] },
    schema: {},
    handler: async (_request, reply) => {
      runs += 1;
      return reply.code(status).header('location', `/things/${runs}`).header('preference-applied', 'wait=1').send(body);
    },
  });
  const send = (method: 'POST' | 'PUT' = 'POST', url = '/things') =>
    app.inject({ method, url, headers: { ...bearer(), 'idempotency-key': 'key' } });
  const [first, again] = [await send(), await send()];
  const { location, 'preference-applied': applied, 'content-type': type } = first.headers;
  expect([again.statusCode, again.body]).toEqual([status, first.body]);
  expect(again.headers).toMatchObject({ location, 'preference-applied': applied, 'idempotent-replayed': 'true' });
  expect(again.headers['content-type']).toBe(type);
  for (const other of [await send('PUT'), await send('POST', '/things?pbx=b')]) expect(other.json().code).toBe('idempotency-key-reused'); // prettier-ignore
  expect(runs).toBe(1);
});

it('gives a problem again as the problem document it was', async () => {
  work = fail('call-ended');
  const send = () => app.inject({ method: 'POST', url: '/work', headers: { ...bearer(), 'idempotency-key': 'key' } });
  const [first, again] = [await send(), await send()];
  expect([again.headers['content-type'], again.body]).toEqual([first.headers['content-type'], first.body]);
});

it('is in progress until the first answer is there', async () => {
  let finish = () => {};
  work = () => new Promise<object>((resolve) => (finish = () => resolve({}))); // prettier-ignore
  const first = ask();
  await eventually(() => expect(runs).toBe(1)); // prettier-ignore
  const second = await app.inject({ method: 'POST', url: '/work', payload: {}, headers: { ...bearer(), 'idempotency-key': 'key' } }); // prettier-ignore
  expect([second.statusCode, second.json().code, Number(second.headers['retry-after'])]).toEqual([409, 'idempotency-in-progress', 1]); // prettier-ignore
  finish();
  expect((await first).status).toBe(200);
  expect(await ask()).toMatchObject({ status: 200, replayed: 'true' });
  expect(runs).toBe(1);
});

it('can be seen to be replayed by a page of another origin', async () => {
  const open = await buildTestApp({ store, corsOrigins: ['https://crm.example'] });
  const { headers } = await open.inject({ url: '/health/live', headers: { origin: 'https://crm.example' } });
  expect(headers['access-control-expose-headers']).toContain('idempotent-replayed');
  await open.close();
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
  await store.idempotency.begin({ ...old, answer: { status: 200, headers: {}, body: '{}' } }, 0);
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
