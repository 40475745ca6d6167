import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { TokenRecord } from '../../auth/issuing.ts';
import { limitsSchema } from '../../auth/limits.ts';
import { requireScope } from '../../auth/policy.ts';
import { dialSchema } from '../../auth/tokens.ts';
import { principalFor } from '../plugins/auth.ts';
import { pageOf, problemResponse, timeSchema } from '../schemas.ts';
import { target } from '../plugins/audit.ts';
import type { RouteOptions } from './index.ts';

/** Ten years: a token should not outlive its reason. */
const MAX_TTL_SECONDS = 10 * 366 * 86_400;

/** No Asterisk is asked here. */
const problems = (...statuses: number[]) =>
  Object.fromEntries([400, 401, 403, ...statuses, 503].map((status) => [status, problemResponse(status)]));

const scopeSchema = z
  .union([z.string().max(4_000), z.array(z.string().max(100)).max(100).transform((scopes) => scopes.join(' '))])
  .describe('Scopes, as a list or with blanks between'); // prettier-ignore

const makerSchema = z.object({ sub: z.string(), jti: z.string() }).nullable();

const tokenSchema = z
  .object({
    jti: z.string(),
    sub: z.string(),
    scope: z.string(),
    limits: limitsSchema,
    dial: dialSchema.nullable(),
    description: z.string().nullable(),
    state: z.enum(['active', 'expired', 'revoked']),
    maker: makerSchema.describe('Who made it; null for one made elsewhere, of which nothing else is known'),
    createdAt: timeSchema,
    expiresAt: timeSchema,
    revokedAt: timeSchema.nullable(),
  })
  .meta({ id: 'Token' });

const meSchema = z
  .object({
    sub: z.string(),
    jti: z.string(),
    expiresAt: timeSchema,
    scopes: z.array(z.string()),
    limits: limitsSchema,
    dial: dialSchema.nullable(),
  })
  .meta({ id: 'Me' });

const time = (milliseconds: number): string => new Date(milliseconds).toISOString();

const view = (record: TokenRecord) => ({
  ...record,
  createdAt: time(record.createdAt),
  expiresAt: time(record.expiresAt),
  revokedAt: record.revokedAt === null ? null : time(record.revokedAt),
});

const params = z.object({ jti: z.string().min(1).max(200) });
const config = { scopes: ['gateway:tokens'] as const };

export const tokenRoutes: FastifyPluginAsyncZod<RouteOptions> = async (app, { issuing }) => {
  app.get(
    '/me',
    {
      config: { anyToken: true },
      schema: {
        operationId: 'me.get',
        tags: ['Tokens'],
        summary: 'What your token may do',
        response: { 200: meSchema, ...problems() },
      },
    },
    async (request) => {
      const { sub, jti, expiresAt, scopes, limits, dial } = principalFor(request);
      return { sub, jti, expiresAt: time(expiresAt), scopes: [...scopes], limits, dial: dial ?? null };
    },
  );

  app.post(
    '/tokens',
    {
      config: { ...config, repeatable: true, local: true, manages: true },
      schema: {
        operationId: 'tokens.make',
        tags: ['Tokens'],
        summary: 'Make a token',
        description:
          'The token is shown here and kept nowhere. It can do nothing that yours cannot: no scope you do not hold, no ' +
          'limit wider than yours, no longer life. With limits of your own you make tokens of your own subject alone.',
        body: z
          .strictObject({
            sub: z.string().min(1).max(200),
            scope: scopeSchema,
            limits: limitsSchema.default({}),
            dial: dialSchema.optional(),
            ttlSeconds: z.int().min(1).max(MAX_TTL_SECONDS).default(3_600),
            description: z.string().max(200).nullable().default(null),
          })
          .meta({ examples: [{ sub: 'crm', scope: 'write:originate read:call', limits: { contexts: ['from-internal'] }, ttlSeconds: 86_400 }] }), // prettier-ignore
        response: { 201: tokenSchema.extend({ token: z.string() }).meta({ id: 'NewToken' }), ...problems() },
      },
    },
    async (request, reply) => {
      target(request, `token for ${request.body.sub}`, `scope ${request.body.scope}`);
      const { token, record } = await issuing.make(principalFor(request), request.body);
      target(request, `token ${record.jti}`);
      return reply
        .code(201)
        .header('location', `/tokens/${record.jti}`)
        .header('cache-control', 'no-store')
        .send({ ...view(record), token });
    },
  );

  app.get(
    '/tokens',
    {
      config,
      schema: {
        operationId: 'tokens.list',
        tags: ['Tokens'],
        summary: 'Tokens made here',
        description: 'Newest first, until a day after they expired. A token with limits sees those of its own subject.',
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(100), cursor: z.string().max(500).optional() }), // prettier-ignore
        response: { 200: pageOf(tokenSchema), ...problems() },
      },
    },
    async (request) => {
      const { items, nextCursor } = await issuing.list(principalFor(request), request.query);
      return { items: items.map(view), total: null, nextCursor };
    },
  );

  app.get(
    '/tokens/:jti',
    {
      config,
      schema: { operationId: 'tokens.get', tags: ['Tokens'], summary: 'One token', params, response: { 200: tokenSchema, ...problems(404) } }, // prettier-ignore
    },
    async (request) => view(await issuing.get(principalFor(request), request.params.jti)),
  );

  app.delete(
    '/tokens/:jti',
    {
      config: { anyToken: true, local: true, manages: true },
      schema: {
        operationId: 'tokens.revoke',
        tags: ['Tokens'],
        summary: 'Revoke a token',
        description:
          'With every token made by it, at once and for good; their streams end. One made elsewhere (`npm run token`) can ' +
          'be revoked by its `jti` too. Your own needs no scope, others `gateway:tokens`. Webhooks belong to the subject and go on.',
        params,
        response: { 204: z.null(), ...problems(404, 409) },
      },
    },
    async (request, reply) => {
      const principal = principalFor(request);
      target(request, `token ${request.params.jti}`);
      if (request.params.jti !== principal.jti) requireScope(principal, config.scopes);
      await issuing.revoke(principal, request.params.jti);
      return reply.code(204).send(null);
    },
  );
};
