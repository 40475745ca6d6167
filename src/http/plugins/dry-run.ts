import type { FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { allowedByScope, DryRun } from '../../auth/dry-run.ts';
import { GatewayError } from '../../lib/errors.ts';
import { verdictExample } from '../examples.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Nothing is sent to Asterisk, so there is nothing to judge without sending. */
    local?: true;
  }
  interface FastifyRequest {
    /** Asked with `?dryRun=true`: nothing is changed, the verdict is the answer. */
    dryRun: boolean;
    /** Asked by /permissions/check: reads are judged too, and not sent. */
    judgeOnly: boolean;
  }
  interface FastifyInstance {
    /** Headers of a read that is to be judged only. Nobody outside can make them. */
    judgeOnly: Readonly<Record<string, string>>;
  }
}

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

export const verdictSchema = z
  .object({
    verdict: z.enum(['allowed', 'refused']),
    action: z.string().nullable().describe('AMI action'),
    scope: z.string().nullable().describe('The scope that let it through'),
    limits: z.array(z.string()).describe("The token's limits, each of which was asked"),
    targets: z.array(z.string()).describe('What it reaches'),
    refusal: z
      .object({
        code: z.string(),
        scopes: z.array(z.string()).describe('Any one of these is wanted'),
        limit: z.string().nullable().describe('The limit that says no'),
        detail: z.string(),
      })
      .nullable(),
    packet: z.string().nullable().describe('The AMI action as it would be sent'),
  })
  .meta({ id: 'Verdict', examples: [verdictExample] });

const dryRunSchema = z
  .enum(['true', 'false'])
  .optional()
  .describe('`true`: nothing is sent; the answer is the verdict of scopes and limits, and the AMI packet')
  // In a query the words are all that a boolean can be.
  .meta({ type: 'boolean', enum: undefined });

/** Takes `?dryRun=true` on every write to Asterisk. Register before the routes and before what keeps answers. */
export const registerDryRun = (app: FastifyInstance): void => {
  const [header, key] = ['x-judge-only', randomUUID()];
  app.decorate('judgeOnly', { [header]: key });
  app.decorateRequest('dryRun', false);
  app.decorateRequest('judgeOnly', false);

  app.addHook('onRoute', ({ schema, config, method }) => {
    if (!schema || config?.local || ![method].flat().some((one) => WRITES.has(one))) return;
    const known = schema.querystring instanceof z.ZodObject ? schema.querystring.shape : {};
    schema.querystring = z.object({ ...known, dryRun: dryRunSchema });
    const response = (schema.response ?? {}) as Record<string, unknown>;
    if ('201' in response || '204' in response)
      schema.response = { ...response, 200: verdictSchema.describe('With `dryRun=true`') };
  });

  app.addHook('onRequest', (request, _reply, done) => {
    request.judgeOnly = request.headers[header] === key;
    if (request.judgeOnly) {
      request.dryRun = true;
      done();
      return;
    }
    const { dryRun } = request.query as { dryRun?: unknown };
    if (dryRun === undefined || dryRun === 'false' || !WRITES.has(request.method)) {
      done();
      return;
    }
    if (dryRun !== 'true' || request.routeOptions.config.local) {
      throw new GatewayError(
        'invalid-request',
        dryRun === 'true' ? 'This route takes no dryRun' : 'dryRun is true or false',
      );
    }
    request.dryRun = true;
    done();
  });

  app.addHook('preHandler', (request, _reply, done) => {
    if (request.judgeOnly && !request.is404) {
      const { config, schema } = request.routeOptions;
      // Those that ask Asterisk say so, and come to the guard.
      const asks = /^AMI /.test(schema?.description ?? '');
      if (!asks) throw new DryRun(allowedByScope(request.principal, config.scopes ?? []));
    }
    done();
  });
};
