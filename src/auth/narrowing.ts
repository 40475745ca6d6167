import { isWithin } from '../lib/addresses.ts';
import { GatewayError } from '../lib/errors.ts';
import { matchesGlob } from '../lib/glob.ts';
import type { Limits } from './limits.ts';
import type { Principal } from './principal.ts';
import type { RateLimits } from './rates.ts';
import { isSteering } from './rules/variable.ts';
import { opensTechnology, separators } from './rules/dial.ts';
import { holdsAny, type Scope } from './scopes.ts';
import { limitExceeded } from './verdict.ts';

/** What a token is to be allowed. */
export interface Grant {
  sub: string;
  scopes: ReadonlySet<Scope>;
  limits: Limits;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

type Covers = (wider: string, narrower: string) => boolean;

/** Whether all that the second pattern matches, the first does. It may say no where it could say yes. */
const covers: Covers = (wider, narrower) => {
  if (wider === narrower || wider === '*') return true;
  if (!narrower.includes('*')) return matchesGlob(narrower, wider);
  const [start = '', ...others] = wider.split('*');
  const end = others.at(-1) ?? '';
  // With one star, what is before and behind it has to be there; with more it is not worth finding out.
  if (others.length !== 1) return false;
  const parts = narrower.split('*');
  return (parts[0] ?? '').startsWith(start) && (parts.at(-1) ?? '').endsWith(end);
};

const words = (line: string): string[] => line.trim().toLowerCase().split(/\s+/);

/** As the rules read each list: see rules/dial.ts, rules/command.ts, rules/variable.ts. */
const COVERS: Partial<Record<keyof Limits, Covers>> = {
  channels: (wider, narrower) =>
    wider === '*' || (separators(wider) === separators(narrower) && covers(wider, narrower)),
  commands: (wider, narrower) => wider === '*' || words(wider).every((word, index) => words(narrower)[index] === word),
  variables: (wider, narrower) => wider === narrower || (!isSteering(narrower) && covers(wider, narrower)),
};

/** Lists that only narrow: what is not listed at all is open. */
const NARROWING = ['pbx', 'channels', 'contexts', 'extensions', 'callerIds', 'queues', 'variables'] as const;
/** Lists that open: what is not listed at all is closed. */
const OPENING = ['applications', 'functions', 'commands', 'configFiles', 'databaseFamilies'] as const;
/** Entries that open something also where the list as a whole narrows. */
const OPENS: Partial<Record<keyof Limits, (entry: string) => boolean>> = {
  channels: opensTechnology,
  variables: isSteering,
};

const wider = (limit: keyof Limits, what: string): GatewayError =>
  limitExceeded(limit, `The new token's ${limit} would reach further than yours: ${what}`);

const narrowsList = (mine: Limits, theirs: Limits, limit: (typeof NARROWING)[number] | (typeof OPENING)[number]) => {
  const [own, wanted] = [mine[limit], theirs[limit]];
  const closed = (OPENING as readonly string[]).includes(limit);
  if (own === undefined && !closed) {
    const opening = wanted?.find((entry) => OPENS[limit]?.(entry));
    if (opening !== undefined) throw wider(limit, JSON.stringify(opening));
    return;
  }
  if (wanted === undefined) {
    if (!closed) throw wider(limit, 'it must be listed');
    return;
  }
  const covering = COVERS[limit] ?? covers;
  const outside = wanted.find((entry) => !(own ?? []).some((known) => covering(known, entry)));
  if (outside !== undefined) throw wider(limit, JSON.stringify(outside));
};

const narrowsAddresses = ({ ip: mine }: Limits, { ip: theirs }: Limits): void => {
  if (mine === undefined) return;
  if (theirs === undefined) throw wider('ip', 'it must be listed');
  const outside = theirs.find((range) => !mine.some((known) => isWithin(range, known)));
  if (outside !== undefined) throw wider('ip', outside);
};

const narrowsNumber = (mine: Limits, theirs: Limits, limit: 'callsPerMinute' | 'concurrentCalls'): void => {
  const [own, wanted] = [mine[limit], theirs[limit]];
  if (own !== undefined && (wanted === undefined || wanted > own)) throw wider(limit, `at most ${own}`);
};

const narrowsRates = (mine: Limits, theirs: Limits, defaults: RateLimits): void => {
  const given: RateLimits = { ...defaults, ...theirs.requestsPerMinute };
  for (const [name, own] of Object.entries({ ...defaults, ...mine.requestsPerMinute })) {
    const wanted = Math.min(given[name as keyof RateLimits] ?? Infinity, given['*'] ?? Infinity);
    if (wanted > own) throw wider('requestsPerMinute', `at most ${own} of ${name}`);
  }
};

/** A limit that keeps the token from something; lists that open something do not. */
export const narrowingLimit = ({ limits }: Principal): keyof Limits | undefined =>
  (Object.keys(limits) as (keyof Limits)[]).find((limit) => !(OPENING as readonly string[]).includes(limit));

/** Calls, webhooks and budgets belong to a subject: another's are not a limited token's to reach. */
const narrowsSubject = (maker: Principal, sub: string): void => {
  if (sub === maker.sub) return;
  const limited = narrowingLimit(maker);
  if (limited !== undefined) throw limitExceeded(limited, `A token with limits makes tokens of its own subject alone`);
  if (!holdsAny(maker.scopes, ['read:call', 'write:call'])) {
    throw new GatewayError('insufficient-scope', "A token of another subject sees that subject's calls: this needs read:call", { details: { scopes: ['read:call', 'write:call'] } }); // prettier-ignore
  }
};

/**
 * Throws `insufficient-scope` or `limit-exceeded` where a token of this grant could do what its maker cannot.
 * `defaults` are the rates of a token that says none.
 */
export const mustNotWiden = (maker: Principal, grant: Grant, defaults: RateLimits = {}): void => {
  narrowsSubject(maker, grant.sub);
  for (const scope of grant.scopes) {
    const all = scope.endsWith(':all') ? [scope] : [scope, `${scope.split(':')[0]}:all` as Scope];
    if (!all.some((held) => maker.scopes.has(held))) {
      throw new GatewayError('insufficient-scope', `You do not hold ${scope} yourself`, { details: { scopes: [scope] } }); // prettier-ignore
    }
  }
  if (grant.expiresAt > maker.expiresAt) {
    throw new GatewayError('invalid-request', 'The new token would outlive yours');
  }
  for (const limit of [...NARROWING, ...OPENING]) narrowsList(maker.limits, grant.limits, limit);
  if (maker.limits.own === true && grant.limits.own !== true) throw wider('own', 'it must be true');
  narrowsAddresses(maker.limits, grant.limits);
  narrowsRates(maker.limits, grant.limits, defaults);
  for (const limit of ['callsPerMinute', 'concurrentCalls'] as const) narrowsNumber(maker.limits, grant.limits, limit);
};
