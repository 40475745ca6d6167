import { z } from 'zod';
import { DISABLED_REASONS, type Subscription } from '../events/webhooks/subscription.ts';
import type { StoredDelivery } from '../store/store.ts';
import { deliveryExample, webhookExample } from './examples.ts';
import { timeSchema } from './schemas.ts';

const MIN_SECRET_BYTES = 24;
const MAX_SECRET_BYTES = 64;

export const urlSchema = z.string().min(8).max(2_000).describe('https:// or http://, in a public network or one the operator listed'); // prettier-ignore

export const secretSchema = z
  .string()
  .max(100)
  .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, 'takes whsec_ and base64')
  .refine((secret) => {
    const { length } = Buffer.from(secret.slice('whsec_'.length), 'base64');
    return length >= MIN_SECRET_BYTES && length <= MAX_SECRET_BYTES;
  }, `holds ${MIN_SECRET_BYTES} to ${MAX_SECRET_BYTES} bytes`)
  .describe('`whsec_` and base64 of 24 to 64 bytes; made for you where absent');

const eventName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[\w.*-]+$/, 'takes a name such as call.ended, with * for any run of characters');

export const eventNames = z.array(eventName).min(1).max(50);

export const statusCallbackSchema = z.strictObject({
  url: urlSchema,
  events: z
    .array(
      z
        .string()
        .max(100)
        .regex(/^call\.[\w.*-]*$/, 'takes names of call events'),
    )
    .min(1)
    .max(50)
    .default(['call.*']),
  secret: secretSchema.optional(),
});

const filterValue = (what: string) => z.string().min(1).max(80).nullable().default(null).describe(what);

export const filterSchema = z.strictObject({
  pbx: filterValue('Name of a server'),
  queue: filterValue('Name of a queue'),
  call: filterValue('Id of a call'),
});

export const webhookSchema = z
  .object({
    id: z.string(),
    url: z.string(),
    events: z.array(z.string()),
    filter: z.object({ pbx: z.string().nullable(), queue: z.string().nullable(), call: z.string().nullable() }),
    description: z.string().nullable(),
    enabled: z.boolean(),
    disabledReason: z.enum(DISABLED_REASONS).nullable(),
    failingSince: timeSchema.nullable().describe('Since when nothing was delivered, though it was tried'),
    statusCallback: z.boolean().describe('Made by POST /calls; gone once the call has ended and its messages are out'),
    createdAt: timeSchema,
  })
  .meta({ id: 'Webhook', examples: [webhookExample] });

export const webhookWithSecretSchema = webhookSchema.extend({ secret: z.string().describe('Shown here only') }).meta({
  id: 'WebhookWithSecret',
  examples: [{ ...webhookExample, secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' }],
});

export const webhookView = (webhook: Subscription): z.output<typeof webhookSchema> => ({
  id: webhook.id,
  url: webhook.url,
  events: webhook.events,
  filter: webhook.filter,
  description: webhook.description,
  enabled: webhook.enabled,
  disabledReason: webhook.disabledReason,
  failingSince: webhook.failingSince === null ? null : new Date(webhook.failingSince).toISOString(),
  statusCallback: webhook.statusCallback,
  createdAt: new Date(webhook.createdAt).toISOString(),
});

export const deliverySchema = z
  .object({
    id: z.string().describe('The `webhook-id` of the message, the same in every attempt'),
    name: z.string(),
    status: z.enum(['pending', 'delivered', 'dead']),
    attempts: z.int(),
    createdAt: timeSchema,
    nextAt: timeSchema.nullable().describe('Of the next attempt, while pending'),
    finishedAt: timeSchema.nullable(),
    lastStatus: z.int().nullable().describe('What the receiver answered last'),
    lastError: z.string().nullable(),
  })
  .meta({ id: 'Delivery', examples: [deliveryExample] });

export const deliveryView = (delivery: StoredDelivery): z.output<typeof deliverySchema> => ({
  id: delivery.id,
  name: delivery.name,
  status: delivery.status,
  attempts: delivery.attempts,
  createdAt: new Date(delivery.createdAt).toISOString(),
  nextAt: delivery.status === 'pending' ? new Date(delivery.nextAt).toISOString() : null,
  finishedAt: delivery.finishedAt === null ? null : new Date(delivery.finishedAt).toISOString(),
  lastStatus: delivery.lastStatus,
  lastError: delivery.lastError,
});
