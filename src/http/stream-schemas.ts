import { z } from 'zod';
import { callSchema } from './call-schemas.ts';
import { eventSchema } from './event-schemas.ts';
import { channelSchema } from './routes/channels.ts';
import { queueSummarySchema } from './routes/queues.ts';
import { timeSchema } from './schemas.ts';

const gapSchema = z.object({
  pbx: z.string(),
  reason: z
    .enum(['expired', 'too-slow', 'restart', 'unknown-id'])
    .describe('No longer kept; not read in time; the gateway was not running; the id asked for is of no log here'),
  after: z.string().nullable().describe('Id of the last event before it'),
  before: z.string().nullable().describe('Id of the first event behind it'),
  missed: z.int().nullable().describe('How many; null where that is not known'),
});

export const gapMessageSchema = gapSchema.extend({ name: z.literal('stream.gap') });

export const snapshotSchema = z.object({
  name: z.literal('stream.snapshot'),
  cursor: z.string().describe('The events that follow begin behind this'),
  at: timeSchema,
  calls: z.array(callSchema).nullable().describe('Calls that have not ended; null where the token may not ask'),
  pbx: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['ready', 'booting', 'disconnected']),
      channels: z.array(channelSchema).nullable(),
      queues: z.array(queueSummarySchema).nullable(),
    }),
  ),
});

export const closedMessageSchema = z.object({
  name: z.literal('stream.closed'),
  reason: z.enum(['token-expired', 'token-revoked', 'account-changed', 'shutting-down']),
});

const id = z.string().min(1).max(64).describe('Of the subscription, as the client named it');
const names = z.array(z.string().min(1).max(256)).min(1).max(100).optional();
export const socketFilterSchema = z.strictObject({ pbx: names, class: names, name: names, channel: names, call: names, queue: names }); // prettier-ignore

/** What a client says over a WebSocket. */
export const socketRequests = {
  subscribe: z.strictObject({
    type: z.literal('subscribe'),
    id,
    filter: socketFilterSchema.default({}),
    since: z.string().max(2_000).optional().describe('A cursor or event id to go on from'),
    snapshot: z.boolean().default(false),
  }),
  filter: z.strictObject({ type: z.literal('filter'), id, filter: socketFilterSchema }),
  unsubscribe: z.strictObject({ type: z.literal('unsubscribe'), id }),
  token: z.strictObject({ type: z.literal('token'), token: z.string().max(10_000) }),
};
export const socketRequestSchema = z.discriminatedUnion('type', [
  socketRequests.subscribe,
  socketRequests.filter,
  socketRequests.unsubscribe,
  socketRequests.token,
]);
export type SocketRequest = z.output<typeof socketRequestSchema>;

const cursor = z.string().describe('Where to go on from, for every server of the subscription');

/** What the gateway says. Events and gaps are many, and written without being looked at again. */
export const socketReplies = {
  subscribed: z.object({ type: z.literal('subscribed'), id, cursor }),
  snapshot: z.object({ type: z.literal('snapshot'), id, snapshot: snapshotSchema }),
  event: z.object({ type: z.literal('event'), id, cursor, event: eventSchema }),
  gap: z.object({ type: z.literal('gap'), id, cursor, gap: gapSchema }),
  filtered: z.object({ type: z.literal('filtered'), id }),
  unsubscribed: z.object({ type: z.literal('unsubscribed'), id }),
  token: z.object({ type: z.literal('token'), expiresAt: timeSchema }),
  error: z.object({ type: z.literal('error'), code: z.string(), detail: z.string() }),
};
export type SocketReply = z.output<(typeof socketReplies)[keyof typeof socketReplies]>;

/** Body of a webhook's message, as Standard Webhooks 1.0 has it. */
export const webhookMessageSchema = z.object({
  type: z.string().describe("The event's name, such as `call.ended`; `webhook.test` for a test"),
  timestamp: timeSchema,
  data: eventSchema,
});

export const webhookHeadersSchema = z.looseObject({
  'webhook-id': z.string().describe('Of the message: the same at each attempt'),
  'webhook-timestamp': z.string().describe('Seconds since the epoch, of this attempt'),
  'webhook-signature': z.string().describe('`v1,` and base64, one for each secret that holds, with blanks between'),
});
