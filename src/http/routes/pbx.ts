import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { pbxExample } from '../examples.ts';
import { listOf, problems, timeSchema } from '../schemas.ts';
import type { RouteOptions } from './index.ts';

const pbxSchema = z
  .object({
    name: z.string(),
    state: z.enum(['ready', 'booting', 'disconnected']),
    release: z.string().nullable(),
    amiVersion: z.string().nullable(),
    systemName: z.string().nullable(),
    startedAt: timeSchema.nullable(),
    uptimeSeconds: z.int().nullable(),
    currentCalls: z.int().nullable(),
    processedCalls: z.int().nullable(),
    pool: z.object({
      size: z.int(),
      open: z.int(),
      inFlight: z.int(),
      queued: z.int(),
      reconnects: z.int(),
    }),
    eventConnection: z.boolean(),
    unexpectedFrames: z.int(),
    lastError: z.string().nullable(),
    actions: z.array(z.string()).describe("AMI actions the gateway's account may use there"),
  })
  .meta({ id: 'Pbx', examples: [pbxExample] });

export const pbxRoutes: FastifyPluginAsyncZod<RouteOptions> = async (app, { pbxFor, namesFor }) => {
  app.get(
    '/pbx',
    {
      config: { scopes: ['read:system', 'write:system', 'read:reporting', 'write:reporting'] },
      schema: {
        operationId: 'pbx.list',
        tags: ['PBX'],
        summary: 'The servers behind this gateway',
        description: 'AMI CoreStatus, CoreSettings and ListCommands, and the state of the connections.',
        response: { 200: listOf(pbxSchema).meta({ id: 'PbxList' }), ...problems() },
      },
    },
    async (request) => {
      const names = namesFor(request, undefined);
      const items = await Promise.all(names.map((name) => pbxFor(request, name).info.describe()));
      return { items, total: items.length, nextCursor: null };
    },
  );
};
