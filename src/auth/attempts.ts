import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Clock } from '../lib/clock.ts';
import { GatewayError } from '../lib/errors.ts';

export interface Attempts {
  /** Throws `too-many-attempts` while this address, or this address for this name, has to wait. */
  check(address: string, name: string): void;
  /** Milliseconds until the next one is looked at; 0 while there are still some for nothing. */
  failed(address: string, name: string): number;
  succeeded(address: string, name: string): void;
}

interface Failures {
  count: number;
  until: number;
}

/** Mistakes that cost nothing: somebody's own, and those of an office behind one address. */
const FREE_FOR_NAME = 5;
const FREE_FOR_ADDRESS = 30;
const LONGEST_MS = 300_000;
const FORGOTTEN_MS = 3_600_000;
const MOST = 10_000;

/** Who has one address of IPv6 has its whole /64. */
const network = (given: string): string => {
  const address = given.replace(/%.*$/, '');
  return isIPv6(address) && !ipaddr.IPv6.parse(address).isIPv4MappedAddress()
    ? ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`).toString()
    : address;
};

/**
 * Slows down who guesses secrets: each failure beyond the free ones doubles the wait. A name is slowed for the address
 * that fails alone: nobody can lock another out.
 */
export const createAttempts = ({ clock }: { clock: Clock }): Attempts => {
  const known = new Map<string, Failures>();

  const keysOf = (address: string, name: string) => {
    const from = network(address);
    return [
      { key: `${from} ${name.toLowerCase()}`, free: FREE_FOR_NAME },
      { key: from, free: FREE_FOR_ADDRESS },
    ];
  };

  const forget = () => {
    for (const [key, { until }] of known) {
      if (known.size < MOST && until + FORGOTTEN_MS > clock.now()) return;
      known.delete(key);
    }
  };

  return {
    check(address, name) {
      const waits = keysOf(address, name).map(({ key }) => (known.get(key)?.until ?? 0) - clock.now());
      const wait = Math.max(...waits);
      if (wait <= 0) return;
      const retryAfter = Math.ceil(wait / 1_000);
      throw new GatewayError('too-many-attempts', `Too many wrong secrets: try again in ${retryAfter} s`, { details: { retryAfter } }); // prettier-ignore
    },
    failed(address, name) {
      forget();
      const waits = keysOf(address, name).map(({ key, free }) => {
        const before = known.get(key);
        const fresh = before === undefined || before.until + FORGOTTEN_MS <= clock.now();
        const count = fresh ? 1 : before.count + 1;
        const wait = count <= free ? 0 : Math.min(1_000 * 2 ** (count - free - 1), LONGEST_MS);
        // The one that failed last is the last to be forgotten.
        known.delete(key);
        known.set(key, { count, until: clock.now() + wait });
        return wait;
      });
      return Math.max(...waits);
    },
    succeeded(address, name) {
      const [own] = keysOf(address, name);
      if (own) known.delete(own.key);
    },
  };
};
