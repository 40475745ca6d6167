import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Budget } from '../../auth/rates.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request came out of; undefined for nothing. */
    budgets?: Budget[];
    /** Whose headers tell of the budgets; null until the token is known. */
    answer: FastifyReply | null;
  }
}

const policy = ({ name, limit, windowSeconds }: Budget): string =>
  `"${name}";q=${limit}${windowSeconds === null ? '' : `;w=${windowSeconds}`}`;
const state = ({ name, remaining, resetSeconds }: Budget): string =>
  `"${name}";r=${remaining}${resetSeconds === null ? '' : `;t=${resetSeconds}`}`;

/** Tells what is left of a budget: RateLimit and RateLimit-Policy, of the IETF's draft on rate limit headers. */
export const tellBudget = (request: FastifyRequest, budget: Budget): void => {
  const budgets = (request.budgets ??= []);
  budgets.push(budget);
  void request.answer?.headers({
    'ratelimit-policy': budgets.map(policy).join(', '),
    ratelimit: budgets.map(state).join(', '),
  });
};

export const registerRates = (app: FastifyInstance): void => {
  app.decorateRequest('answer', null);
};
