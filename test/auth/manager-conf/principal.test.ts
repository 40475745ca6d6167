import { describe, expect, it } from 'vitest';
import { addressAllowed } from '../../../src/auth/manager-conf/addresses.ts';
import { createEventJudge } from '../../../src/auth/manager-conf/event-filters.ts';
import { toPrincipal } from '../../../src/auth/manager-conf/principal.ts';
import { verifySecret } from '../../../src/auth/manager-conf/secret.ts';
import { limitsSchema } from '../../../src/auth/limits.ts';
import { loadText } from './trees.ts';

const text = `[open]
secret = open-secret-0123456789
read = all
write = call,originate

[closed]
secret = closed-secret-0123456789
deny = 0.0.0.0/0,::/0
permit = 10.0.0.0/8
eventfilter = !Event: Hangup

[ordered]
secret = ordered-secret-0123456789
permit = 10.0.0.0/8
deny = 10.1.0.0/16

[none]
[empty]
secret =
[off]
secret = off-secret-0123456789
enabled = no
`;
const user = (name: string) => loadText(text).user(name);
const principal = (name: string) => toPrincipal(user(name)!);

describe('a user as a principal', () => {
  it('has the scopes of its classes', () => {
    expect(principal('open')).toMatchObject({ sub: 'open', limits: {} });
    expect(principal('open').scopes).toEqual(new Set(['read:all', 'write:call', 'write:originate']));
    expect(principal('closed').scopes).toEqual(new Set());
  });

  it('has ranges where they say it all, and rules in any case', () => {
    expect(limitsSchema.parse(principal('closed').limits)).toEqual({ ip: ['10.0.0.0/8'] });
    expect(principal('ordered').limits).toEqual({});
    expect(['10.2.0.1', '10.1.0.1'].map((ip) => addressAllowed(principal('ordered').addressRules, ip))).toEqual([
      true,
      false,
    ]);
    expect(['10.2.0.1', '11.1.0.1'].map((ip) => addressAllowed(principal('closed').addressRules, ip))).toEqual([
      true,
      false,
    ]);
  });

  it('sees the events its filters let through', () => {
    const maySeeAmiEvent = createEventJudge(principal('closed').eventFilters);
    expect(maySeeAmiEvent({ name: 'Hangup', headers: [] })).toBe(false);
    expect(maySeeAmiEvent({ name: 'Newstate', headers: [] })).toBe(true);
  });

  it('can go through JSON, rules and filters', () => {
    const { addressRules, eventFilters } = principal('closed');
    expect(JSON.parse(JSON.stringify({ addressRules, eventFilters }))).toEqual({ addressRules, eventFilters });
  });
});

describe('a secret', () => {
  it.each([
    ['open', 'open-secret-0123456789', true],
    ['OPEN', 'open-secret-0123456789', true],
    ['open', 'open-secret-012345678', false],
    ['open', 'Open-secret-0123456789', false],
    ['open', '', false],
    ['closed', 'open-secret-0123456789', false],
    ['none', '', false],
    ['empty', '', false],
    ['off', 'off-secret-0123456789', false],
    ['nobody', '', false],
    ['general', '', false],
  ])('of %s: %s', (name, secret, right) => {
    expect(verifySecret(user(name), secret)).toBe(right);
  });
});
