import { createHash, randomBytes } from 'node:crypto';
import type { Principal } from '../../auth/principal.ts';
import type { Clock } from '../../lib/clock.ts';
import { GatewayError } from '../../lib/errors.ts';

export interface Tickets {
  issue(principal: Principal): { ticket: string; expiresAt: number };
  /** The principal it was issued to; a second time nobody. Throws `unauthorized`. */
  redeem(ticket: string): Principal;
}

const LIFE_MS = 30_000;
const MOST = 10_000;
/** One subject's; the oldest of its own goes for a new one, so that nobody takes those of others away. */
const MOST_OF_SUBJECT = 100;

const digest = (ticket: string) => createHash('sha256').update(ticket).digest('base64');

/** Stand-ins for a token in a URL, where a browser can set no header: short-lived, and good for one use. */
export const createTickets = ({ clock }: { clock: Clock }): Tickets => {
  const issued = new Map<string, { principal: Principal; expiresAt: number }>();

  const prune = () => {
    for (const [key, { expiresAt }] of issued) {
      if (expiresAt > clock.now() && issued.size < MOST) return;
      issued.delete(key);
    }
  };

  const makeRoomFor = ({ sub }: Principal) => {
    const own = [...issued].filter(([, { principal }]) => principal.sub === sub);
    for (const [key] of own.slice(0, Math.max(0, own.length - MOST_OF_SUBJECT + 1))) issued.delete(key);
  };

  return {
    issue(principal) {
      prune();
      makeRoomFor(principal);
      const ticket = randomBytes(24).toString('base64url');
      const expiresAt = Math.min(clock.now() + LIFE_MS, principal.expiresAt);
      issued.set(digest(ticket), { principal, expiresAt });
      return { ticket, expiresAt };
    },
    redeem(ticket) {
      const key = digest(ticket);
      const known = issued.get(key);
      issued.delete(key);
      if (!known || known.expiresAt <= clock.now()) {
        throw new GatewayError('unauthorized', 'The ticket is not valid: unknown, used, or expired');
      }
      return known.principal;
    },
  };
};
