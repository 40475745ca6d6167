import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { CALL_DISPOSITIONS, CALL_STATUSES, type CallRequest } from '../../events/call.ts';
import type { CallView } from '../../pbx/calls.ts';
import { listOf, pageQuery, paginate, pbxQuery, problems, timeSchema } from '../schemas.ts';
import { waitSeconds } from '../prefer.ts';
import type { RouteOptions } from './index.ts';
import { callExample } from '../examples.ts';
import { statusCallbackSchema } from '../webhook-schemas.ts';

const callerIdSchema = z.union([
  z.string().max(200),
  z.object({
    name: z
      .string()
      .max(80)
      .regex(/^[^"<>\\]*$/, 'may not hold quotes, angle brackets or backslashes'),
    number: z
      .string()
      .max(80)
      .regex(/^[^"<>\\]*$/, 'may not hold quotes, angle brackets or backslashes'),
  }),
]);

const bodySchema = z
  .strictObject({
    channel: z.string().min(3).max(255).describe('Dial string of the first leg: `PJSIP/agent001`'),
    context: z.string().min(1).max(80).optional(),
    extension: z.string().min(1).max(80).optional(),
    priority: z.int().min(1).max(1_000_000).default(1),
    application: z.string().min(1).max(80).optional().describe('Instead of context and extension'),
    data: z.string().max(1_000).optional().describe('Arguments of the application, taken literally'),
    callerId: callerIdSchema.optional().describe('What the first leg sees: `"Sales" <8005551234>`, or name and number'),
    ringTimeoutSeconds: z.int().min(1).max(600).default(30),
    variables: z.record(z.string().max(80), z.string()).default({}),
    accountCode: z.string().min(1).max(80).optional(),
    codecs: z
      .array(z.string().regex(/^[a-z0-9]+$/i))
      .max(20)
      .default([]),
    earlyMedia: z.boolean().default(false).describe('Connect the first leg on progress, before it answers'),
    statusCallback: statusCallbackSchema.optional().describe("Where this call's events are posted, signed"),
  })
  .refine(({ context, application }) => (context === undefined) !== (application === undefined), {
    message: 'Give either context and extension, or application',
    path: ['context'],
  })
  .refine(({ context, extension }) => (context === undefined) === (extension === undefined), {
    message: 'context and extension go together',
    path: ['extension'],
  })
  .refine(({ application, data }) => application !== undefined || data === undefined, {
    message: 'data is for an application',
    path: ['data'],
  })
  .meta({
    examples: [
      {
        channel: 'PJSIP/agent001',
        context: 'from-internal',
        extension: '3125551234',
        callerId: '"Sales" <8005551234>',
        variables: { campaign_id: 'SALES01' },
      },
    ],
  });

export const callSchema = z
  .object({
    id: z.string(),
    pbx: z.string(),
    status: z.enum(CALL_STATUSES),
    disposition: z.enum(CALL_DISPOSITIONS).nullable().describe('Null until the call has ended'),
    channel: z.string().describe('Dial string asked for'),
    channelName: z.string().nullable().describe('Name of the channel, once there is one'),
    channelId: z.string().describe('Uniqueid of the channel; it works as {id} under /channels'),
    hangup: z.object({ cause: z.int(), text: z.string() }).nullable(),
    createdAt: timeSchema,
    answeredAt: timeSchema.nullable(),
    endedAt: timeSchema.nullable(),
    reason: z.string().nullable().describe('Why the disposition is unknown, where it is'),
    context: z.string().nullable(),
    extension: z.string().nullable(),
    priority: z.int().nullable(),
    application: z.string().nullable(),
    data: z.string().nullable(),
    callerId: z.string().nullable(),
    ringTimeoutSeconds: z.int(),
    variables: z.record(z.string(), z.string()).describe('Empty for those who may not read variables'),
    accountCode: z.string().nullable(),
    codecs: z.array(z.string()),
    earlyMedia: z.boolean(),
  })
  .meta({ id: 'Call', examples: [callExample] });

const placedSchema = callSchema
  .extend({
    statusCallback: z
      .object({ webhookId: z.string(), secret: z.string().describe('Signs the messages; shown here only') })
      .optional(),
  })
  .meta({ id: 'PlacedCall', examples: [callExample] });

const callerIdText = (callerId: z.output<typeof callerIdSchema> | undefined): string | null => {
  if (callerId === undefined) return null;
  return typeof callerId === 'string' ? callerId : `"${callerId.name}" <${callerId.number}>`;
};

const toRequest = (body: z.output<typeof bodySchema>): CallRequest => ({
  channel: body.channel,
  context: body.context ?? null,
  extension: body.extension ?? null,
  priority: body.application === undefined ? body.priority : null,
  application: body.application ?? null,
  data: body.data ?? null,
  callerId: callerIdText(body.callerId),
  ringTimeoutSeconds: body.ringTimeoutSeconds,
  variables: body.variables,
  accountCode: body.accountCode ?? null,
  codecs: body.codecs,
  earlyMedia: body.earlyMedia,
});

const params = z.object({ id: z.string().min(1).max(64) });
const SEE = ['read:call', 'write:call', 'write:originate'] as const;

export const callRoutes: FastifyPluginAsyncZod<RouteOptions> = async (
  app,
  { pbxFor, pbxOfCall, namesFor, closing },
) => {
  app.post(
    '/calls',
    {
      config: { scopes: ['write:originate'] },
      schema: {
        operationId: 'calls.place',
        tags: ['Calls'],
        summary: 'Place a call',
        description:
          'AMI Originate, always asynchronous: rings the channel and, when it answers, connects it to the dialplan or an ' +
          'application. Answers at once; with `Prefer: wait=N` (at most 120) when the call is answered or has ended.',
        querystring: pbxQuery,
        headers: z.object({ prefer: z.string().optional().describe('`wait=20`') }),
        body: bodySchema,
        response: { 201: placedSchema, ...problems(409, 429, 501) },
      },
    },
    async (request, reply) => {
      const pbx = pbxFor(request, request.query.pbx);
      const wait = waitSeconds(request.headers.prefer);
      const { statusCallback, ...placed } = await pbx.calls.place(toRequest(request.body), request.body.statusCallback);
      let call: CallView = placed;
      if (wait !== undefined) {
        call = await pbx.calls.settled(call.id, AbortSignal.any([AbortSignal.timeout(wait * 1_000), closing]));
        void reply.header('preference-applied', `wait=${wait}`);
      }
      return reply
        .code(201)
        .header('location', `/calls/${call.id}`)
        .send(statusCallback ? { ...call, statusCallback } : call);
    },
  );

  app.get(
    '/calls',
    {
      config: { scopes: SEE },
      schema: {
        operationId: 'calls.list',
        tags: ['Calls'],
        summary: 'Calls this gateway placed',
        description: 'Newest first; ended calls are remembered for an hour. With write:originate alone: your own.',
        querystring: pageQuery.extend({ ...pbxQuery.shape, status: z.enum(CALL_STATUSES).optional() }),
        response: { 200: listOf(callSchema), ...problems() },
      },
    },
    async (request) => {
      const { pbx, status, ...page } = request.query;
      const calls = namesFor(request, pbx).flatMap((name) => pbxFor(request, name).calls.list());
      const wanted = calls.filter((call) => status === undefined || call.status === status);
      return paginate(wanted.sort((a, b) => b.createdAt.localeCompare(a.createdAt)), page); // prettier-ignore
    },
  );

  app.get(
    '/calls/:id',
    {
      config: { scopes: SEE },
      schema: {
        operationId: 'calls.get',
        tags: ['Calls'],
        summary: 'One call',
        params,
        response: { 200: callSchema, ...problems(404) },
      },
    },
    async (request) => pbxOfCall(request, request.params.id).calls.get(request.params.id),
  );

  app.delete(
    '/calls/:id',
    {
      config: { scopes: ['write:call', 'write:system'] },
      schema: {
        operationId: 'calls.hangup',
        tags: ['Calls'],
        summary: 'End a call, ringing or answered',
        description: 'AMI Hangup of the channel that carries the call.',
        params,
        response: { 204: z.void().describe('The hangup was ordered'), ...problems(404, 409) },
      },
    },
    async (request, reply) => {
      await pbxOfCall(request, request.params.id).calls.hangup(request.params.id);
      return reply.code(204).send();
    },
  );
};
