import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MEMBER_STATUSES } from '../../pbx/queues.ts';
import { queueExample, queueSummaryExample } from '../examples.ts';
import { fieldsSchema } from '../json-schema.ts';
import { listOf, pageQuery, paginate, partySchema, pbxQuery, problems, timeSchema } from '../schemas.ts';
import type { RouteOptions } from './index.ts';

export const queueSummarySchema = z
  .object({
    name: z.string(),
    pbx: z.string(),
    membersLoggedIn: z.int(),
    membersAvailable: z.int(),
    callers: z.int(),
    averageHoldSeconds: z.int(),
    averageTalkSeconds: z.int(),
    longestHoldSeconds: z.int(),
    fields: fieldsSchema,
  })
  .meta({ id: 'QueueSummary', examples: [queueSummaryExample] });

const memberSchema = z
  .object({
    name: z.string(),
    interface: z.string(),
    stateInterface: z.string().nullable(),
    membership: z.string().describe('static, dynamic or realtime'),
    penalty: z.int(),
    callsTaken: z.int(),
    lastCallAt: timeSchema.nullable(),
    lastPauseAt: timeSchema.nullable(),
    inCall: z.boolean(),
    status: z.enum(MEMBER_STATUSES),
    paused: z.boolean(),
    pausedReason: z.string().nullable(),
    wrapUpSeconds: z.int(),
    fields: fieldsSchema,
  })
  .meta({ id: 'QueueMember' });

const callerSchema = z
  .object({
    position: z.int(),
    channel: z.string(),
    channelId: z.string(),
    caller: partySchema,
    connectedLine: partySchema,
    waitSeconds: z.int(),
    priority: z.int().nullable(),
    fields: fieldsSchema,
  })
  .meta({ id: 'QueueCaller' });

const queueSchema = z
  .object({
    name: z.string(),
    pbx: z.string(),
    maxCallers: z.int().nullable().describe('Null: no bound'),
    strategy: z.string(),
    callers: z.array(callerSchema),
    averageHoldSeconds: z.int(),
    averageTalkSeconds: z.int(),
    completedCalls: z.int(),
    abandonedCalls: z.int(),
    serviceLevelSeconds: z.int(),
    serviceLevelPercent: z.number(),
    weight: z.int(),
    members: z.array(memberSchema),
    fields: fieldsSchema,
  })
  .meta({ id: 'Queue', examples: [queueExample] });

const config = { scopes: ['read:agent', 'write:agent'] as const };

export const queueRoutes: FastifyPluginAsyncZod<RouteOptions> = async (app, { pbxFor }) => {
  app.get(
    '/queues',
    {
      config,
      schema: {
        operationId: 'queues.list',
        tags: ['Queues'],
        summary: 'Queues in figures',
        description: 'AMI QueueSummary.',
        querystring: pageQuery.extend(pbxQuery.shape),
        response: { 200: listOf(queueSummarySchema).meta({ id: 'QueueList' }), ...problems() },
      },
    },
    async (request) => {
      const { pbx, ...page } = request.query;
      return paginate(await pbxFor(request, pbx).queues.list(), page);
    },
  );

  app.get(
    '/queues/:name',
    {
      config,
      schema: {
        operationId: 'queues.get',
        tags: ['Queues'],
        summary: 'One queue with its members and callers',
        description: 'AMI QueueStatus. An unknown queue is 404 here, although Asterisk answers Success.',
        params: z.object({ name: z.string().min(1).max(128).describe('Name of the queue') }),
        querystring: pbxQuery,
        response: { 200: queueSchema, ...problems(404) },
      },
    },
    async (request) => pbxFor(request, request.query.pbx).queues.get(request.params.name),
  );
};
