import { createVerifier } from 'fast-jwt';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseScopes } from '../../src/auth/scopes.ts';
import { principalOf, signToken } from '../../src/auth/tokens.ts';
import type { SigningKey } from '../../src/lib/signing-key.ts';
import { verdictOf } from '../helpers/doubles.ts';

const secret = 'a secret of the tests, long enough to sign with';
const hs256: SigningKey = { algorithm: 'HS256', secret };
const request = { sub: 'anna', scope: ' write:originate   read:call ', ttl: 3_600 };
const decode = (token: string) =>
  createVerifier({ key: secret, algorithms: ['HS256'] })(token) as Record<string, unknown>;

describe('a token', () => {
  it('carries its subject, its scopes, its limits, its times and an id of its own', () => {
    const limits = { contexts: ['lab'], own: true };
    const claims = decode(signToken(hs256, { ...request, limits, issuer: 'gw', audience: 'crm' }));
    expect(claims).toMatchObject({ sub: 'anna', scope: 'write:originate read:call', limits, iss: 'gw', aud: 'crm' });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(3_600);
    const principal = principalOf(claims);
    expect(principal).toMatchObject({ sub: 'anna', limits });
    expect(principal.scopes).toEqual(new Set(['write:originate', 'read:call']));
    expect(principalOf(decode(signToken(hs256, request))).jti).not.toBe(principal.jti);
  });

  it.each(['RS256', 'ES256', 'EdDSA'] as const)('is signed with a key pair by %s', (algorithm) => {
    const { publicKey: open, privateKey: own } = {
      RS256: () => generateKeyPairSync('rsa', { modulusLength: 2_048 }),
      ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      EdDSA: () => generateKeyPairSync('ed25519'),
    }[algorithm]();
    const publicKey = open.export({ type: 'spki', format: 'pem' }).toString();
    const privateKey = own.export({ type: 'pkcs8', format: 'pem' }).toString();
    const token = signToken({ algorithm, publicKey, privateKey }, request);
    expect(createVerifier({ key: publicKey, algorithms: [algorithm] })(token)).toMatchObject({ sub: 'anna' });
  });

  it.each([
    [{ scope: 'write:originate write:everything' }],
    [{ scope: 'WRITE:CALL' }],
    [{ limits: { contexts: 'lab' } }],
    [{ limits: { context: ['lab'] } }],
    [{ limits: { callsPerMinute: 0 } }],
    [{ limits: { ip: ['10.0.0.0/99'] } }],
    [{ dial: { region: 'Netherlands' } }],
    [{ dial: { country: 'NL' } }],
  ])('is not signed with a scope, limit or dial setting that does not exist: %j', (fault) => {
    expect(verdictOf(() => signToken(hs256, { ...request, ...(fault as object) })).code).toBe('invalid-request');
  });
});

describe('claims', () => {
  const claims = { sub: 'anna', jti: '1', exp: 2_000_000_000, scope: 'read:call' };

  it.each([
    ['no subject', { ...claims, sub: undefined }],
    ['an empty subject', { ...claims, sub: '' }],
    ['no id', { ...claims, jti: undefined }],
    ['no end', { ...claims, exp: undefined }],
    ['an end that no calendar has', { ...claims, exp: 1e300 }],
    ['scopes as a list', { ...claims, scope: ['read:call'] }],
    ['no scopes', { ...claims, scope: undefined }],
    ['a limit nobody knows, which was meant to narrow', { ...claims, limits: { tenants: ['a'] } }],
    ['a limit of another shape', { ...claims, limits: { own: 'yes' } }],
    ['a dial region that does not exist', { ...claims, dial: { region: 'XX' } }],
    ['limits that are null', { ...claims, limits: null }],
    ['nothing', undefined],
  ])('make a token void that has %s', (_what, given) => {
    expect(verdictOf(() => principalOf(given)).code).toBe('unauthorized');
  });

  it('may hold words of other services among the scopes, which count for nothing', () => {
    expect(principalOf({ ...claims, scope: 'openid read:call admin', iss: 'x' }).scopes).toEqual(
      new Set(['read:call']),
    );
    expect(parseScopes('openid  read:call\twrite:all').unknown).toEqual(['openid']);
    expect(parseScopes('').scopes.size).toBe(0);
  });
});
