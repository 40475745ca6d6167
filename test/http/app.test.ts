import type { FastifyInstance, InjectOptions } from 'fastify';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBLEMS } from '../../src/http/problems.ts';
import { MAX_WAIT_SECONDS } from '../../src/http/prefer.ts';
import { bearer, buildTestApp } from '../helpers/app.ts';

interface Operation {
  description?: string;
  operationId: string;
  security: object[];
  responses: Record<string, unknown>;
}

let app: FastifyInstance;
beforeAll(async () => {
  app = await buildTestApp();
  await app.ready();
});
afterAll(() => app.close());

const ask = (method: InjectOptions['method'], url: string, more: Partial<InjectOptions> = {}) =>
  app.inject({ method: method ?? 'GET', url, ...more, headers: { ...bearer(), ...more.headers } });
const json = { 'content-type': 'application/json' };

const operations = (): (Operation & { route: string })[] => {
  const { paths } = app.swagger() as unknown as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, route: `${method} ${path}` })),
  );
};

describe('routes', () => {
  it.each([
    ['neither scopes nor public', {}],
    ['an empty list of scopes', { scopes: [] }],
  ])('keep the service from starting with %s', async (_what, config) => {
    const other = await buildTestApp();
    other.get('/forgotten', { config }, () => 'x');
    await expect(other.ready()).rejects.toThrow('GET /forgotten declares neither scopes, nor anyToken, nor public');
    await other.close().catch(() => undefined);
  });

  it('are described by operations of different names, each with its tokens but for the public ones', () => {
    const ids = operations().map(({ operationId }) => operationId);
    expect(ids.every((id) => /^\w+\.\w+$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(20);
    const open = operations().filter(({ security }) => security.length === 0);
    expect(open.map(({ operationId }) => operationId).sort()).toEqual([
      'health.live',
      'health.ready',
      'oauth.token',
      'problems.get',
      'problems.list',
    ]);
  });

  it('refuse who has no token, or one without any scope, wherever the document says so', async () => {
    for (const { route, security, responses, description = '' } of operations()) {
      const [method = '', path = ''] = route.split(' ');
      const url = path.replaceAll(/\{\w+\}/g, 'x');
      const options = { method: method.toUpperCase() as 'GET', url };
      const anonymous = await app.inject(options);
      const powerless = await app.inject({ ...options, headers: bearer('gateway:raw') });
      // Where any token will do it is let in, and then told what it may not.
      const forbidden = description.endsWith('Any token.') ? powerless.statusCode : 403;
      expect([forbidden, anonymous.statusCode], route).not.toEqual([401, 401]);
      const expected = security.length > 0 ? [401, forbidden] : [anonymous.statusCode, anonymous.statusCode];
      expect([anonymous.statusCode, powerless.statusCode], route).toEqual(expected);
      // Whoever has no token yet gets one there, with a secret.
      if (security.length === 0)
        expect(route === 'post /oauth/token' ? [400] : [200, 404], route).toContain(anonymous.statusCode); // prettier-ignore
      else expect(Object.keys(responses), route).toEqual(expect.arrayContaining(['401', '403']));
    }
  });

  it('can wait as long as Prefer allows: no socket is cut for being silent before', () => {
    const { timeout } = app.server;
    expect(timeout === 0 || timeout > MAX_WAIT_SECONDS * 1_000).toBe(true);
  });
});

describe('an error', () => {
  const body = (size: number) => JSON.stringify({ command: 'x'.repeat(size) });

  it.each<[string, () => ReturnType<typeof ask>, number, string]>([
    ['an unknown path', () => ask('GET', '/nosuch?x=1'), 404, 'not-found'],
    ['another method', () => ask('PUT', '/calls'), 405, 'method-not-allowed'],
    ['a method nobody has', () => ask('OPTIONS', '/commands'), 405, 'method-not-allowed'],
    ['JSON that is none', () => ask('POST', '/commands', { headers: json, payload: '{' }), 400, 'malformed-json'],
    ['a poisoned prototype', () => ask('POST', '/commands', { headers: json, payload: '{"__proto__":{}}' }), 400, 'malformed-json'],
    ['no JSON at all', () => ask('POST', '/commands', { headers: json, payload: '' }), 400, 'invalid-request'],
    ['no body', () => ask('POST', '/commands'), 400, 'invalid-request'],
    ['a body too large', () => ask('POST', '/commands', { headers: json, payload: body(65_536) }), 413, 'body-too-large'],
    ['XML', () => ask('POST', '/commands', { headers: { 'content-type': 'application/xml' }, payload: '<x/>' }), 415, 'unsupported-media-type'],
    ['a form', () => ask('POST', '/commands', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: 'a=b' }), 415, 'unsupported-media-type'],
    ['plain text', () => ask('POST', '/commands', { headers: { 'content-type': 'text/plain' }, payload: 'x' }), 415, 'unsupported-media-type'],
    ['an unknown member', () => ask('POST', '/commands', { payload: { command: 'x', shell: 'y' } }), 400, 'invalid-request'],
    ['an unknown server', () => ask('GET', '/queues?pbx=nosuch'), 404, 'no-such-pbx'],
  ])('is a problem document: %s', async (_what, request, status, code) => {
    const response = await request();
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.json()).toMatchObject({ type: `/problems/${code}`, status, code, title: PROBLEMS[code]?.title });
    expect(response.statusCode).toBe(status);
    expect(response.json().requestId).toBe(response.headers['x-request-id']);
    expect(response.json().requestId).toMatch(/^[\da-f]{32}$/);
    if (status === 405) expect(response.headers['allow']).toMatch(/\bPOST\b/);
  }); // prettier-ignore

  it.each([
    ['what is no URL', '/calls/%zz'],
    ['half an escape', '/%'],
    ['a name that is too long', `/channels/${'x'.repeat(600)}`],
  ])('is one too where the router gives up: %s', async (_what, url) => {
    const response = await ask('GET', url);
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.json().requestId).toBe(response.headers['x-request-id']);
  });

  it('points at what is not valid', async () => {
    const response = await ask('POST', '/commands', { payload: { command: '' } });
    expect(response.json().errors).toEqual([{ pointer: '/body/command', detail: expect.any(String) }]);
    const query = await ask('GET', '/calls?limit=0');
    expect(query.json().errors).toEqual([{ pointer: '/querystring/limit', detail: expect.any(String) }]);
    const whole = await ask('POST', '/commands', { payload: { command: 'x', more: 1 } });
    expect(whole.json().errors).toEqual([{ pointer: '/body', detail: expect.stringContaining('more') }]);
    const cause = await ask('DELETE', '/channels/x?cause=busy');
    expect(cause.json().errors).toEqual([{ pointer: '/querystring/cause', detail: expect.stringContaining('user-busy') }]); // prettier-ignore
  });

  it('of ours that nobody foresaw tells nothing of itself', async () => {
    const gateway = { open: () => { throw new Error('S3CRET'); } }; // prettier-ignore
    const broken = await buildTestApp({ gateway: { ...gateway, names: ['a'], locateCall: () => undefined } as never });
    const response = await broken.inject({ url: '/queues', headers: bearer() });
    expect(response.statusCode).toBe(500);
    expect(response.json()).toMatchObject({ code: 'internal-error', detail: expect.any(String) });
    expect(response.body).not.toContain('S3CRET');
    await broken.close();
  });

  it('has a page for each of its codes, and for no other word', async () => {
    const { items, total } = (await app.inject('/problems')).json();
    expect(total).toBe(Object.keys(PROBLEMS).length);
    for (const { code, status, title } of items) {
      expect((await app.inject(`/problems/${code}`)).json()).toEqual({ code, status, title });
    }
    for (const word of ['nosuch', 'constructor', '__proto__', 'toString']) {
      const response = await app.inject(`/problems/${word}`);
      expect([word, response.statusCode, response.json().code]).toEqual([word, 404, 'no-such-problem']);
    }
  });

  it('has only codes that the source throws, and the source only codes that have a page', () => {
    const folder = new URL('../../src/', import.meta.url);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /^(?!simulator).*\.ts$/.test(file)); // prettier-ignore
    const source = files.map((file) => readFileSync(new URL(file, folder), 'utf8')).join('\n');
    // Ends of a connection: each is another error by the time it reaches a client.
    const connection = ['ami-frame-too-large', 'ami-login-refused', 'ami-not-asterisk', 'connection-lost'];
    // A file that cannot be read stops the start, or is logged; nobody is answered with it.
    const inner = [...connection, 'invalid-manager-conf'];
    const thrown = new Set(
      [...source.matchAll(/(?:GatewayError\(\s*|code: |refuse\()'([a-z-]+)'/g)].map(([, code]) => code),
    );
    expect([...thrown].filter((code) => ![...inner, ...Object.keys(PROBLEMS)].includes(code ?? ''))).toEqual([]);
    for (const code of Object.keys(PROBLEMS)) expect(source.split(`'${code}'`).length, code).toBeGreaterThan(1);
  });
});

describe('an answer', () => {
  it.each([
    ['crm-42.a:b', 'crm-42.a:b'],
    ['x'.repeat(80), 'x'.repeat(80)],
    ['x'.repeat(81), expect.stringMatching(/^[\da-f]{32}$/)],
    ['a b', expect.stringMatching(/^[\da-f]{32}$/)],
    ['<script>', expect.stringMatching(/^[\da-f]{32}$/)],
    ['', expect.stringMatching(/^[\da-f]{32}$/)],
  ])('bears the request id it was given where that is sound: %j', async (given, expected) => {
    const response = await app.inject({ url: '/health/live', headers: { 'x-request-id': given } });
    expect(response.headers['x-request-id']).toEqual(expected);
  });

  it('to HEAD is that to GET without a body, and needs the same token', async () => {
    const head = await app.inject({ method: 'HEAD', url: '/health/live' });
    expect([head.statusCode, head.body]).toEqual([200, '']);
    expect((await app.inject({ method: 'HEAD', url: '/calls' })).statusCode).toBe(401);
    expect((await ask('HEAD', '/calls')).statusCode).toBe(200);
    expect((await ask('HEAD', '/commands')).statusCode).toBe(405);
  });

  it('is open to other origins only where the operator has listed them', async () => {
    const headers = { origin: 'https://crm.example' };
    expect((await app.inject({ url: '/health/live', headers })).headers['access-control-allow-origin']).toBeUndefined();
    const open = await buildTestApp({ corsOrigins: ['https://crm.example'] });
    const allowed = await open.inject({ url: '/health/live', headers });
    expect(allowed.headers['access-control-allow-origin']).toBe('https://crm.example');
    const preflight = { ...headers, 'access-control-request-method': 'DELETE', 'access-control-request-headers': 'authorization' }; // prettier-ignore
    const asked = await open.inject({ method: 'OPTIONS', url: '/calls/x', headers: preflight });
    expect(asked.statusCode).toBe(204);
    expect(asked.headers['access-control-allow-methods']).toContain('DELETE');
    const other = await open.inject({ url: '/health/live', headers: { origin: 'https://evil.example' } });
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
    await open.close();
  });
});
