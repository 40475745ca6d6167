import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { HANGUP_CAUSES, type HangupCauseName } from '../../events/hangup-causes.ts';
import { CHANNEL_STATES } from '../../pbx/channels.ts';
import { channelExample } from '../examples.ts';
import { channelParams, listOf, pageQuery, paginate, partySchema, pbxQuery, problems } from '../schemas.ts';
import type { RouteOptions } from './index.ts';

export const channelSchema = z
  .object({
    id: z.string().describe('Uniqueid'),
    pbx: z.string(),
    name: z.string(),
    state: z.enum(CHANNEL_STATES),
    caller: partySchema,
    connectedLine: partySchema,
    accountCode: z.string().nullable(),
    language: z.string().nullable(),
    context: z.string().nullable(),
    extension: z.string().nullable(),
    priority: z.int(),
    application: z.string().nullable(),
    applicationData: z.string().nullable(),
    linkedId: z.string().describe('Common to all channels of one conversation'),
    bridgeId: z.string().nullable(),
    durationSeconds: z.int().nullable(),
  })
  .meta({ id: 'Channel', examples: [channelExample] });

const placeSchema = {
  context: z.string().min(1).max(80),
  extension: z.string().min(1).max(80),
  priority: z.int().min(1).max(1_000_000).default(1),
};

const causeNames = Object.keys(HANGUP_CAUSES) as [HangupCauseName, ...HangupCauseName[]];
const causeSchema = z
  .union([z.enum(causeNames), z.coerce.number().int().min(0).max(127)], {
    error: 'takes a number from 0 to 127, or a name such as user-busy, no-answer or call-rejected',
  })
  .optional()
  .describe('Q.850 cause as a number from 0 to 127 or by name')
  .meta({ example: 'normal-clearing' });

const OBSERVE = [
  'read:call',
  'write:call',
  'read:system',
  'write:system',
  'read:reporting',
  'write:reporting',
] as const;

export const channelRoutes: FastifyPluginAsyncZod<RouteOptions> = async (app, { pbxFor }) => {
  app.get(
    '/channels',
    {
      config: { scopes: OBSERVE },
      schema: {
        operationId: 'channels.list',
        tags: ['Channels'],
        summary: 'Live channels',
        description: 'AMI CoreShowChannels. A token limited to some channels sees those.',
        querystring: pageQuery.extend({
          ...pbxQuery.shape,
          context: z.string().optional().describe('In this context now'),
          state: z.enum(CHANNEL_STATES).optional().describe('In this state now'),
          prefix: z.string().optional().describe('Beginning of the name, such as `PJSIP/carrier-`'),
        }),
        response: { 200: listOf(channelSchema).meta({ id: 'ChannelList' }), ...problems() },
      },
    },
    async (request) => {
      const { pbx, context, state, prefix, ...page } = request.query;
      return paginate(await pbxFor(request, pbx).channels.list({ context, state, prefix }), page);
    },
  );

  app.get(
    '/channels/:id',
    {
      config: { scopes: OBSERVE },
      schema: {
        operationId: 'channels.get',
        tags: ['Channels'],
        summary: 'One channel',
        description: 'AMI Status. With `variables` it needs write:call, write:reporting or write:system.',
        params: channelParams,
        querystring: pbxQuery.extend({
          variables: z
            .string()
            .max(900)
            .optional()
            .describe('Names, comma-separated; functions such as CALLERID(num) too'),
        }),
        response: {
          200: channelSchema.extend({ variables: z.record(z.string(), z.string().nullable()) }).meta({
            id: 'ChannelWithVariables',
            examples: [{ ...channelExample, variables: { campaign_id: 'SALES01' } }],
          }),
          ...problems(404),
        },
      },
    },
    async (request) => {
      const names = (request.query.variables ?? '').split(/,(?![^(]*\))/).filter((name) => name !== '');
      return pbxFor(request, request.query.pbx).channels.get(request.params.id, names);
    },
  );

  app.delete(
    '/channels/:id',
    {
      config: { scopes: ['write:call', 'write:system'] },
      schema: {
        operationId: 'channels.hangup',
        tags: ['Channels'],
        summary: 'Hang a channel up',
        description: 'AMI Hangup.',
        params: channelParams,
        querystring: pbxQuery.extend({ cause: causeSchema }),
        response: { 204: z.void().describe('The hangup was ordered'), ...problems(404) },
      },
    },
    async (request, reply) => {
      await pbxFor(request, request.query.pbx).channels.hangup(request.params.id, request.query.cause);
      return reply.code(204).send();
    },
  );

  app.post(
    '/channels/:id/redirect',
    {
      config: { scopes: ['write:call'] },
      schema: {
        operationId: 'channels.redirect',
        tags: ['Channels'],
        summary: 'Move one leg, or two at once, to another place of the dialplan',
        description:
          'AMI Redirect. Asterisk calls it a success even where the place does not exist, and the call dies: ' +
          'the gateway looks first and answers `no-such-extension`.',
        params: channelParams,
        querystring: pbxQuery,
        body: z
          .strictObject({
            ...placeSchema,
            extra: z
              .strictObject({ channel: z.string().min(1).max(256), ...placeSchema })
              .optional()
              .describe('The other leg, moved in the same moment'),
          })
          .meta({ examples: [{ context: 'transfer-dest', extension: '101', priority: 1 }] }),
        response: { 204: z.void().describe('The redirect was ordered'), ...problems(404, 409) },
      },
    },
    async (request, reply) => {
      await pbxFor(request, request.query.pbx).channels.redirect(request.params.id, request.body);
      return reply.code(204).send();
    },
  );

  app.post(
    '/channels/:id/dtmf',
    {
      config: { scopes: ['write:call'] },
      schema: {
        operationId: 'channels.dtmf',
        tags: ['Channels'],
        summary: 'Play keys to a channel',
        description: 'AMI PlayDTMF, once a key. Answers when the last key is queued.',
        params: channelParams,
        querystring: pbxQuery,
        body: z
          .strictObject({
            digits: z.string().regex(/^[0-9A-Da-d*#]{1,64}$/, 'takes up to 64 of 0-9, A-D, * and #'),
            durationMs: z.int().min(50).max(10_000).default(100).describe('Length of each key, in milliseconds'),
          })
          .meta({ examples: [{ digits: '1234#', durationMs: 120 }] }),
        response: { 204: z.void().describe('The keys were queued'), ...problems(404) },
      },
    },
    async (request, reply) => {
      const { digits, durationMs } = request.body;
      await pbxFor(request, request.query.pbx).channels.dtmf(request.params.id, digits, durationMs);
      return reply.code(204).send();
    },
  );
};
