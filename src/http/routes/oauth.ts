import fastifyFormbody from '@fastify/formbody';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { holdsAny, parseScopes } from '../../auth/scopes.ts';
import { signToken } from '../../auth/tokens.ts';
import { GatewayError, isGatewayError } from '../../lib/errors.ts';
import { normalise } from '../error-handler.ts';
import type { AuthOptions } from '../plugins/verify.ts';
import { toProblem } from '../problems.ts';
import { problemResponse } from '../schemas.ts';
import { target } from '../plugins/audit.ts';
import type { RouteOptions } from './index.ts';

const TTL_SECONDS = 3_600;
/** As long as name and secret can be in the body, encoded twice. */
const LONGEST_HEADER = 5_000;

const bodySchema = z
  .object({
    grant_type: z.literal('client_credentials'),
    client_id: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('User of manager.conf, where it is not sent as HTTP Basic'),
    client_secret: z.string().max(1_000).optional(),
    scope: z.string().max(4_000).optional().describe('Only these of its scopes, with blanks between'),
  })
  .meta({ examples: [{ grant_type: 'client_credentials', client_id: 'anna', client_secret: '…' }] });

const answerSchema = z
  .object({ access_token: z.string(), token_type: z.literal('Bearer'), expires_in: z.int(), scope: z.string() })
  .meta({
    id: 'AccessToken',
    examples: [{ access_token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…', token_type: 'Bearer', expires_in: 3_600, scope: 'read:call write:originate' }], // prettier-ignore
  });

/** RFC 6749, 5.2. */
const OAUTH_ERRORS: Readonly<Record<string, string>> = {
  'invalid-client': 'invalid_client',
  'too-many-attempts': 'invalid_client',
  'invalid-scope': 'invalid_scope',
};

/** RFC 6749 wants name and secret form-encoded before they are put together; half of all clients do not do it. */
const spellings = (text: string): string[] => {
  try {
    return [...new Set([text, decodeURIComponent(text.replaceAll('+', ' '))])];
  } catch {
    return [text];
  }
};

interface Credentials {
  names: string[];
  secrets: string[];
}

const credentialsOf = (
  header: string | undefined,
  { client_id, client_secret }: z.output<typeof bodySchema>,
): Credentials => {
  if (header === undefined) return { names: [client_id ?? ''], secrets: [client_secret ?? ''] };
  const encoded = /^Basic ([\w+/=-]+)$/i.exec(header)?.[1];
  const [, name, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? [];
  if (name === undefined || secret === undefined || header.length > LONGEST_HEADER) throw new GatewayError('invalid-client', 'Send HTTP Basic, or client_id and client_secret'); // prettier-ignore
  return { names: spellings(name), secrets: spellings(secret) };
};

/** OAuth clients know this form; ours is in it too. */
const sendError = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
  const known = normalise(error);
  const { problem, status, retryAfter } = toProblem(known, request.id);
  request.problem = problem.code;
  const body = request.body as { grant_type?: unknown } | undefined;
  const granted = body?.grant_type === undefined || body.grant_type === 'client_credentials';
  const oauth = OAUTH_ERRORS[known.code] ?? (granted ? 'invalid_request' : 'unsupported_grant_type');
  if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
  // RFC 6749 wants the scheme that was used, but at Basic a browser asks its user in a window of its own.
  const scheme = request.headers['sec-fetch-mode'] === undefined ? 'Basic' : 'Bearer';
  if (status === 401) void reply.header('www-authenticate', `${scheme} realm="ami-gateway"`);
  if (status >= 500) request.log.error({ reqId: request.id, err: known.cause ?? known }, 'Unexpected error');
  void reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/json')
    .serializer(JSON.stringify)
    .send({ error: oauth, error_description: problem.detail, ...problem });
};

export const oauthRoutes: FastifyPluginAsyncZod<RouteOptions & { auth: AuthOptions }> = async (app, options) => {
  const { accounts, attempts, auth } = options;
  await app.register(fastifyFormbody);

  app.post(
    '/oauth/token',
    {
      config: { public: true, repeatable: true, local: true, manages: true },
      errorHandler: sendError,
      schema: {
        operationId: 'oauth.token',
        tags: ['Tokens'],
        summary: 'Log in as a user of manager.conf',
        description:
          "OAuth 2.0 client credentials (RFC 6749, 4.4): name and secret of an AMI user give a token of an hour, with that user's " +
          '`read` and `write` as scopes, from its addresses alone, and its `eventfilter`s. What the file says later holds for ' +
          'the token too. By HTTP Basic or in the body, as form or JSON. Wrong secrets are slowed down.',
        consumes: ['application/x-www-form-urlencoded', 'application/json'],
        body: bodySchema,
        response: { 200: answerSchema, 400: problemResponse(400), 401: problemResponse(401), 429: problemResponse(429), 501: problemResponse(501) }, // prettier-ignore
      },
    },
    async (request, reply) => {
      if (!accounts) throw new GatewayError('no-accounts', 'MANAGER_CONF is not set: tokens are made by `npm run token` and POST /tokens'); // prettier-ignore
      const { names, secrets } = credentialsOf(request.headers.authorization, request.body);
      // As decoded: another spelling of a name is no other name.
      const name = names.at(-1) ?? '';
      target(request, `user ${name}`);
      attempts.check(request.ip, name);
      try {
        const { sub, account, scopes } = accounts.login(names, secrets, request.ip);
        attempts.succeeded(request.ip, name);
        const wish = parseScopes(request.body.scope ?? [...scopes].join(' '));
        const outside = [...wish.unknown, ...[...wish.scopes].filter((scope) => !holdsAny(scopes, [scope]))];
        if (outside.length > 0) throw new GatewayError('invalid-scope', `The user does not hold ${outside.join(', ')}`);
        const scope = [...wish.scopes].join(' ');
        const { key, issuer, audience } = auth;
        const token = signToken(key, { jti: randomUUID(), sub, scope, account, ttl: TTL_SECONDS, issuer, audience });
        return await reply
          .header('cache-control', 'no-store')
          .send({ access_token: token, token_type: 'Bearer', expires_in: TTL_SECONDS, scope });
      } catch (error) {
        if (isGatewayError(error, 'invalid-client')) attempts.failed(request.ip, name);
        throw error;
      }
    },
  );
};
