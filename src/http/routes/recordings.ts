import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { RECORDING_DIRECTIONS, RECORDING_FORMATS } from '../../pbx/recordings.ts';
import { recordingExample } from '../examples.ts';
import { channelParams, listOf, pbxQuery, problems, timeSchema } from '../schemas.ts';
import type { RouteOptions } from './index.ts';

const recordingSchema = z
  .object({
    id: z.string(),
    file: z.string().describe('As asked for, without extension'),
    files: z.array(z.string()).describe("Files below Asterisk's monitor directory"),
    format: z.string(),
    mix: z.boolean(),
    muted: z.boolean(),
    direction: z.enum(RECORDING_DIRECTIONS).describe('What `muted` last spoke of'),
    startedAt: timeSchema,
  })
  .meta({ id: 'Recording', examples: [recordingExample] });

const params = channelParams.extend({ recordingId: z.string().min(1).max(64).describe('Id of the recording') });
const scopes = { scopes: ['write:call', 'write:system'] as const };

export const recordingRoutes: FastifyPluginAsyncZod<RouteOptions> = async (app, { pbxFor }) => {
  app.post(
    '/channels/:id/recordings',
    {
      config: { scopes: ['write:call'] },
      schema: {
        operationId: 'recordings.start',
        tags: ['Recordings'],
        summary: 'Record a channel',
        description:
          'AMI MixMonitor (Monitor where only that exists). write:call is enough, because no command and no path outside ' +
          "Asterisk's monitor directory can be given.",
        params: channelParams,
        querystring: pbxQuery,
        body: z
          .strictObject({
            file: z
              .string()
              .max(150)
              .regex(/^(?:\w[\w.-]*\/)*\w[\w.-]*$/, 'takes a relative path of letters, digits, _ . - and /')
              .optional(),
            format: z.enum(RECORDING_FORMATS).default('wav'),
            mix: z.boolean().default(true).describe('One file; otherwise `-in` and `-out`'),
          })
          .default({ format: 'wav', mix: true })
          .meta({ examples: [{ file: 'sales/2026-11-23-anna', format: 'wav', mix: true }] }),
        response: { 201: recordingSchema, ...problems(404, 409, 501) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const recording = await pbxFor(request, request.query.pbx).recordings.start(id, request.body);
      const location = `/channels/${encodeURIComponent(id)}/recordings/${recording.id}`;
      return reply.code(201).header('location', location).send(recording);
    },
  );

  app.get(
    '/channels/:id/recordings',
    {
      config: { scopes: ['write:call', 'write:reporting'] },
      schema: {
        operationId: 'recordings.list',
        tags: ['Recordings'],
        summary: 'Recordings of a channel that were started here',
        params: channelParams,
        querystring: pbxQuery,
        response: { 200: listOf(recordingSchema).meta({ id: 'RecordingList' }), ...problems(404) },
      },
    },
    async (request) => {
      const items = await pbxFor(request, request.query.pbx).recordings.list(request.params.id);
      return { items, total: items.length, nextCursor: null };
    },
  );

  app.patch(
    '/channels/:id/recordings/:recordingId',
    {
      config: scopes,
      schema: {
        operationId: 'recordings.mute',
        tags: ['Recordings'],
        summary: 'Record silence for a while, or sound again',
        description:
          'AMI MixMonitorMute (PauseMonitor and UnpauseMonitor where only those exist). `read` is what comes from the channel, `write` what goes to it.',
        params,
        querystring: pbxQuery,
        body: z
          .strictObject({ muted: z.boolean(), direction: z.enum(RECORDING_DIRECTIONS).default('both') })
          .meta({ examples: [{ muted: true, direction: 'both' }] }),
        response: { 200: recordingSchema, ...problems(404, 501) },
      },
    },
    async (request) => {
      const { id, recordingId } = request.params;
      return pbxFor(request, request.query.pbx).recordings.mute(id, recordingId, request.body);
    },
  );

  app.delete(
    '/channels/:id/recordings/:recordingId',
    {
      config: scopes,
      schema: {
        operationId: 'recordings.stop',
        tags: ['Recordings'],
        summary: 'Stop a recording; its file stays',
        description: 'AMI StopMixMonitor (StopMonitor where only that exists).',
        params,
        querystring: pbxQuery,
        response: { 204: z.void().describe('The recording has stopped'), ...problems(404) },
      },
    },
    async (request, reply) => {
      const { id, recordingId } = request.params;
      await pbxFor(request, request.query.pbx).recordings.stop(id, recordingId);
      return reply.code(204).send();
    },
  );
};
