import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Metrics } from '../metrics.ts';
import { problemResponse } from '../schemas.ts';

export interface MetricsRouteOptions {
  metrics: Metrics;
  /** Serve them to everybody, as on a network of one's own. */
  public: boolean;
}

export const metricsRoutes: FastifyPluginAsyncZod<MetricsRouteOptions> = async (app, options) => {
  app.get(
    '/metrics',
    {
      config: options.public ? { public: true } : { scopes: ['gateway:metrics'] },
      schema: {
        operationId: 'metrics.get',
        tags: ['Health'],
        summary: 'Figures for Prometheus',
        description: 'Needs gateway:metrics unless the operator has made it public.',
        response: {
          200: { description: 'Text exposition format', content: { 'text/plain': { schema: z.string() } } },
          401: problemResponse(401),
          403: problemResponse(403),
        },
      },
    },
    async (_request, reply) =>
      reply
        .type(options.metrics.contentType)
        .serializer(String)
        .send(await options.metrics.expose()),
  );
};
