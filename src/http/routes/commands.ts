import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { pbxQuery, problems } from '../schemas.ts';
import type { RouteOptions } from './index.ts';

export const commandRoutes: FastifyPluginAsyncZod<RouteOptions> = async (app, { pbxFor }) => {
  app.post(
    '/commands',
    {
      config: { scopes: ['write:command'] },
      schema: {
        operationId: 'commands.run',
        tags: ['Commands'],
        summary: 'Run a CLI command',
        description:
          "AMI Command. Only commands whose words begin with a prefix in the token's limits.commands; none by default.",
        querystring: pbxQuery,
        body: z
          .strictObject({ command: z.string().min(1).max(1_000) })
          .meta({ examples: [{ command: 'core show uptime' }] }),
        response: {
          200: z.object({ output: z.array(z.string()) }).meta({
            id: 'CommandOutput',
            examples: [{ output: ['System uptime: 9 minutes, 31 seconds', 'Last reload: 9 minutes, 31 seconds'] }],
          }),
          ...problems(422),
        },
      },
    },
    async (request) => ({ output: await pbxFor(request, request.query.pbx).commands.run(request.body.command) }),
  );
};
