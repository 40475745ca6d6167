import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { declarations } from '../../src/ami/actions/registry.ts';
import { limitsSchema, type Limits } from '../../src/auth/limits.ts';
import { mustNotWiden } from '../../src/auth/narrowing.ts';
import { judge } from '../../src/auth/policy.ts';
import type { Principal } from '../../src/auth/principal.ts';
import type { RateLimits } from '../../src/auth/rates.ts';
import { parseScopes } from '../../src/auth/scopes.ts';
import { isGatewayError } from '../../src/lib/errors.ts';
import { sample } from '../helpers/action-samples.ts';

const token = (scope: string, limits: Limits = {}, sub = 'maker'): Principal => ({
  sub, jti: 'j', expiresAt: 2e12, scopes: parseScopes(scope).scopes, limits: limitsSchema.parse(limits),
}); // prettier-ignore
const tried = (maker: Principal, child: Principal, rates?: RateLimits): string => {
  try {
    mustNotWiden(maker, child, rates);
    return 'made';
  } catch (error) {
    if (isGatewayError(error)) return [error.code, error.details['limit']].join(' ').trim();
    throw error;
  }
};
const ALL = 'read:all write:all gateway:tokens';

describe('a new token', () => {
  it.each<[string, Principal, Principal, string]>([
    ['has fewer scopes', token(ALL), token('read:call write:originate'), 'made'],
    ['has a scope its maker lacks', token('read:call'), token('write:call'), 'insufficient-scope'],
    ['reads where its maker writes', token('write:call'), token('read:call'), 'insufficient-scope'],
    ['has all where its maker has one', token('write:call'), token('write:all'), 'insufficient-scope'],
    ['has a scope of the gateway its maker lacks', token(ALL), token('gateway:audit'), 'insufficient-scope'],
    ['has limits where its maker has none', token(ALL), token(ALL, { contexts: ['a'], queues: [] }), 'made'],
    ['has no limit where its maker has one', token(ALL, { contexts: ['a'] }), token(ALL), 'limit-exceeded contexts'],
    ['lists less', token(ALL, { contexts: ['a', 'b*'] }), token(ALL, { contexts: ['a', 'b1', 'bc*'] }), 'made'],
    ['lists more', token(ALL, { contexts: ['b*'] }), token(ALL, { contexts: ['*'] }), 'limit-exceeded contexts'],
    ['lists another end', token(ALL, { queues: ['a*z'] }), token(ALL, { queues: ['a*y'] }), 'limit-exceeded queues'],
    ['opens what was closed', token(ALL), token(ALL, { applications: ['System'] }), 'limit-exceeded applications'],
    ['opens commands', token(ALL), token(ALL, { commands: ['core show'] }), 'limit-exceeded commands'],
    ['has longer commands', token(ALL, { commands: ['core show'] }), token(ALL, { commands: ['Core  show channels'] }), 'made'],
    ['has shorter commands', token(ALL, { commands: ['core show'] }), token(ALL, { commands: ['core'] }), 'limit-exceeded commands'],
    ['lists a technology that must be listed', token(ALL), token(ALL, { channels: ['AudioSocket/*'] }), 'limit-exceeded channels'],
    ['lists every technology', token(ALL), token(ALL, { channels: ['*'] }), 'limit-exceeded channels'],
    ['lists phones', token(ALL), token(ALL, { channels: ['PJSIP/*'] }), 'made'],
    ['lists addresses behind a phone', token(ALL, { channels: ['PJSIP/*'] }), token(ALL, { channels: ['PJSIP/*/*'] }), 'limit-exceeded channels'],
    ['lists a variable that steers', token(ALL), token(ALL, { variables: ['TRANSFER_CONTEXT'] }), 'limit-exceeded variables'],
    ['lists it where a star let nothing steer', token(ALL, { variables: ['*'] }), token(ALL, { variables: ['TRANSFER_CONTEXT'] }), 'limit-exceeded variables'],
    ['is for more addresses', token(ALL, { ip: ['10.0.0.0/8'] }), token(ALL, { ip: ['10.1.0.0/16', '11.0.0.1'] }), 'limit-exceeded ip'],
    ['is for fewer addresses', token(ALL, { ip: ['10.0.0.0/8', 'fd00::/8'] }), token(ALL, { ip: ['10.1.0.0/16', 'fd00::1'] }), 'made'],
    ['is for addresses of IPv6 that begin like those of IPv4', token(ALL, { ip: ['10.0.0.0/8'] }), token(ALL, { ip: ['::ffff:10.0.0.0/9'] }), 'limit-exceeded ip'],
    ['is for any address', token(ALL, { ip: ['10.0.0.0/8'] }), token(ALL), 'limit-exceeded ip'],
    ['asks more often', token(ALL, { requestsPerMinute: { '*': 9, call: 5 } }), token(ALL, { requestsPerMinute: { '*': 9 } }), 'limit-exceeded requestsPerMinute'],
    ['places more calls', token(ALL, { callsPerMinute: 5 }), token(ALL, { callsPerMinute: 6 }), 'limit-exceeded callsPerMinute'],
    ['sees what is not its own', token(ALL, { own: true }), token(ALL, { own: false }), 'limit-exceeded own'],
    ['is of another subject', token(ALL), token(ALL, {}, 'crm'), 'made'],
    ['is of another subject, of a maker with limits', token(ALL, { queues: ['a'] }), token(ALL, { queues: ['a'] }, 'crm'), 'limit-exceeded queues'],
    ['is of another subject, of a maker who sees no calls', token('write:agent'), token('write:agent', {}, 'crm'), 'insufficient-scope'],
    ['outlives its maker', token(ALL), { ...token(ALL), expiresAt: 2e12 + 1 }, 'invalid-request'],
  ])('that %s', (_what, maker, child, verdict) => {
    expect(tried(maker, child)).toBe(verdict);
  }); // prettier-ignore

  it('asks no more often than the rates its maker has by default', () => {
    const rates = { '*': 600, originate: 30 };
    const child = (requestsPerMinute: RateLimits) => tried(token(ALL), token(ALL, { requestsPerMinute }), rates);
    expect(child({ '*': 6_000 })).toBe('limit-exceeded requestsPerMinute');
    expect(child({ originate: 31 })).toBe('limit-exceeded requestsPerMinute');
    expect(child({ originate: 30, call: 9 })).toBe('made');
    expect(tried(token(ALL), token(ALL), rates)).toBe('made');
    const wider = token(ALL, { requestsPerMinute: { '*': 6_000, originate: 60 } });
    expect(tried(wider, token(ALL, { requestsPerMinute: { '*': 6_000 } }), rates)).toBe('made');
  });
});

const pattern = fc.constantFrom('*', 'a', 'ab', 'a*', '*b', 'a*b', 'PJSIP/*', 'PJSIP/a', 'PJSIP/*/*', 'Local/*@a', 'default', 'private', 'core show', 'core', 'TRANSFER_CONTEXT', 'System', 'cidname', 'manager.conf', '100', 'support'); // prettier-ignore
const lists = ['channels', 'contexts', 'extensions', 'callerIds', 'queues', 'variables', 'applications', 'functions', 'commands', 'configFiles', 'databaseFamilies'] as const; // prettier-ignore
const limits = fc
  .record(Object.fromEntries(lists.map((name) => [name, fc.option(fc.array(pattern, { maxLength: 3 }), { nil: undefined })])))
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, list]) => list !== undefined)) as Limits); // prettier-ignore
const scopes = ['read:all', 'write:all', 'read:call', 'write:call', 'write:originate', 'write:system', 'write:config', 'write:command']; // prettier-ignore

/** A maker, and a child much like it: fewer scopes, and some lists taken from anywhere. */
const pair = fc.tuple(fc.subarray(scopes, { minLength: 1 }), limits, limits, fc.subarray([...lists], { maxLength: 3 })).chain(
  ([mine, own, other, changed]) =>
    fc.subarray(mine).map((theirs) => {
      const changes = Object.fromEntries(changed.flatMap((name) => (other[name] ? [[name, other[name]]] : [])));
      return [token(mine.join(' '), own), token(theirs.join(' '), { ...own, ...changes })] as const;
    }),
); // prettier-ignore

const allows = (principal: Principal, action: ReturnType<typeof sample>): boolean => {
  try {
    judge(principal, action);
    return true;
  } catch (error) {
    if (isGatewayError(error)) return false;
    throw error;
  }
};
const actions = declarations.filter(({ internal }) => !internal).map(({ name }) => sample(name));
const texts = ['a', 'ab', 'axb', 'PJSIP/a', 'PJSIP/a/b', 'PJSIP/a@b', 'Local/1@a', 'AudioSocket/1', 'x'];
const dialled = texts.filter((text) => text.includes('/')).map((Channel) => sample('Originate', { Channel, Context: 'a', Exten: 'ab', Priority: 1, Async: true })); // prettier-ignore
const set = ['a', 'TRANSFER_CONTEXT', 'ab'].map((Variable) => sample('Setvar', { Channel: 'PJSIP/a-00000001', Variable, Value: '1' })); // prettier-ignore

it('may do nothing that its maker may not, whatever both are given', () => {
  let made = 0;
  fc.assert(
    fc.property(pair, ([maker, child]) => {
      if (tried(maker, child) !== 'made') return;
      made += 1;
      for (const action of [...actions, ...dialled, ...set]) {
        if (allows(child, action) && !allows(maker, action)) throw new Error(`${action.declaration.name} ${JSON.stringify(action.touches)}`); // prettier-ignore
      }
    }),
    { numRuns: 3_000 },
  );
  // Otherwise nothing was looked at.
  expect(made).toBeGreaterThan(100);
});
