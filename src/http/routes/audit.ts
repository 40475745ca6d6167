import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AuditRecord } from '../../auth/audit.ts';
import { narrowingLimit } from '../../auth/narrowing.ts';
import type { Store, StoredAudit } from '../../store/store.ts';
import { principalFor } from '../plugins/auth.ts';
import { pageOf, problemResponse, timeQuery, timeSchema } from '../schemas.ts';

const recordSchema = z
  .looseObject({
    seq: z.int().describe('Place in the chain'),
    at: timeSchema,
    sub: z.string().nullable().describe('Who; null for nobody known, and for the gateway itself'),
    jti: z.string().nullable(),
    address: z.string().nullable(),
    pbx: z.string().nullable(),
    operation: z.string(),
    requestId: z.string().nullable(),
    action: z.string().nullable().describe('AMI action'),
    targets: z.array(z.string()).describe('What it reached; contents of variables are not in it'),
    limits: z.array(z.string()).describe("The token's limits"),
    outcome: z.string().describe('`ok`, or the code of the error'),
    actionId: z.string().nullable(),
    previous: z.string().describe('Hash of the record before'),
    hash: z.string().describe('SHA-256 of previous, seq and contents'),
  })
  .meta({ id: 'AuditRecord' });

const view = ({ seq, previous, hash, body }: StoredAudit) => {
  const { at, ...record } = JSON.parse(body) as AuditRecord & { at: number };
  return { seq, at: new Date(at).toISOString(), ...record, previous, hash };
};

export const auditRoutes: FastifyPluginAsyncZod<{ store: Pick<Store, 'audit'> }> = async (app, { store }) => {
  app.get(
    '/audit',
    {
      config: { scopes: ['gateway:audit'] },
      schema: {
        operationId: 'audit.list',
        tags: ['Audit'],
        summary: 'Who did what, when, to what, with which outcome',
        description:
          'Newest first: every change that reached Asterisk, every refusal, every token and webhook made or taken back. A token ' +
          'with limits sees what its own subject did. The records are a chain: `npm run audit:verify` proves it whole.',
        querystring: z.object({
          from: timeQuery.optional(),
          to: timeQuery.optional().describe('Not included'),
          sub: z.string().max(200).optional(),
          pbx: z.string().max(200).optional(),
          operation: z.string().max(200).optional().describe('Such as `calls.place`'),
          outcome: z.string().max(100).optional().describe('`ok`, or the code of an error'),
          limit: z.coerce.number().int().min(1).max(1_000).default(100),
          cursor: z.string().max(500).optional(),
        }),
        response: { 200: pageOf(recordSchema), ...Object.fromEntries([400, 401, 403, 503].map((status) => [status, problemResponse(status)])) }, // prettier-ignore
      },
    },
    async (request) => {
      const principal = principalFor(request);
      const limited = narrowingLimit(principal) !== undefined;
      const { sub, from, to, ...query } = request.query;
      if (limited && sub !== undefined && sub !== principal.sub) return { items: [], total: null, nextCursor: null };
      const { items, nextCursor } = await store.audit.list({ ...query, sub: limited ? principal.sub : sub, from, to });
      return { items: items.map(view), total: null, nextCursor };
    },
  );
};
