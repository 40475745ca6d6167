import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import { GatewayError, messageOf } from '../../lib/errors.ts';
import type { IdempotencyRecord, Store } from '../../store/store.ts';
import { type ProblemResponse, problemResponse } from '../schemas.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route gives something new each time, and changes nothing: it takes no Idempotency-Key. */
    repeatable?: true;
    /** The route notes the id of a call before it does anything: while none is noted nothing was done. */
    notesCall?: true;
  }
  interface FastifyRequest {
    /** What is known under the request's Idempotency-Key; undefined without one. */
    idempotency?: IdempotencyRecord | undefined;
  }
}

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const HEADER = 'idempotency-key';
const LIFE_MS = 86_400_000;
const KEPT_HEADERS = ['content-type', 'location', 'preference-applied'];

const keySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'takes 1 to 255 visible ASCII characters')
  .optional()
  .describe(
    'Of your making. The same key and body within 24 hours give the first answer again, with `Idempotent-Replayed: true`, and change nothing.',
  );

const takesKey = ({ method, config }: Pick<RouteOptions, 'method' | 'config'>): boolean =>
  [method].flat().some((one) => WRITES.has(one)) && !config?.repeatable;

/** The same for bodies that say the same, whatever the order of their members. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`; // prettier-ignore
};

const fingerprintOf = ({ method, url, body }: FastifyRequest): string =>
  createHash('sha256')
    .update(`${method} ${url}\n${canonical(body)}`)
    .digest('base64');

/** Failures behind which the action may have been carried out. */
const DOUBTFUL = ['outcome-unknown', 'ami-desync', 'internal-error'];

const codeOf = (problem: string): unknown => (JSON.parse(problem) as { code?: unknown }).code;

/** Answers that are no outcome: the key is free again, and asking once more is right. */
const isNoOutcome = (status: number, body: string): boolean =>
  [401, 403, 429].includes(status) || (status >= 500 && !DOUBTFUL.includes(String(codeOf(body))));

const ANSWERS: Readonly<Record<number, string>> = {
  409: '`idempotency-in-progress`: the first request with this key still runs',
  422: '`idempotency-key-reused`: the key was used with another request',
  503: '`store-unavailable`: nothing was done, as the key could not be kept',
  504: '`outcome-unknown` also where the answer to the first request with this key was not kept',
};

/** The answers of a route, and those its key adds. */
const withAnswers = (response: Readonly<Record<string, ProblemResponse>>): Record<string, unknown> => {
  const added = Object.entries(ANSWERS).map(([status, meaning]) => {
    const known = response[status];
    const description = known ? `${known.description}; ${meaning}` : meaning;
    return [status, { ...problemResponse(Number(status)), description }];
  });
  return { ...response, ...(Object.fromEntries(added) as Record<string, unknown>) };
};

export interface IdempotencyOptions {
  store: Pick<Store, 'idempotency'>;
  clock: Clock;
}

/** Takes `Idempotency-Key` on every write, so that a retry changes nothing twice. Register before the routes. */
export const registerIdempotency = (app: FastifyInstance, { store, clock }: IdempotencyOptions): void => {
  const instance = randomUUID();
  /** Keys whose first request runs here now. */
  const running = new Set<string>();
  const nameOf = ({ sub, key }: IdempotencyRecord) => `${sub} ${key}`;

  const begin = async (request: FastifyRequest, reply: FastifyReply) => {
    const key = request.headers[HEADER];
    if (typeof key !== 'string' || request.dryRun || !request.principal) return;
    const { sub } = request.principal;
    const fingerprint = fingerprintOf(request);
    const record: IdempotencyRecord = { sub, key, fingerprint, instance, createdAt: clock.now(), callId: null, answer: null }; // prettier-ignore
    const known = await store.idempotency.begin(record, record.createdAt - LIFE_MS);
    if (!known) {
      running.add(nameOf(record));
      request.idempotency = record;
      return;
    }
    if (known.fingerprint !== fingerprint) {
      throw new GatewayError('idempotency-key-reused', 'The key was used before, with another request');
    }
    if (known.answer) {
      const { status, headers, body } = known.answer;
      // As bytes: to a text Fastify would add a charset that the first answer did not have.
      const payload = body === '' ? undefined : Buffer.from(body);
      return reply
        .code(status)
        .headers({ ...headers, 'idempotent-replayed': 'true' })
        .send(payload);
    }
    if (known.instance === instance && running.has(nameOf(known))) {
      throw new GatewayError('idempotency-in-progress', 'The first request with this key still runs', {
        retryable: true,
        details: { retryAfter: 1 },
      });
    }
    if (known.callId === null && request.routeOptions.config.notesCall) {
      running.add(nameOf(record));
      request.idempotency = record;
      await store.idempotency.update(record);
      return;
    }
    throw new GatewayError(
      'outcome-unknown',
      'What became of the first request with this key was not kept; it is never run again',
      known.callId === null ? {} : { details: { callId: known.callId } },
    );
  };

  const keep = async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
    const record = request.idempotency;
    if (!record) return payload;
    request.idempotency = undefined;
    const body = typeof payload === 'string' ? payload : '';
    const headers = Object.fromEntries(
      KEPT_HEADERS.flatMap((name) => {
        const value = reply.getHeader(name);
        return value === undefined ? [] : [[name, String(value)]];
      }),
    );
    try {
      if (isNoOutcome(reply.statusCode, body)) await store.idempotency.remove(record.sub, record.key);
      else await store.idempotency.update({ ...record, answer: { status: reply.statusCode, headers, body } });
    } catch (error) {
      request.log.error({ reason: messageOf(error) }, 'The answer to an Idempotency-Key could not be kept');
    } finally {
      running.delete(nameOf(record));
    }
    return payload;
  };

  app.addHook('onRoute', (route) => {
    if (!takesKey(route)) return;
    route.preHandler = [route.preHandler ?? [], begin].flat();
    route.onSend = [route.onSend ?? [], keep].flat();
    const { schema } = route;
    if (!schema) return;
    const known = schema.headers instanceof z.ZodObject ? schema.headers.shape : {};
    schema.headers = z.looseObject({ ...known, [HEADER]: keySchema });
    schema.response = withAnswers((schema.response ?? {}) as Record<string, ProblemResponse>);
  });
};

/** Notes under the request's key which call it is about to place; before it is dialled. */
export const createNoteCall =
  (store: Pick<Store, 'idempotency'>) =>
  async ({ idempotency }: FastifyRequest, callId: string): Promise<void> => {
    if (!idempotency) return;
    idempotency.callId = callId;
    await store.idempotency.update(idempotency);
  };
