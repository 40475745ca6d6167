import { AMI_CLASSES, type AmiClass } from '../ami/types.ts';
import type { Clock } from '../lib/clock.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Principal } from './principal.ts';
import type { Scope } from './scopes.ts';

/** A class of manager.conf, or `*` for all requests together. */
export const RATE_CLASSES = [...AMI_CLASSES, '*'] as const;
export type RateClass = AmiClass | '*';
/** Requests a minute. */
export type RateLimits = Partial<Record<RateClass, number>>;

/** What is left of a budget, as a client is told. */
export interface Budget {
  name: string;
  limit: number;
  /** Null where it is no matter of time. */
  windowSeconds: number | null;
  remaining: number;
  /** Until all of it is there again. */
  resetSeconds: number | null;
}

export interface Rates {
  /** Counts one request of the classes. Tells of each budget it comes out of, then throws `rate-limited` where one is spent. */
  take(principal: Principal, classes: readonly RateClass[], tell: (budget: Budget) => void): void;
}

const MINUTE_MS = 60_000;
const MOST = 50_000;

export const classesOf = (scopes: readonly Scope[]): AmiClass[] =>
  AMI_CLASSES.filter((name) => scopes.some((scope) => scope === `read:${name}` || scope === `write:${name}`));

/**
 * A bucket for each subject and class: it holds a minute's worth and fills evenly. Per subject, so that a fresh token
 * brings no fresh budget.
 */
export const createRates = ({ clock, defaults = {} }: { clock: Clock; defaults?: RateLimits | undefined }): Rates => {
  const buckets = new Map<string, { tokens: number; at: number }>();

  const bucketOf = (key: string, limit: number) => {
    const now = clock.now();
    const known = buckets.get(key);
    const filled = known ? known.tokens + ((now - known.at) * limit) / MINUTE_MS : limit;
    const bucket = { tokens: Math.min(limit, filled), at: now };
    buckets.delete(key);
    // Those asked for least lately are full again, or belong to who has left.
    const [oldest] = buckets.keys();
    if (oldest !== undefined && buckets.size >= MOST) buckets.delete(oldest);
    buckets.set(key, bucket);
    return bucket;
  };

  return {
    take({ sub, limits }, classes, tell) {
      const limitOf = (name: RateClass) => limits.requestsPerMinute?.[name] ?? defaults[name];
      if (!classes.some((name) => limitOf(name) !== undefined)) return;
      const asked = classes.flatMap((name) => {
        const limit = limitOf(name);
        return limit === undefined ? [] : [{ name, limit, bucket: bucketOf(`${name} ${sub}`, limit) }];
      });
      const spent = asked.find(({ bucket }) => bucket.tokens < 1);
      for (const { name, limit, bucket } of asked) {
        if (!spent) bucket.tokens -= 1;
        const resetSeconds = Math.ceil(((limit - bucket.tokens) * MINUTE_MS) / limit / 1_000);
        tell({ name, limit, windowSeconds: 60, remaining: Math.floor(bucket.tokens), resetSeconds });
      }
      if (!spent) return;
      const retryAfter = Math.ceil(((1 - spent.bucket.tokens) * MINUTE_MS) / spent.limit / 1_000);
      const of = spent.name === '*' ? '' : ` of class ${spent.name}`;
      throw new GatewayError('rate-limited', `At most ${spent.limit} requests a minute${of}`, {
        details: { limit: 'requestsPerMinute', class: spent.name, retryAfter },
      });
    },
  };
};
