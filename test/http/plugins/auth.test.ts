import { createSigner, type SignerOptions } from 'fast-jwt';
import type { FastifyInstance } from 'fastify';
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Limits } from '../../../src/auth/limits.ts';
import { bearer, buildTestApp } from '../../helpers/app.ts';
import { testKey } from '../../helpers/gateway.ts';

const { secret } = testKey as { secret: string };
const claims = { sub: 'anna', jti: '1', scope: 'read:call', iss: 'gw', aud: 'crm' };
const sign = (given: object = claims, options: Partial<SignerOptions & { key: string }> = {}): string =>
  createSigner({ key: secret, algorithm: 'HS256', expiresIn: 60_000, ...options })(given as Record<string, unknown>);
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = (alg: string) => `${part({ alg, typ: 'JWT' })}.${part({ ...claims, exp: 4e9 })}.`;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } }); // prettier-ignore

let app: FastifyInstance;
beforeAll(async () => {
  app = await buildTestApp({ auth: { key: testKey, issuer: 'gw', audience: 'crm' } });
});
afterAll(() => app.close());

const ask = (authorization?: string) =>
  app.inject({ url: '/calls', ...(authorization === undefined ? {} : { headers: { authorization } }) });

describe('a token', () => {
  it('that is sound lets in', async () => {
    expect((await ask(`Bearer ${sign()}`)).statusCode).toBe(200);
    expect((await ask(`bearer ${sign()}`)).statusCode).toBe(200);
  });

  it.each<[string, () => string | undefined]>([
    ['is missing', () => undefined],
    ['is empty', () => 'Bearer '],
    ['comes as Basic', () => `Basic ${sign()}`],
    ['is no token', () => 'Bearer x'],
    ['is followed by more', () => `Bearer ${sign()} x`],
    ['was signed with another secret', () => `Bearer ${sign(claims, { key: `${secret}!` })}`],
    ['says that it needs no signature', () => `Bearer ${unsigned('none')}`],
    ['has lost its signature', () => `Bearer ${unsigned('HS256')}`],
    ['was changed', () => `Bearer ${sign().replace(/\.[^.]+\./, `.${part({ ...claims, scope: 'write:all', exp: 4e9 })}.`)}`], // prettier-ignore
    ['was signed by another algorithm of the same secret', () => `Bearer ${sign(claims, { algorithm: 'HS512' })}`],
    ['was signed by a key pair', () => `Bearer ${sign(claims, { algorithm: 'RS256', key: privateKey })}`],
    [
      'has ended',
      () => `Bearer ${createSigner({ key: secret, algorithm: 'HS256' })({ ...claims, exp: 1_000_000_000 })}`,
    ],
    ['has not begun', () => `Bearer ${sign(claims, { notBefore: 3_600_000 })}`],
    ['is for another audience', () => `Bearer ${sign({ ...claims, aud: 'x' })}`],
    ['is of another issuer', () => `Bearer ${sign({ ...claims, iss: 'x' })}`],
    ['has no issuer', () => `Bearer ${sign({ ...claims, iss: undefined })}`],
    ['has no end', () => `Bearer ${createSigner({ key: secret, algorithm: 'HS256' })(claims)}`],
    ['has no id', () => `Bearer ${sign({ ...claims, jti: undefined })}`],
    ['has no subject', () => `Bearer ${sign({ ...claims, sub: undefined })}`],
    ['bears a limit nobody knows', () => `Bearer ${sign({ ...claims, limits: { tenant: ['a'] } })}`],
  ])('that %s is refused without saying much', async (_what, authorization) => {
    const response = await ask(authorization());
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer realm="ami-gateway"');
    expect(response.json()).toMatchObject({ code: 'unauthorized', status: 401 });
  });

  it('ends in its time, also where it was seen before', async () => {
    const token = `Bearer ${sign()}`;
    expect((await ask(token)).statusCode).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    expect((await ask(token)).statusCode).toBe(401);
    vi.useRealTimers();
  });

  it('without the scope of a route is told which one it needs', async () => {
    const other = await buildTestApp();
    const response = await other.inject({ method: 'POST', url: '/commands', headers: bearer('write:call') });
    expect(response.json()).toMatchObject({ status: 403, code: 'insufficient-scope', scopes: ['write:command'] });
    await other.close();
  });

  it.each<[Limits['ip'], string, number]>([
    [['127.0.0.1'], '127.0.0.1', 200],
    [['10.0.0.0/8', '127.0.0.1/32'], '127.0.0.1', 200],
    [['10.0.0.0/8'], '127.0.0.1', 403],
    [[], '127.0.0.1', 403],
    [['10.0.0.0/8'], '::ffff:10.1.2.3', 200],
    [['2001:db8::/32'], '2001:db8::1', 200],
    [['2001:db8::/32'], '2001:db9::1', 403],
    [['0.0.0.0/0'], '2001:db8::1', 403],
  ])('bound to %j and used from %s: %i', async (ip, remoteAddress, status) => {
    const other = await buildTestApp();
    const response = await other.inject({ url: '/calls', remoteAddress, headers: bearer('read:call', { ip }) });
    expect(response.statusCode).toBe(status);
    if (status === 403) expect(response.json()).toMatchObject({ code: 'limit-exceeded', limit: 'ip' });
    await other.close();
  });
});
