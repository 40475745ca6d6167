import type { FastifyRequest } from 'fastify';
import type { Webhooks } from '../../events/webhooks/webhooks.ts';
import type { Pbx } from '../../pbx/index.ts';

/** What every route file is given. */
export interface RouteOptions {
  /** The server named (or the first), as the request's token may use it. */
  pbxFor: (request: FastifyRequest, name: string | undefined) => Pbx;
  /** Aborted when the service stops: nothing waits longer than it must. */
  closing: AbortSignal;
  /** The server a placed call is on; the first where the id is unknown, which then says so. */
  pbxOfCall: (request: FastifyRequest, callId: string) => Pbx;
  /** The name given, or every server the token may use. */
  namesFor: (request: FastifyRequest, name: string | undefined) => readonly string[];
  webhooks: Webhooks;
}
