import { z } from 'zod';
import { problemSchema } from './problems.ts';

export const pbxQuery = z.object({
  pbx: z.string().max(64).optional().describe('Name of the server; the first one configured where absent'),
});

export const channelParams = z.object({
  id: z
    .string()
    .min(1)
    .max(256)
    .describe('Uniqueid of the channel, or its name percent-encoded')
    .meta({ example: '1711432800.42' }),
});

export const partySchema = z
  .object({ number: z.string().nullable(), name: z.string().nullable() })
  .meta({ id: 'Party' });

export const timeSchema = z.iso.datetime().meta({ example: '2026-11-23T03:20:00.000Z' });

/** A list as every collection gives it. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    total: z.int().describe('All that match, also beyond this page'),
    nextCursor: z.string().nullable().describe('Pass it as `cursor` for the next page; null at the end'),
  });

/** A list that is read page by page and never counted; described as the others are, for clients that know one kind. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    total: z.int().nullable().describe('Null: not counted'),
    nextCursor: z.string().nullable().describe('Pass it as `cursor` for the next page; null at the end'),
  });

/** RFC 3339 with any offset, to milliseconds since the epoch. */
// No example: Swagger UI would send it.
export const timeQuery = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .describe('As 2026-11-23T03:20:00Z');

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(1_000).describe('Items of a page, at most'),
  cursor: z.string().max(64).optional().describe('The `nextCursor` of the page before'),
});

const errorDescriptions: Readonly<Record<number, string>> = {
  400: 'Not valid, or not transferable by AMI',
  401: 'No valid token',
  403: 'Scope or limit refuses',
  404: 'No such thing',
  409: 'The state forbids it',
  422: 'Asterisk did not carry it out',
  429: 'Too many',
  501: 'This Asterisk cannot',
  502: 'Asterisk refused, or its answer cannot be trusted',
  503: 'Asterisk is not connected',
  504: 'No answer in time; `outcome-unknown` where it may have happened',
};

export interface ProblemResponse {
  description: string;
  content: { 'application/problem+json': { schema: typeof problemSchema } };
}

export const problemResponse = (status: number): ProblemResponse => ({
  description: errorDescriptions[status] ?? 'Error',
  content: { 'application/problem+json': { schema: problemSchema } },
});

/** Error answers of a route that talks to Asterisk, besides those named. */
export const problems = (...statuses: number[]) =>
  Object.fromEntries([400, 401, 403, ...statuses, 502, 503, 504].map((status) => [status, problemResponse(status)]));

/** A page of items in their order; the cursor is the offset, opaque to clients. */
export const paginate = <T>(items: readonly T[], { limit, cursor }: z.output<typeof pageQuery>) => {
  const start = cursor === undefined ? 0 : Number.parseInt(Buffer.from(cursor, 'base64url').toString(), 10) || 0;
  const end = start + limit;
  return {
    items: items.slice(start, end),
    total: items.length,
    nextCursor: end < items.length ? Buffer.from(String(end)).toString('base64url') : null,
  };
};
