import type { Clock } from '../lib/clock.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Principal } from './principal.ts';

const MINUTE = 60_000;

export interface Quota {
  /** Counts one new call of the principal, or throws `too-many-calls`. */
  takeCall(principal: Principal): void;
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
    takeCall({ sub, limits }) {
      const { concurrentCalls, callsPerMinute } = limits;
      if (concurrentCalls !== undefined && activeCalls(sub) >= concurrentCalls) {
        throw new GatewayError('too-many-calls', `The token allows ${concurrentCalls} calls at a time`, {
          details: { limit: 'concurrentCalls', retryAfter: 5 },
        });
      }
      if (callsPerMinute === undefined) return;
      const now = clock.now();
      const recent = (placed.get(sub) ?? []).filter((at) => at > now - MINUTE);
      const oldest = recent[0];
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
