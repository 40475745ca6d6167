import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { allowedByScope } from '../../auth/dry-run.ts';
import { GatewayError } from '../../lib/errors.ts';
import { verdictSchema } from '../plugins/dry-run.ts';
import { pbxQuery, problems } from '../schemas.ts';
import type { RouteOptions } from './index.ts';

const byAction = z.strictObject({
  action: z.string().regex(/^\w{1,80}$/).describe('Name of an AMI action'),
  fields: z.record(z.string(), z.unknown()).default({}),
}); // prettier-ignore
const byRoute = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: z.string().regex(/^\/[^\s]{0,1000}$/).describe('With its query, such as /channels/1711432800.42?cause=16'),
  body: z.record(z.string(), z.unknown()).optional(),
}); // prettier-ignore

export const permissionRoutes: FastifyPluginAsyncZod<RouteOptions> = async (app, { pbxFor }) => {
  app.post(
    '/permissions/check',
    {
      config: { anyToken: true, repeatable: true, local: true },
      schema: {
        operationId: 'permissions.check',
        tags: ['Tokens'],
        summary: 'Ask whether your token may do something',
        description:
          'An AMI action with its fields, or a route by its method and path. Nothing is changed. What is neither allowed nor ' +
          'refused, such as a channel that does not exist, is the error it would be.',
        querystring: pbxQuery,
        body: z.union([byAction, byRoute]).meta({ examples: [{ action: 'Hangup', fields: { Channel: 'PJSIP/agent001-00000007' } }, { method: 'POST', path: '/calls', body: { channel: 'PJSIP/agent001', context: 'from-internal', extension: '100' } }] }), // prettier-ignore
        response: { 200: verdictSchema, ...problems(404, 409, 429, 501) },
      },
    },
    async (request) => {
      const { body } = request;
      if ('action' in body) return pbxFor(request, request.query.pbx).actions.explain(body.action, body.fields);
      const url = new URL(body.path, 'http://gateway.invalid');
      const reads = body.method === 'GET';
      if (!reads) url.searchParams.set('dryRun', 'true');
      const { authorization = '' } = request.headers;
      const answer = await app.inject({
        method: body.method,
        url: url.pathname + url.search,
        remoteAddress: request.ip,
        headers: { authorization, 'x-request-id': request.id, ...(reads ? app.judgeOnly : {}) },
        ...(body.body === undefined ? {} : { payload: body.body }),
      });
      const result = answer.json<{ verdict?: string; code?: string; detail?: string; errors?: unknown }>();
      if (result.verdict !== undefined) return result as never;
      // A read that had no need to ask Asterisk.
      if (reads && answer.statusCode < 300) return allowedByScope(request.principal, []);
      const { code = 'internal-error', detail = 'A dry run was none', errors } = result;
      throw new GatewayError(code, detail, errors === undefined ? {} : { details: { errors } });
    },
  );
};
