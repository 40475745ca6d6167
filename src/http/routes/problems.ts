import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { GatewayError } from '../../lib/errors.ts';
import { problemKind, PROBLEMS } from '../problems.ts';
import { problemResponse } from '../schemas.ts';

const kindSchema = z.object({ code: z.string(), status: z.int(), title: z.string() }).meta({
  id: 'ProblemKind',
  examples: [{ code: 'no-such-extension', status: 409, title: 'The dialplan has no such place' }],
});

/** The pages that `type` of a problem document leads to. */
export const problemRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/problems',
    {
      config: { public: true },
      schema: {
        operationId: 'problems.list',
        tags: ['Problems'],
        summary: 'Every error code',
        response: { 200: z.object({ items: z.array(kindSchema), total: z.int() }) },
      },
    },
    () => {
      const items = Object.entries(PROBLEMS).map(([code, kind]) => ({ code, ...kind }));
      return { items, total: items.length };
    },
  );

  app.get(
    '/problems/:code',
    {
      config: { public: true },
      schema: {
        operationId: 'problems.get',
        tags: ['Problems'],
        summary: 'One error code',
        params: z.object({
          code: z.string().describe('As in `code` of a problem').meta({ example: 'no-such-extension' }),
        }),
        response: { 200: kindSchema, 404: problemResponse(404) },
      },
    },
    (request) => {
      const { code } = request.params;
      const kind = problemKind(code);
      if (!kind) throw new GatewayError('no-such-problem', `There is no problem code ${JSON.stringify(code)}`);
      return { code, ...kind };
    },
  );
};
