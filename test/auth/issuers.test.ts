import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIssuers, type Issuer, parseIssuers } from '../../src/auth/issuers.ts';
import { parseScopes } from '../../src/auth/scopes.ts';

const ISSUER = 'https://login.example.com/realms/office';
const CLAIMS = { scope: 'openid read:call write:originate gateway:tokens', limits: { contexts: ['lab'] } };

interface Key {
  kid: string;
  alg: string;
  sign: (claims: JWTPayload, header?: object) => Promise<string>;
  jwk: object;
}

const makeKey = async (kid: string, alg: string): Promise<Key> => {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  return {
    kid,
    alg,
    jwk: { ...(await exportJWK(publicKey)), kid, alg },
    sign: ({ exp, ...claims }, header = {}) =>
      new SignJWT({ iss: ISSUER, aud: 'ami-gateway', sub: 'anna', ...claims })
        .setProtectedHeader({ alg, kid, ...header })
        .setExpirationTime(exp ?? '10m')
        .sign(privateKey),
  };
};

describe('tokens of another issuer', () => {
  let server: Server;
  let url: string;
  let asked = 0;
  let published: object[] = [];
  const keys: Record<string, Key> = {};
  beforeAll(async () => {
    for (const alg of ['RS256', 'ES256', 'EdDSA']) keys[alg] = await makeKey(`key-${alg}`, alg);
    published = Object.values(keys).map(({ jwk }) => jwk);
    server = createServer((_request, response) => {
      asked += 1;
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: published }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  });
  afterAll(() => {
    server.close();
  });
  const issuers = (more: Partial<Issuer> = {}) => createIssuers([{ name: 'sso', url, issuer: ISSUER, audience: 'ami-gateway', scopes: null, ...more }], { cooldownMs: 0 }); // prettier-ignore
  const refused = (token: string, code = 'unauthorized') => expect(issuers().verify(token)).rejects.toMatchObject({ code }); // prettier-ignore

  it.each(['RS256', 'ES256', 'EdDSA'])('are taken with the keys it publishes: %s', async (alg) => {
    const token = await keys[alg]!.sign({ ...CLAIMS, jti: 'one', account: 'forged' });
    const { principal, until } = (await issuers().verify(token))!;
    expect(principal).toMatchObject({ sub: 'sso:anna', jti: 'sso:one', limits: CLAIMS.limits, account: undefined });
    expect([...principal.scopes]).toEqual(['read:call', 'write:originate']);
    expect(until).toBeLessThanOrEqual(Date.now() + 300_000);
  });

  it('have the scopes the operator lets them have, the gateway its own only where they are listed', async () => {
    const token = await keys['RS256']!.sign({ scp: ['read:all', 'gateway:tokens', 'write:system'] });
    const { scopes } = parseScopes('read:call gateway:tokens');
    const { principal } = (await issuers({ scopes }).verify(token))!;
    expect([...principal.scopes].sort()).toEqual(['gateway:tokens', 'read:call']);
    expect(principal.jti).toMatch(/^sso:[\w-]{43}$/);
  });

  it('are refused where they are not for us, not from them, over, or of a shape nobody knows', async () => {
    const { sign } = keys['RS256']!;
    await refused(await sign({ ...CLAIMS, aud: 'another-service' }));
    await refused(await sign({ ...CLAIMS, exp: Math.floor(Date.now() / 1_000) - 60 }));
    await refused(await sign({ ...CLAIMS, limits: { nonsense: true } }));
    await refused(await sign({ ...CLAIMS, sub: undefined }));
    await refused((await sign(CLAIMS)).replace(/.{6}$/, 'AAAAAA'));
    const stranger = await makeKey('key-RS256', 'RS256');
    await refused(await stranger.sign(CLAIMS));
    expect(issuers().verify(await sign({ ...CLAIMS, iss: 'https://elsewhere.example' }))).toBeUndefined();
    expect(issuers().verify('no.token.atall')).toBeUndefined();
  });

  it('cannot choose how they are verified: neither by a public key as secret, nor by none', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(keys['RS256']!.jwk));
    const claims = new SignJWT({ ...CLAIMS, iss: ISSUER, aud: 'ami-gateway', sub: 'anna' }).setExpirationTime('10m');
    await refused(await claims.setProtectedHeader({ alg: 'HS256', kid: 'key-RS256' }).sign(secret));
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const body = encode({ ...CLAIMS, iss: ISSUER, aud: 'ami-gateway', sub: 'anna', exp: 9_999_999_999 });
    await refused(`${encode({ alg: 'none' })}.${body}.`);
  });

  it('are taken with a key that was published since, and the keys are not asked for with every token', async () => {
    const one = issuers();
    await one.verify(await keys['RS256']!.sign(CLAIMS));
    const before = asked;
    for (let index = 0; index < 5; index += 1) await one.verify(await keys['RS256']!.sign({ ...CLAIMS, jti: String(index) })); // prettier-ignore
    expect(asked).toBe(before);
    const fresh = await makeKey('key-of-today', 'ES256');
    await expect(one.verify(await fresh.sign(CLAIMS))).rejects.toMatchObject({ code: 'unauthorized' });
    published = [...published, fresh.jwk];
    expect((await one.verify(await fresh.sign(CLAIMS)))?.principal.sub).toBe('sso:anna');
  });

  it('are neither right nor wrong where the keys cannot be had', async () => {
    const token = await keys['RS256']!.sign(CLAIMS);
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const nowhere = `http://127.0.0.1:${(closed.address() as AddressInfo).port}/`;
    await new Promise((resolve) => closed.close(resolve));
    await expect(issuers({ url: nowhere }).verify(token)).rejects.toMatchObject({ code: 'issuer-unavailable', retryable: true }); // prettier-ignore
    published = [];
    await refused(token);
  });
});

describe('the configuration of issuers', () => {
  const read = (env: Record<string, string>) => {
    const faults: string[] = [];
    return { issuers: parseIssuers(env, (fault) => faults.push(fault)), faults };
  };
  const ONE = { JWKS_URL: 'https://a.example/keys', JWKS_ISSUER: 'https://a.example', JWKS_AUDIENCE: 'gw' };

  it('takes one, and more by a suffix', () => {
    const two = { JWKS_URL_B: 'http://localhost:8080/keys', JWKS_ISSUER_B: 'b', JWKS_AUDIENCE_B: 'gw', JWKS_SCOPES_B: 'read:call' }; // prettier-ignore
    expect(read({})).toEqual({ issuers: [], faults: [] });
    const { issuers, faults } = read({ ...ONE, ...two });
    expect(faults).toEqual([]);
    expect(issuers).toMatchObject([
      { name: 'sso', url: 'https://a.example/keys', scopes: null },
      { name: 'b', scopes: new Set(['read:call']) },
    ]);
  });

  it.each([
    [{ JWKS_URL: 'https://a.example/keys' }, 'JWKS_ISSUER'],
    [{ ...ONE, JWKS_URL: 'http://a.example/keys' }, 'https://'],
    [{ ...ONE, JWKS_URL: 'nonsense' }, 'https://'],
    [{ ...ONE, JWKS_SCOPES: 'read:nonsense' }, 'read:nonsense'],
    [{ JWKS_SCOPES_X: 'read:call' }, 'JWKS_URL_X'],
  ])('names what is wrong with %o', (env, word) => {
    expect(read(env as Record<string, string>).faults.join()).toContain(word);
  });
});
