import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { requireScope } from '../../auth/policy.ts';
import type { Principal } from '../../auth/principal.ts';
import { classesOf, type RateClass, type Rates } from '../../auth/rates.ts';
import { READ_ANY, type Scope } from '../../auth/scopes.ts';
import { limitExceeded } from '../../auth/verdict.ts';
import { addressList } from '../../lib/addresses.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Accounts } from '../../auth/accounts.ts';
import { addressAllowed } from '../../auth/manager-conf/addresses.ts';
import type { Revocations } from '../../auth/revocation.ts';
import { tellBudget } from './rates.ts';
import type { Tickets } from './tickets.ts';
import { type AuthOptions, createVerify } from './verify.ts';

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

const classesByScopes = new WeakMap<readonly Scope[], readonly RateClass[]>();

const classesOfRoute = (scopes: readonly Scope[] = []): readonly RateClass[] => {
  let classes = classesByScopes.get(scopes);
  if (!classes) classesByScopes.set(scopes, (classes = ['*', ...(scopes === READ_ANY ? [] : classesOf(scopes))]));
  return classes;
};

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
export type VerifyToken = (token: string, ip: string) => Promise<Principal>;

/** Checks the token of every route that is not public, and refuses to boot with a route that says neither. */
export const registerAuth = async (
  app: FastifyInstance,
  options: AuthOptions & { tickets: Tickets; revocations: Revocations; accounts: Accounts | undefined; rates: Rates },
): Promise<VerifyToken> => {
  const { tickets, revocations, accounts, rates } = options;
  const verify = await createVerify(app, options);

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
  app.addHook('onRequest', (request, reply, done) => {
    const { config } = request.routeOptions;
    if (config.public || request.is404) {
      request.admitted = true;
      done();
      return;
    }
    const { ticket } = request.query as { ticket?: unknown };
    const redeems = config.ticket && typeof ticket === 'string' && request.headers.authorization === undefined;
    const admit = (who: Principal) => {
      const principal = present(who);
      // Known before it is judged, so that the log says who was refused.
      request.principal = principal;
      request.answer = reply;
      requireAddress(principal, request.ip);
      rates.take(principal, classesOfRoute(config.scopes), (budget) => {
        tellBudget(request, budget);
      });
      if (!config.anyToken) requireScope(principal, config.scopes ?? []);
      request.admitted = true;
      done();
    };
    const who = redeems ? tickets.redeem(ticket) : verify(request.headers.authorization ?? '');
    // Only what somebody else has signed may have to be waited for.
    if (who instanceof Promise) who.then(admit).catch(done);
    else admit(who);
  });
  return async (token, ip) => {
    const principal = present(await verify(`Bearer ${token}`));
    requireAddress(principal, ip);
    return principal;
  };
};
