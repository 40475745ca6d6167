import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Audit } from '../../auth/audit.ts';
import type { Clock } from '../../lib/clock.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Changes who may do what, or where events go: each request is audited. */
    manages?: true;
  }
  interface FastifyRequest {
    /** The token was good enough for the route; what follows is the guard's, and audited by it. */
    admitted: boolean;
    // What few requests have is not declared to Fastify: it would be put on every one.
    /** Code of the error it was answered with. */
    problem?: string;
    /** What it reached, for the audit; undefined where nobody has said. */
    targets?: string[];
  }
}

const WINDOW_MS = 60_000;
const MOST_OF_ADDRESS = 20;
const MOST_ADDRESSES = 10_000;

/** How many refusals of an address are still to be told; a scanner must not fill the trail. */
const createThrottle = ({ clock }: { clock: Clock }) => {
  const windows = new Map<string, { until: number; told: number; untold: number }>();
  /** Null where it is not told; else how many were not told before it. */
  return (address: string): number | null => {
    const now = clock.now();
    let window = windows.get(address);
    const untold = window?.untold ?? 0;
    if (!window || window.until <= now) {
      windows.delete(address);
      const [oldest] = windows.keys();
      if (oldest !== undefined && windows.size >= MOST_ADDRESSES) windows.delete(oldest);
      windows.set(address, (window = { until: now + WINDOW_MS, told: 0, untold }));
    }
    if (window.told >= MOST_OF_ADDRESS) {
      window.untold += 1;
      return null;
    }
    window.told += 1;
    window.untold = 0;
    return untold;
  };
};

/** Notes what a request reaches. */
export const target = (request: FastifyRequest, ...targets: string[]): void => {
  (request.targets ??= []).push(...targets);
};

const REFUSALS = new Set([401, 403, 429]);

/** Audits what never comes to the guard: refusals at the door, and the management of tokens and webhooks. */
export const registerAudit = (
  app: FastifyInstance,
  options: { audit: Audit; clock: Clock; operationOf: (request: FastifyRequest) => string },
): void => {
  const { audit, clock, operationOf } = options;
  const throttle = createThrottle({ clock });
  app.decorateRequest('admitted', false);
  app.addHook('onResponse', (request, reply, done) => {
    const refused = REFUSALS.has(reply.statusCode);
    const manages = request.routeOptions.config.manages && request.method !== 'GET';
    if (manages || (refused && !request.admitted)) {
      const untold = refused ? throttle(request.ip) : 0;
      if (untold !== null) {
        const { principal, targets, problem, method, url } = request;
        audit({
          sub: principal?.sub ?? null,
          jti: principal?.jti ?? null,
          address: request.ip,
          pbx: null,
          operation: operationOf(request),
          requestId: request.id,
          action: null,
          targets: targets ?? [`${method} ${url.split('?', 1)[0] ?? ''}`],
          limits: Object.keys(principal?.limits ?? {}),
          outcome: problem ?? 'ok',
          actionId: null,
          ...(untold > 0 ? { untold } : {}),
        });
      }
    }
    done();
  });
};
