import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { principalFor } from '../plugins/auth.ts';
import { listOf, pageQuery, paginate, problemResponse } from '../schemas.ts';
import {
  deliverySchema,
  deliveryView,
  eventNames,
  filterSchema,
  secretSchema,
  urlSchema,
  webhookSchema,
  webhookView,
  webhookWithSecretSchema,
} from '../webhook-schemas.ts';
import type { RouteOptions } from './index.ts';

const config = { local: true as const, manages: true as const, scopes: ['gateway:webhooks'] as const };
const params = z.object({ id: z.string().min(1).max(64).describe('Id of the webhook') });
const deliveryParams = params.extend({
  deliveryId: z.string().min(1).max(64).describe('The `webhook-id` of its message'),
});
const description = z.string().max(200).nullable();

/** No Asterisk is asked here. */
const problems = (...statuses: number[]) =>
  Object.fromEntries([400, 401, 403, ...statuses, 503].map((status) => [status, problemResponse(status)]));

const NO_FILTER = { pbx: null, queue: null, call: null };

export const webhookRoutes: FastifyPluginAsyncZod<RouteOptions> = async (app, { webhooks, closing }) => {
  app.post(
    '/webhooks',
    {
      config,
      schema: {
        operationId: 'webhooks.create',
        tags: ['Webhooks'],
        summary: 'Have events posted to a URL',
        description:
          'Standard Webhooks 1.0. What is posted is what this token may see. At least once, and in order for each call; ' +
          'what fails is tried again for 24 hours.',
        body: z
          .strictObject({
            url: urlSchema,
            events: eventNames.default(['call.*']),
            filter: filterSchema.default(NO_FILTER),
            description: description.default(null),
            enabled: z.boolean().default(true),
            secret: secretSchema.optional(),
          })
          .meta({ examples: [{ url: 'https://crm.example.com/hooks/pbx', events: ['call.ringing', 'call.ended'] }] }),
        response: { 201: webhookWithSecretSchema, ...problems(409) },
      },
    },
    async (request, reply) => {
      const { webhook, secret } = await webhooks.create(principalFor(request), request.body);
      return reply
        .code(201)
        .header('location', `/webhooks/${webhook.id}`)
        .send({ ...webhookView(webhook), secret });
    },
  );

  app.get(
    '/webhooks',
    {
      config,
      schema: {
        operationId: 'webhooks.list',
        tags: ['Webhooks'],
        summary: "Webhooks of this token's subject",
        querystring: pageQuery,
        response: { 200: listOf(webhookSchema).meta({ id: 'WebhookList' }), ...problems() },
      },
    },
    async (request) => paginate(webhooks.list(principalFor(request)).map(webhookView), request.query),
  );

  app.get(
    '/webhooks/:id',
    {
      config,
      schema: {
        operationId: 'webhooks.get',
        tags: ['Webhooks'],
        summary: 'One webhook',
        params,
        response: { 200: webhookSchema, ...problems(404) },
      },
    },
    async (request) => webhookView(webhooks.get(principalFor(request), request.params.id)),
  );

  app.patch(
    '/webhooks/:id',
    {
      config,
      schema: {
        operationId: 'webhooks.change',
        tags: ['Webhooks'],
        summary: 'Change a webhook, or enable it again',
        description: 'From then on it is posted what the token of this request may see.',
        params,
        body: z
          .strictObject({
            url: urlSchema.optional(),
            events: eventNames.optional(),
            filter: filterSchema.optional(),
            description: description.optional(),
            enabled: z.boolean().optional(),
          })
          .meta({ examples: [{ enabled: true }] }),
        response: { 200: webhookSchema, ...problems(404) },
      },
    },
    async (request) => webhookView(await webhooks.update(principalFor(request), request.params.id, request.body)),
  );

  app.delete(
    '/webhooks/:id',
    {
      config,
      schema: {
        operationId: 'webhooks.delete',
        tags: ['Webhooks'],
        summary: 'Delete a webhook, with what is pending',
        params,
        response: { 204: z.void().describe('It is gone'), ...problems(404) },
      },
    },
    async (request, reply) => {
      await webhooks.remove(principalFor(request), request.params.id);
      return reply.code(204).send();
    },
  );

  app.post(
    '/webhooks/:id/test',
    {
      config,
      schema: {
        operationId: 'webhooks.test',
        tags: ['Webhooks'],
        summary: 'Send `webhook.test` now',
        description: 'Not stored and not tried again; the answer tells what the receiver said.',
        params,
        response: {
          200: z
            .object({
              delivered: z.boolean(),
              status: z.int().nullable().describe('Of the receiver; null where no answer came'),
              error: z.string().nullable(),
              milliseconds: z.int(),
            })
            .meta({ examples: [{ delivered: true, status: 204, error: null, milliseconds: 41 }] }),
          ...problems(404),
        },
      },
    },
    async (request) => {
      const { status, error, milliseconds } = await webhooks.test(principalFor(request), request.params.id, closing);
      return { delivered: error === null, status, error, milliseconds };
    },
  );

  app.post(
    '/webhooks/:id/rotate-secret',
    {
      config,
      schema: {
        operationId: 'webhooks.rotateSecret',
        tags: ['Webhooks'],
        summary: 'Make a new secret',
        description: 'For 24 hours messages carry two signatures, by the new secret and by the one before.',
        params,
        response: { 200: webhookWithSecretSchema, ...problems(404) },
      },
    },
    async (request) => {
      const { webhook, secret } = await webhooks.rotateSecret(principalFor(request), request.params.id);
      return { ...webhookView(webhook), secret };
    },
  );

  app.get(
    '/webhooks/:id/deliveries',
    {
      config,
      schema: {
        operationId: 'webhooks.deliveries',
        tags: ['Webhooks'],
        summary: 'What became of its messages, newest first',
        params,
        querystring: z.object({
          status: z.enum(['pending', 'delivered', 'dead']).optional().describe('Those alone'),
          limit: z.coerce.number().int().min(1).max(200).default(50).describe('Items of a page, at most'),
          cursor: z.string().max(200).optional().describe('The `nextCursor` of the page before'),
        }),
        response: {
          200: z
            .object({ items: z.array(deliverySchema), nextCursor: z.string().nullable() })
            .meta({ id: 'DeliveryPage' }),
          ...problems(404),
        },
      },
    },
    async (request) => {
      const { items, nextCursor } = await webhooks.deliveries(principalFor(request), request.params.id, request.query);
      return { items: items.map(deliveryView), nextCursor };
    },
  );

  app.post(
    '/webhooks/:id/deliveries/:deliveryId/replay',
    {
      config,
      schema: {
        operationId: 'webhooks.replay',
        tags: ['Webhooks'],
        summary: 'Send a finished message once more',
        description: 'Delivered or dead; it keeps its `webhook-id` and is tried for 24 hours again.',
        params: deliveryParams,
        response: { 202: deliverySchema, ...problems(404, 409) },
      },
    },
    async (request, reply) => {
      const { id, deliveryId } = request.params;
      return reply.code(202).send(deliveryView(await webhooks.replay(principalFor(request), id, deliveryId)));
    },
  );
};
