import fastifyJwt, { type JWT } from '@fastify/jwt';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { requireScope } from '../../auth/policy.ts';
import type { Principal } from '../../auth/principal.ts';
import { classesOf, type RateClass, type Rates } from '../../auth/rates.ts';
import { READ_ANY, type Scope } from '../../auth/scopes.ts';
import { principalOf } from '../../auth/tokens.ts';
import { limitExceeded } from '../../auth/verdict.ts';
import { addressList } from '../../lib/addresses.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { SigningKey } from '../../lib/signing-key.ts';
import type { Accounts } from '../../auth/accounts.ts';
import { addressAllowed } from '../../auth/manager-conf/addresses.ts';
import type { Revocations } from '../../auth/revocation.ts';
import type { Tickets } from './tickets.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Scopes of which the token needs one. */
    scopes?: readonly Scope[];
    /** Every valid token may. */
    anyToken?: true;
    /** Open to everybody. */
    public?: true;
    /** Takes `?ticket=` in place of a token. */
    ticket?: true;
  }
  interface FastifyRequest {
    /** Who asks; undefined on public routes only. */
    principal: Principal | undefined;
  }
}

export interface AuthOptions {
  key: SigningKey;
  /** Tokens it has signed are taken too, until it is put away. */
  previousKey?: SigningKey | undefined;
  issuer?: string | undefined;
  audience?: string | undefined;
}

const classesByScopes = new WeakMap<readonly Scope[], readonly RateClass[]>();

const classesOfRoute = (scopes: readonly Scope[] = []): readonly RateClass[] => {
  let classes = classesByScopes.get(scopes);
  if (!classes) classesByScopes.set(scopes, (classes = ['*', ...(scopes === READ_ANY ? [] : classesOf(scopes))]));
  return classes;
};

const REMEMBERED_TOKENS = 5_000;

const addressLists = new WeakMap<Principal, (address: string) => boolean>();

const addressListOf = (principal: Principal, ranges: readonly string[]): ((address: string) => boolean) => {
  let list = addressLists.get(principal);
  if (!list) addressLists.set(principal, (list = addressList(ranges)));
  return list;
};

const requireAddress = (principal: Principal, ip: string): void => {
  const ranges = principal.limits.ip;
  const inRules = addressAllowed(principal.addressRules ?? [], ip);
  if (!inRules || (ranges && !addressListOf(principal, ranges)(ip))) {
    throw limitExceeded('ip', 'The token may not be used from this address');
  }
};

export const principalFor = (request: FastifyRequest): Principal => {
  if (!request.principal) throw new GatewayError('unauthorized', 'A token is needed');
  return request.principal;
};

/** Gives the principal of a token used from this address. */
export type VerifyToken = (token: string, ip: string) => Principal;

/** Checks the token of every route that is not public, and refuses to boot with a route that says neither. */
export const registerAuth = async (
  app: FastifyInstance,
  {
    key,
    previousKey,
    issuer,
    audience,
    tickets,
    revocations,
    accounts,
    rates,
  }: AuthOptions & { tickets: Tickets; revocations: Revocations; accounts: Accounts | undefined; rates: Rates },
): Promise<VerifyToken> => {
  const verifier = async (one: SigningKey, namespace: string): Promise<(token: string) => { exp: number }> => {
    await app.register(fastifyJwt, {
      namespace,
      secret: one.algorithm === 'HS256' ? one.secret : { public: one.publicKey },
      verify: {
        // Pinned: what the token says of its own algorithm counts for nothing, `none` least of all.
        algorithms: [one.algorithm],
        // A claim that is only checked where it is there would not be checked at all.
        requiredClaims: [
          'exp',
          'sub',
          'jti',
          ...(issuer === undefined ? [] : ['iss']),
          ...(audience === undefined ? [] : ['aud']),
        ],
        ...(issuer === undefined ? {} : { allowedIss: issuer }),
        ...(audience === undefined ? {} : { allowedAud: audience }),
      },
    });
    const { [namespace]: jwt } = app.jwt as unknown as Record<string, JWT | undefined>;
    return (token) => (jwt ?? app.jwt).verify(token);
  };
  const ours = await verifier(key, 'ours');
  const previous = previousKey && (await verifier(previousKey, 'previous'));
  const claimsOf = (token: string): { exp: number } => {
    try {
      return ours(token);
    } catch (error) {
      if (!previous) throw error;
      return previous(token);
    }
  };
  // What was verified once holds until it expires: the signature does not change. Revocation is looked up each time.
  const verified = new Map<string, { principal: Principal; until: number }>();

  const verify = (header: string): { principal: Principal; until: number } => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(header)?.[1];
    if (token === undefined) throw new GatewayError('unauthorized', 'Send Authorization: Bearer <token>');
    let claims: { exp: number };
    try {
      claims = claimsOf(token);
    } catch (error) {
      throw new GatewayError('unauthorized', 'The token is not valid: forged, expired, or not for this gateway', {
        cause: error,
      });
    }
    return { principal: principalOf(claims), until: claims.exp * 1_000 };
  };

  const authenticate = (header: string): Principal => {
    const known = verified.get(header);
    if (known && Date.now() < known.until) return known.principal;
    verified.delete(header);
    const fresh = verify(header);
    const [oldest] = verified.keys();
    if (oldest !== undefined && verified.size >= REMEMBERED_TOKENS) verified.delete(oldest);
    verified.set(header, fresh);
    return fresh.principal;
  };

  /** As the principal is now: not revoked, and with what manager.conf says today. */
  const present = (principal: Principal): Principal => {
    if (revocations.isRevoked(principal.jti)) throw new GatewayError('unauthorized', 'The token was revoked');
    if (principal.account === undefined) return principal;
    if (!accounts) throw new GatewayError('unauthorized', 'Users of manager.conf are not let in any more');
    return accounts.present(principal);
  };

  app.decorateRequest('principal', undefined);
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    routes.push(route);
  });
  app.addHook('onReady', (done) => {
    const open = routes.find(({ config }) => !config?.scopes?.length && !config?.public && !config?.anyToken);
    done(
      open && new Error(`${String(open.method)} ${open.url} declares neither scopes, nor anyToken, nor public: true`),
    );
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const { config } = request.routeOptions;
    if (config.public || request.is404) {
      request.admitted = true;
      done();
      return;
    }
    const { ticket } = request.query as { ticket?: unknown };
    const redeems = config.ticket && typeof ticket === 'string' && request.headers.authorization === undefined;
    const principal = present(redeems ? tickets.redeem(ticket) : authenticate(request.headers.authorization ?? ''));
    // Known before it is judged, so that the log says who was refused.
    request.principal = principal;
    requireAddress(principal, request.ip);
    rates.take(principal, classesOfRoute(config.scopes), (budget) => request.budgets.push(budget));
    if (!config.anyToken) requireScope(principal, config.scopes ?? []);
    request.admitted = true;
    done();
  });
  return (token, ip) => {
    const principal = present(authenticate(`Bearer ${token}`));
    requireAddress(principal, ip);
    return principal;
  };
};
