import type { FastifyRequest } from 'fastify';
import type { Webhooks } from '../../events/webhooks/webhooks.ts';
import type { Principal } from '../../auth/principal.ts';
import type { Accounts } from '../../auth/accounts.ts';
import type { Attempts } from '../../auth/attempts.ts';
import type { Issuing } from '../../auth/issuing.ts';
import type { Scope } from '../../auth/scopes.ts';
import type { Revocations } from '../../auth/revocation.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Gateway, Pbx } from '../../pbx/index.ts';
import type { ClickToDialSettings } from '../../pbx/click-to-dial.ts';
import type { Tickets } from '../plugins/tickets.ts';

/** What every route file is given. */
export interface RouteOptions {
  gateway: Gateway;
  webhooks: Webhooks;
  clickToDial: ClickToDialSettings;
  /** Before a call is dialled: remembers it under the request's Idempotency-Key. */
  noteCall: (request: FastifyRequest, callId: string) => Promise<void>;
  clock: Clock;
  tickets: Tickets;
  revocations: Revocations;
  issuing: Issuing;
  /** Counts a request of classes that the route alone does not tell. Throws `rate-limited`. */
  takeRate: (request: FastifyRequest, scopes: readonly Scope[]) => void;
  accounts: Accounts | undefined;
  attempts: Attempts;
  /** The principal of a token used from this address. Throws as a request with it would. */
  verifyToken: (token: string, ip: string) => Promise<Principal>;
  /** The server named (or the first), as the request's token may use it. */
  pbxFor: (request: FastifyRequest, name: string | undefined) => Pbx;
  /** Aborted when the service stops: nothing waits longer than it must. */
  closing: AbortSignal;
  /** The server a call is on; the first where the id is unknown, which then says so. */
  pbxOfCall: (request: FastifyRequest, callId: string) => Promise<Pbx>;
  /** The name given, or every server the token may use. */
  namesFor: (request: FastifyRequest, name: string | undefined) => readonly string[];
}
