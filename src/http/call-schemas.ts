import { z } from 'zod';
import { CALL_DISPOSITIONS, CALL_STATUSES, type CallRequest } from '../events/call.ts';
import { CALL_DIRECTIONS } from '../events/call-summary.ts';
import type { ClickToDial, Dialled } from '../pbx/click-to-dial.ts';
import { callExample } from './examples.ts';
import { partySchema, timeSchema } from './schemas.ts';
import { statusCallbackSchema } from './webhook-schemas.ts';

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

export const placeSchema = z
  .strictObject({
    channel: z.string().min(3).max(255).optional().describe('Dial string of the first leg: `PJSIP/agent001`'),
    from: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('Click-to-dial, with `to`: the phone that rings first, as endpoint or extension of its user'),
    to: z.string().min(1).max(60).optional().describe('A number as people write it, or a short extension'),
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
  .refine(({ channel, from }) => (channel === undefined) !== (from === undefined), {
    message: 'Give either channel, or from and to',
    path: ['channel'],
  })
  .refine(({ from, to }) => (from === undefined) === (to === undefined), {
    message: 'from and to go together',
    path: ['to'],
  })
  .refine(
    ({ from, context, extension, application }) =>
      from === undefined || (context ?? extension ?? application) === undefined,
    {
      message: 'from and to say it all: the context is in the settings',
      path: ['from'],
    },
  )
  .refine(
    ({ from, context, application }) => from !== undefined || (context === undefined) !== (application === undefined),
    {
      message: 'Give either context and extension, or application',
      path: ['context'],
    },
  )
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
      { from: '101', to: '+31 20 123 4567' },
    ],
  });

const callPartySchema = z
  .object({
    number: z.string().nullable(),
    name: z.string().nullable(),
    endpoint: z.string().nullable().describe("The channel's name without its serial number"),
  })
  .meta({ id: 'CallParty' });

const hangupSchema = z.object({ cause: z.int(), text: z.string() }).nullable();

const legSchema = z
  .object({
    channelId: z.string().describe('Uniqueid; it works as {id} under /channels'),
    channel: z.string(),
    caller: partySchema,
    connectedLine: partySchema,
    context: z.string().nullable().describe('Where it entered the dialplan'),
    extension: z.string().nullable(),
    bridgeId: z.string().nullable(),
    talkingTo: z.array(z.string()).describe('Channels of the call in the same bridge'),
    held: z.boolean(),
    startedAt: timeSchema,
    answeredAt: timeSchema.nullable(),
    endedAt: timeSchema.nullable(),
    hangup: hangupSchema,
  })
  .meta({ id: 'CallLeg' });

export const callSchema = z
  .object({
    id: z.string(),
    pbx: z.string(),
    placed: z.boolean().describe('Whether this gateway placed it'),
    linkedId: z.string().describe("Asterisk's Linkedid, which all its channels share"),
    direction: z.enum(CALL_DIRECTIONS).nullable().describe('By the trunks in TRUNKS; null where none is set'),
    from: callPartySchema,
    to: callPartySchema,
    status: z.enum(CALL_STATUSES),
    disposition: z.enum(CALL_DISPOSITIONS).nullable().describe('Null until the call has ended'),
    channel: z.string().describe('Dial string asked for; the first channel of a call placed elsewhere'),
    channelName: z.string().nullable().describe('Name of the channel, once there is one'),
    channelId: z.string().describe('Uniqueid of the channel; it works as {id} under /channels'),
    queue: z.string().nullable(),
    agent: z.string().nullable().describe('Member of the queue who took it'),
    held: z.boolean(),
    transferredFrom: z.string().nullable().describe('Call from which a party was transferred here'),
    hangup: hangupSchema,
    createdAt: timeSchema,
    answeredAt: timeSchema.nullable(),
    bridgedAt: timeSchema.nullable().describe('When two legs first talked'),
    endedAt: timeSchema.nullable(),
    reason: z.string().nullable().describe('Why the disposition is unknown, where it is'),
    context: z.string().nullable(),
    extension: z.string().nullable(),
    priority: z.int().nullable(),
    application: z.string().nullable(),
    data: z.string().nullable(),
    callerId: z.string().nullable(),
    ringTimeoutSeconds: z.int().nullable(),
    variables: z.record(z.string(), z.string()).describe('Empty for those who may not read variables'),
    accountCode: z.string().nullable(),
    codecs: z.array(z.string()),
    earlyMedia: z.boolean(),
    legs: z.array(legSchema),
    recordings: z.array(z.object({ channel: z.string(), startedAt: timeSchema, endedAt: timeSchema.nullable() })),
  })
  .meta({ id: 'Call', examples: [callExample] });

export const placedSchema = callSchema
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

/** `resolve` says what from and to mean. */
export const toRequest = (
  body: z.output<typeof placeSchema>,
  resolve: (wanted: ClickToDial) => Dialled,
): CallRequest => {
  const { from, to } = body;
  const dialled = from !== undefined && to !== undefined ? resolve({ from, to }) : undefined;
  return {
    channel: dialled?.channel ?? body.channel ?? '',
    context: dialled?.context ?? body.context ?? null,
    extension: dialled?.extension ?? body.extension ?? null,
    priority: body.application === undefined ? body.priority : null,
    application: body.application ?? null,
    data: body.data ?? null,
    callerId: callerIdText(body.callerId) ?? dialled?.callerId ?? null,
    ringTimeoutSeconds: body.ringTimeoutSeconds,
    variables: body.variables,
    accountCode: body.accountCode ?? null,
    codecs: body.codecs,
    earlyMedia: body.earlyMedia,
  };
};
