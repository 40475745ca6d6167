import type { Clock } from '../lib/clock.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Principal } from './principal.ts';
import type { Budget } from './rates.ts';

const MINUTE = 60_000;

export interface Quota {
  /** Counts one new call of the principal. Tells of each budget it comes out of; throws `too-many-calls` where one is spent. */
  takeCall(principal: Principal, tell?: (budget: Budget) => void): void;
}

export interface QuotaOptions {
  clock: Clock;
  /** Calls of a subject that have not ended. */
  activeCalls: (sub: string) => number;
}

/** Counts calls per subject: a fresh token does not bring a fresh budget. */
export const createQuota = ({ clock, activeCalls }: QuotaOptions): Quota => {
  const placed = new Map<string, number[]>();
  return {
    takeCall({ sub, limits }, tell = () => {}) {
      const { concurrentCalls, callsPerMinute } = limits;
      const active = concurrentCalls === undefined ? 0 : activeCalls(sub);
      if (concurrentCalls !== undefined) {
        const remaining = Math.max(0, concurrentCalls - active - 1);
        tell({ name: 'concurrentCalls', limit: concurrentCalls, windowSeconds: null, remaining, resetSeconds: null });
      }
      if (concurrentCalls !== undefined && active >= concurrentCalls) {
        throw new GatewayError('too-many-calls', `The token allows ${concurrentCalls} calls at a time`, {
          details: { limit: 'concurrentCalls', retryAfter: 5 },
        });
      }
      if (callsPerMinute === undefined) return;
      const now = clock.now();
      const recent = (placed.get(sub) ?? []).filter((at) => at > now - MINUTE);
      const oldest = recent[0];
      tell({
        name: 'callsPerMinute',
        limit: callsPerMinute,
        windowSeconds: 60,
        remaining: Math.max(0, callsPerMinute - recent.length - 1),
        resetSeconds: Math.ceil(
          ((recent.length < callsPerMinute ? now : (recent.at(-1) ?? now)) + MINUTE - now) / 1_000,
        ),
      });
      if (oldest !== undefined && recent.length >= callsPerMinute) {
        const retryAfter = Math.ceil((oldest + MINUTE - now) / 1_000);
        throw new GatewayError('too-many-calls', `The token allows ${callsPerMinute} calls a minute`, {
          details: { limit: 'callsPerMinute', retryAfter },
        });
      }
      placed.set(sub, [...recent, now]);
    },
  };
};
