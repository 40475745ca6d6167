import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Gateway } from '../../pbx/index.ts';

export interface HealthOptions {
  gateway: Gateway;
  /** Set while the service shuts down: no new work is to be sent here. */
  draining: () => boolean;
}

const readySchema = z
  .object({
    status: z.enum(['ready', 'not-ready']),
    store: z
      .object({
        status: z.enum(['ok', 'failing']),
        kind: z.string(),
        lost: z.object({ events: z.int(), calls: z.int(), deliveries: z.int() }),
      })
      .describe('Calls go on without it; `lost` counts what could not be kept since the start'),
    pbx: z.array(z.object({ name: z.string(), state: z.enum(['ready', 'booting', 'disconnected']) })),
  })
  .meta({
    id: 'Readiness',
    examples: [
      {
        status: 'ready',
        store: { status: 'ok', kind: 'sqlite', lost: { events: 0, calls: 0, deliveries: 0 } },
        pbx: [{ name: 'default', state: 'ready' }],
      },
    ],
  });

export const healthRoutes: FastifyPluginAsyncZod<HealthOptions> = async (app, { gateway, draining }) => {
  app.get(
    '/health/live',
    {
      config: { public: true },
      schema: {
        operationId: 'health.live',
        tags: ['Health'],
        summary: 'The service runs',
        response: { 200: z.object({ status: z.literal('live') }).meta({ examples: [{ status: 'live' }] }) },
      },
    },
    () => ({ status: 'live' as const }),
  );

  app.get(
    '/health/ready',
    {
      config: { public: true },
      schema: {
        operationId: 'health.ready',
        tags: ['Health'],
        summary: 'Every server is logged in to and fully booted',
        response: { 200: readySchema, 503: readySchema },
      },
    },
    async (_request, reply) => {
      const pbx = gateway.names.map((name) => ({ name, state: gateway.status(name).state }));
      const ready = !draining() && pbx.every(({ state }) => state === 'ready');
      const { status, kind, lost } = gateway.storeHealth();
      const store = { status, kind, lost };
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not-ready', store, pbx });
    },
  );
};
