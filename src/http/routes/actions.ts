import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { scopesOfAction } from '../../pbx/actions.ts';
import { listOf, pageQuery, paginate, pbxQuery, problems } from '../schemas.ts';
import type { RouteOptions } from './index.ts';

const summarySchema = z
  .object({
    name: z.string(),
    declared: z.boolean().describe('False where only Asterisk knows it: then it needs gateway:raw'),
    available: z.boolean().nullable().describe('Whether this Asterisk has it; null while it is not connected'),
    scopes: z.array(z.string()).describe('A token needs any one'),
    changes: z.boolean(),
    reply: z.enum(['plain', 'list', 'event', 'any']),
  })
  .meta({ id: 'Action' });

const detailSchema = summarySchema
  .extend({
    fields: z.record(z.string(), z.unknown()).nullable().describe('JSON Schema of the body of POST'),
    documentation: z.string().nullable().describe("Asterisk's own, of this release"),
  })
  .meta({ id: 'ActionDetail' });

const headersSchema = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const outcomeSchema = z
  .object({
    action: z.string(),
    pbx: z.string(),
    response: headersSchema,
    items: z.array(headersSchema).describe('The events of a list'),
  })
  .meta({ id: 'ActionOutcome' });

const params = z.object({ name: z.string().regex(/^\w{1,80}$/).meta({ description: 'Name of the action, as AMI spells it', example: 'QueueSummary' }) }); // prettier-ignore

export const actionRoutes: FastifyPluginAsyncZod<RouteOptions> = async (app, { pbxFor, takeRate }) => {
  app.get(
    '/actions',
    {
      config: { anyToken: true },
      schema: {
        operationId: 'actions.list',
        tags: ['Actions'],
        summary: 'Every AMI action',
        description: 'Those the gateway knows, and those only this Asterisk does (ListCommands).',
        querystring: pageQuery.extend(pbxQuery.shape),
        response: { 200: listOf(summarySchema).meta({ id: 'ActionList' }), ...problems(404) },
      },
    },
    async (request) => {
      const { pbx, ...page } = request.query;
      return paginate(pbxFor(request, pbx).actions.list(), page);
    },
  );

  app.get(
    '/actions/:name',
    {
      config: { anyToken: true },
      schema: {
        operationId: 'actions.get',
        tags: ['Actions'],
        summary: 'One AMI action, its fields and documentation',
        params,
        querystring: pbxQuery,
        response: { 200: detailSchema, ...problems(404) },
      },
    },
    async (request) => (await pbxFor(request, request.query.pbx).actions.get(request.params.name)) as never,
  );

  app.post(
    '/actions/:name',
    {
      config: { anyToken: true },
      schema: {
        operationId: 'actions.run',
        tags: ['Actions'],
        summary: 'Send an AMI action by its name',
        description:
          'With the fields AMI has, as GET /actions/{name} describes them; the answer is what Asterisk wrote, but for ' +
          'passwords. The same scopes and limits hold as on every other way. Undeclared actions need `gateway:raw` and a ' +
          'token that no limit narrows. Calls are better placed by POST /calls, which follows them.',
        params,
        querystring: pbxQuery,
        body: z.record(z.string(), z.unknown()).meta({ examples: [{ Queue: 'support' }] }), // prettier-ignore
        response: { 200: outcomeSchema, ...problems(404, 409, 422, 429, 501) },
      },
    },
    async (request) => {
      takeRate(request, scopesOfAction(request.params.name));
      return pbxFor(request, request.query.pbx).actions.run(request.params.name, request.body);
    },
  );
};
