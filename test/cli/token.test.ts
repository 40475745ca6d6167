import { createVerifier } from 'fast-jwt';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseDuration, printToken, type TokenArguments } from '../../src/cli/token.ts';
import { ConfigError } from '../../src/config.ts';
import { verdictOf } from '../helpers/doubles.ts';

const secret = 'q9XbV2mKfT7wRzLs8YpNcD4hGj6uAe3E';
const asked = { sub: 'crm', scope: 'write:originate', ttl: '1h' };

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const printed = (environment: Record<string, string>, given: TokenArguments): string => {
  for (const name of ['JWT_SECRET', 'JWT_KEY_FILE', 'JWT_ISSUER', 'JWT_AUDIENCE'])
    vi.stubEnv(name, environment[name] ?? '');
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  printToken(given);
  return write.mock.calls.map(([text]) => String(text)).join('');
};

describe('a duration', () => {
  it.each([
    ['45s', 45],
    ['30m', 1_800],
    ['1h', 3_600],
    ['90d', 7_776_000],
    ['007s', 7],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', '0s', '1', '1w', '-1h', '1.5h', '1 h', '1H', 'h', '1h30m', 'Infinity'])('%j is none', (text) => {
    expect(verdictOf(() => parseDuration(text)).code).toBe('invalid-request');
  });
});

describe('a duration beyond all bounds', () => {
  it('is none, rather than a token that says nothing of its end', () => {
    expect(verdictOf(() => parseDuration(`${'9'.repeat(400)}d`)).code).toBe('invalid-request');
  });
});

describe('the token command', () => {
  it('prints the token, a line end, and nothing else', () => {
    const text = printed(
      { JWT_SECRET: secret, JWT_ISSUER: 'gw', JWT_AUDIENCE: 'crm' },
      { ...asked, limits: '{"contexts":["lab"]}', dialContext: 'sales', dialRegion: 'NL' },
    );
    expect(text).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const claims = createVerifier({ key: secret, algorithms: ['HS256'] })(text.trim()) as Record<string, number>;
    expect(claims).toMatchObject({
      sub: 'crm',
      limits: { contexts: ['lab'] },
      dial: { context: 'sales', region: 'NL' },
      iss: 'gw',
      aud: 'crm',
    });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(3_600);
  });

  it.each([
    ['limits that are not JSON', { limits: '{contexts}' }],
    ['limits that do not exist', { limits: '{"context":["lab"]}' }],
    ['limits of another shape', { limits: '[]' }],
    ['an unknown scope', { scope: 'write:everything' }],
    ['a dial region that is no country', { dialRegion: 'Netherlands' }],
    ['a time that is none', { ttl: 'forever' }],
  ])('refuses %s', (_what, fault) => {
    expect(verdictOf(() => printed({ JWT_SECRET: secret }, { ...asked, ...fault })).code).toBe('invalid-request');
  });

  it('names the variable where there is nothing to sign with', () => {
    expect(() => printed({}, asked)).toThrow(ConfigError);
    expect(() => printed({}, asked)).toThrow(/JWT_SECRET/);
  });
});
