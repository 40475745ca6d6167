import { createHmac, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signToken } from '../../src/auth/tokens.ts';
import { startGateway, testKey, type TestGateway } from '../helpers/gateway.ts';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1_000);
const claims = (changes: object = {}) => ({
  sub: 'x',
  jti: 'j',
  scope: 'read:call',
  iat: now(),
  exp: now() + 60,
  ...changes,
});
const secret = testKey.algorithm === 'HS256' ? testKey.secret : '';
const sign = (header: object, payload: object, key = secret, hash = 'sha256') => {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${createHmac(hash, key).update(text).digest('base64url')}`;
};
const HS256 = { alg: 'HS256', typ: 'JWT' };

describe('tokens', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    // No Asterisk is needed to say no.
    gateway = await startGateway({ pbx: { port: 9, secret: 'nobody listens' } });
  });
  afterAll(() => gateway.close());

  const ask = (authorization?: string) => {
    const test = supertest(gateway.url).get('/calls');
    return authorization === undefined ? test : test.set('authorization', authorization);
  };

  it('are taken where signed with the key and not expired', async () => {
    await ask(`Bearer ${sign(HS256, claims())}`).expect(200, { items: [], total: null, nextCursor: null });
    await ask(`bearer ${sign(HS256, claims())}`).expect(200);
  });

  const tampered = () => {
    const [header, , signature] = sign(HS256, claims()).split('.');
    return [header, encode(claims({ scope: 'write:all' })), signature].join('.');
  };

  it.each<[string, () => string | undefined]>([
    ['none at all', () => undefined],
    ['an empty one', () => 'Bearer '],
    ['another scheme', () => `Basic ${Buffer.from('a:b').toString('base64')}`],
    ['no token', () => 'Bearer not.a.token'],
    ['alg none', () => `Bearer ${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims())}.`],
    ['alg none with a signature', () => `Bearer ${sign({ alg: 'none' }, claims())}`],
    ['alg NoNe', () => `Bearer ${encode({ alg: 'NoNe' })}.${encode(claims())}.`],
    ['another key', () => `Bearer ${sign(HS256, claims(), 'another key, as long as the real one is')}`],
    ['another algorithm with the same key', () => `Bearer ${sign({ alg: 'HS512' }, claims(), secret, 'sha512')}`],
    ['a payload changed after signing', () => `Bearer ${tampered()}`],
    ['expired', () => `Bearer ${sign(HS256, claims({ exp: now() - 1 }))}`],
    ['not yet valid', () => `Bearer ${sign(HS256, claims({ nbf: now() + 60 }))}`],
    ['without an end', () => `Bearer ${sign(HS256, claims({ exp: undefined }))}`],
    ['without a subject', () => `Bearer ${sign(HS256, claims({ sub: undefined }))}`],
    ['without an id', () => `Bearer ${sign(HS256, claims({ jti: undefined }))}`],
    ['with a limit nobody knows', () => `Bearer ${sign(HS256, claims({ limits: { contexs: ['a'] } }))}`],
    ['with limits of a wrong shape', () => `Bearer ${sign(HS256, claims({ limits: { contexts: 'a' } }))}`],
  ])('are refused with 401: %s', async (_name, authorization) => {
    const { body, headers } = await ask(authorization()).expect(401);
    expect(body).toMatchObject({ code: 'unauthorized', status: 401, type: '/problems/unauthorized' });
    expect(headers['www-authenticate']).toContain('Bearer');
  });

  it('stop counting in the moment they expire, although they were taken before', async () => {
    const token = sign(HS256, claims({ exp: now() + 1 }));
    await ask(`Bearer ${token}`).expect(200);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    await ask(`Bearer ${token}`).expect(401);
  });

  it('are bound to addresses where they say so', async () => {
    for (const [ip, status] of [
      [['127.0.0.1'], 200],
      [['127.0.0.0/8', '::1'], 200],
      [['10.0.0.0/8'], 403],
    ] as const) {
      const token = signToken(testKey, { sub: 'x', scope: 'read:call', ttl: 60, limits: { ip: [...ip] } });
      const { body } = await ask(`Bearer ${token}`).expect(status);
      if (status === 403) expect(body).toMatchObject({ code: 'limit-exceeded', limit: 'ip' });
    }
  });

  it('say which scope is missing', async () => {
    const { body } = await gateway.as('read:agent').get('/channels').expect(403);
    expect(body.code).toBe('insufficient-scope');
    expect(body.scopes).toContain('read:call');
  });

  it('are not needed for probes, error pages and the description', async () => {
    for (const path of ['/health/live', '/problems', '/problems/no-such-channel', '/openapi.json', '/docs/']) {
      await supertest(gateway.url).get(path).expect(200);
    }
    await supertest(gateway.url).get('/health/ready').expect(503);
    await supertest(gateway.url).get('/problems/nothing').expect(404);
  });

  it('are asked for by every route that does not say otherwise', async () => {
    const { paths } = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as {
      paths: Record<string, Record<string, { security: object[]; operationId: string }>>;
    };
    const open = new Set(['health.live', 'health.ready', 'problems.list', 'problems.get', 'oauth.token']);
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { security, operationId }] of Object.entries(methods)) {
        if (open.has(operationId)) continue;
        expect(security, operationId).toEqual([{ bearer: [] }, { managerConf: [] }]);
        const url = path.replaceAll(/\{\w+\}/g, 'x');
        await supertest(gateway.url)[method as 'get'](url).expect(401);
      }
    }
  });
});

describe('keys of two halves', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

  it('sign what the gateway takes, and the public half signs nothing', async () => {
    const gateway = await startGateway({
      pbx: { port: 9, secret: 'x' },
      auth: { key: { algorithm: 'EdDSA', privateKey, publicKey }, issuer: 'us', audience: 'gateway' },
    });
    const ask = (token: string) => supertest(gateway.url).get('/calls').set('authorization', `Bearer ${token}`);
    const request = { sub: 'x', scope: 'read:call', ttl: 60, issuer: 'us', audience: 'gateway' };
    const key = { algorithm: 'EdDSA' as const, privateKey, publicKey };
    await ask(signToken(key, request)).expect(200);
    await ask(signToken(key, { ...request, issuer: 'them' })).expect(401);
    await ask(signToken(key, { ...request, audience: 'other' })).expect(401);
    await ask(signToken(key, { ...request, issuer: undefined })).expect(401);
    // The classic confusion: the public key, taken for a shared secret.
    await ask(sign(HS256, claims({ iss: 'us', aud: 'gateway' }), publicKey)).expect(401);
    await gateway.close();
  });
});
