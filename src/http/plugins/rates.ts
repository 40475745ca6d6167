import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Budget } from '../../auth/rates.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request came out of, for its headers. */
    budgets: Budget[];
  }
}

const policy = ({ name, limit, windowSeconds }: Budget): string =>
  `"${name}";q=${limit}${windowSeconds === null ? '' : `;w=${windowSeconds}`}`;
const state = ({ name, remaining, resetSeconds }: Budget): string =>
  `"${name}";r=${remaining}${resetSeconds === null ? '' : `;t=${resetSeconds}`}`;

export const budgetHeaders = ({ budgets }: Pick<FastifyRequest, 'budgets'>): Record<string, string> =>
  budgets.length === 0
    ? {}
    : { 'ratelimit-policy': budgets.map(policy).join(', '), ratelimit: budgets.map(state).join(', ') };

/** Tells what is left of each budget: RateLimit and RateLimit-Policy, of the IETF's draft on rate limit headers. */
export const registerRates = (app: FastifyInstance): void => {
  app.decorateRequest('budgets');
  app.addHook('onRequest', (request, _reply, done) => {
    request.budgets = [];
    done();
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    if (request.budgets.length > 0) void reply.headers(budgetHeaders(request));
    done(null, payload);
  });
};
