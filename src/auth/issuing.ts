import { randomUUID } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { GatewayError } from '../lib/errors.ts';
import type { SigningKey } from '../lib/signing-key.ts';
import type { Store, StoredToken } from '../store/store.ts';
import type { Limits } from './limits.ts';
import { mustNotWiden, narrowingLimit } from './narrowing.ts';
import type { DialSettings, Principal } from './principal.ts';
import type { RateLimits } from './rates.ts';
import type { Revocations } from './revocation.ts';
import { parseScopes } from './scopes.ts';
import { signToken } from './tokens.ts';

export interface TokenWish {
  sub: string;
  /** Space-separated. */
  scope: string;
  limits: Limits;
  dial?: DialSettings | undefined;
  ttlSeconds: number;
  description: string | null;
}

/** A token as it can be shown: what it may do, never the token. */
export interface TokenRecord {
  jti: string;
  sub: string;
  scope: string;
  limits: Limits;
  dial: DialSettings | null;
  description: string | null;
  state: 'active' | 'expired' | 'revoked';
  /** Null for one made elsewhere, of which no more is known than that it was revoked. */
  maker: { sub: string; jti: string } | null;
  createdAt: number;
  expiresAt: number;
  revokedAt: number | null;
}

export interface Issuing {
  /** Rejects with `insufficient-scope` or `limit-exceeded` where the maker may do less. */
  make(maker: Principal, wish: TokenWish): Promise<{ token: string; record: TokenRecord }>;
  /** Those of the maker's subject; every one for a token without limits. Newest first. */
  list(asker: Principal, page: { cursor?: string | undefined; limit: number }): Promise<{ items: TokenRecord[]; nextCursor: string | null }>; // prettier-ignore
  get(asker: Principal, jti: string): Promise<TokenRecord>;
  /** With every token made by it. Rejects with `no-such-token` for another's; anyone may give up their own. */
  revoke(asker: Principal, jti: string): Promise<void>;
}

export interface IssuingOptions {
  key: SigningKey;
  issuer?: string | undefined;
  audience?: string | undefined;
  /** For tokens that bring no rates of their own. */
  rateLimits?: RateLimits | undefined;
  store: Pick<Store, 'tokens'>;
  revocations: Revocations;
  /** Ends what a revoked token left behind. */
  disown: (jti: string) => Promise<void>;
  clock: Clock;
}

type Body = Pick<TokenRecord, 'scope' | 'limits' | 'dial' | 'description'>;
const NOTHING: Body = { scope: '', limits: {}, dial: null, description: null };

/** Of a token made elsewhere the end is not known: it is held as long as any token can live. */
const LONGEST_MS = 10 * 366 * 86_400_000;

const isLimited = (principal: Principal): boolean => narrowingLimit(principal) !== undefined;

export const createIssuing = (options: IssuingOptions): Issuing => {
  const { key, issuer, audience, rateLimits, store, revocations, disown, clock } = options;
  const toRecord = (stored: StoredToken): TokenRecord => {
    const { body, ...rest } = stored;
    const expired = stored.expiresAt <= clock.now();
    const state = stored.revokedAt !== null ? 'revoked' : expired ? 'expired' : 'active';
    return { ...rest, ...(JSON.parse(body) as Body), state };
  };
  const mayManage = (asker: Principal, { maker, sub }: StoredToken): boolean =>
    !isLimited(asker) || (maker?.sub === asker.sub && sub === asker.sub);

  const find = async (asker: Principal, jti: string): Promise<StoredToken> => {
    const stored = await store.tokens.get(jti);
    if (!stored || !mayManage(asker, stored)) throw new GatewayError('no-such-token', 'There is no such token');
    return stored;
  };

  /** Whoever stole a token may have made others with it. */
  const revokeAll = async (token: StoredToken): Promise<void> => {
    await revocations.revoke(token);
    await disown(token.jti);
    for (let cursor: string | undefined; ;) {
      const page = await store.tokens.list({ maker: token.sub, cursor, limit: 1_000 });
      for (const made of page.items) {
        if (made.maker?.jti === token.jti && made.revokedAt === null)
          await revokeAll({ ...made, revokedAt: token.revokedAt });
      }
      if (page.nextCursor === null) return;
      cursor = page.nextCursor;
    }
  };

  return {
    async make(maker, { sub, scope, limits, dial, ttlSeconds, description }) {
      const { scopes, unknown } = parseScopes(scope);
      if (unknown.length > 0) throw new GatewayError('invalid-request', `Unknown scope: ${unknown.join(', ')}`);
      const now = clock.now();
      const expiresAt = Math.min(now + ttlSeconds * 1_000, maker.expiresAt);
      mustNotWiden(maker, { sub, scopes, limits, expiresAt }, rateLimits);
      const ttl = Math.floor((expiresAt - now) / 1_000);
      if (ttl < 1) throw new GatewayError('invalid-request', 'Your own token is about to expire');
      const jti = randomUUID();
      const token = signToken(key, { jti, sub, scope, limits, dial, ttl, issuer, audience });
      const body: Body = { scope: [...scopes].join(' '), limits, dial: dial ?? null, description };
      const stored: StoredToken = {
        jti,
        sub,
        maker: { sub: maker.sub, jti: maker.jti },
        createdAt: now,
        expiresAt: now + ttl * 1_000,
        revokedAt: null,
        body: JSON.stringify(body),
      };
      await store.tokens.put(stored);
      return { token, record: toRecord(stored) };
    },
    async list(asker, page) {
      const { items, nextCursor } = await store.tokens.list({ ...page, maker: isLimited(asker) ? asker.sub : undefined });
      return { items: items.filter((stored) => mayManage(asker, stored)).map(toRecord), nextCursor };
    },
    get: async (asker, jti) => toRecord(await find(asker, jti)),
    async revoke(asker, jti) {
      const now = clock.now();
      const known = await store.tokens.get(jti);
      if (asker.jti !== jti && isLimited(asker)) await find(asker, jti);
      const expiresAt = asker.jti === jti ? asker.expiresAt : now + LONGEST_MS;
      const foreign: StoredToken = { jti, sub: asker.jti === jti ? asker.sub : '', maker: null, createdAt: now, expiresAt, revokedAt: null, body: JSON.stringify(NOTHING) }; // prettier-ignore
      await revokeAll({ ...(known ?? foreign), revokedAt: known?.revokedAt ?? now });
    },
  }; // prettier-ignore
};
