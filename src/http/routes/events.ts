import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { maySeeEvent } from '../../auth/rules/event.ts';
import { READ_ANY } from '../../auth/scopes.ts';
import { createFilter } from '../../events/filter.ts';
import type { ReadItem } from '../../events/reader.ts';
import { eventPage, filterQuery } from '../event-schemas.ts';
import { historyPage } from '../history.ts';
import { principalFor } from '../plugins/auth.ts';
import { pageQuery, pbxQuery, problems, timeQuery, timeSchema } from '../schemas.ts';
import { takeSnapshot } from '../snapshot.ts';
import { startStream } from '../stream.ts';
import { watchToken } from '../token-life.ts';
import type { RouteOptions } from './index.ts';

/** One item as Server-Sent Events have it. The id is where to go on from, for every server of the stream. */
const message = (item: ReadItem): string => {
  const data = item.kind === 'event' ? item.json : JSON.stringify({ name: 'stream.gap', ...item.gap });
  return `id: ${item.cursor}\ndata: ${data}\n\n`;
};

export const eventRoutes: FastifyPluginAsyncZod<RouteOptions> = async (app, options) => {
  const { gateway, namesFor, closing, clock, tickets, revocations, accounts } = options;

  const namesOf = (request: Parameters<typeof namesFor>[0], wanted: readonly string[] | undefined) => {
    const allowed = namesFor(request, undefined);
    for (const name of wanted ?? []) gateway.status(name);
    return wanted ? wanted.filter((name) => allowed.includes(name)) : allowed;
  };

  app.get(
    '/events',
    {
      config: { scopes: READ_ANY, ticket: true },
      schema: {
        operationId: 'events.stream',
        tags: ['Events'],
        summary: 'Events as they happen',
        description:
          'Server-Sent Events. Each message is one event of the form of /events/history; `Last-Event-ID` (or `since`) goes ' +
          'on behind the last one seen. What cannot be given any more is told as `stream.gap`, never left out silently. A ' +
          'comment every 15 s keeps the connection alive. The stream ends when the token does, or is revoked (`stream.closed`).',
        headers: z.object({ 'last-event-id': z.string().max(2_000).optional().describe('Go on behind this one') }),
        querystring: filterQuery.extend({
          since: z.string().max(2_000).optional().describe('As Last-Event-ID'),
          snapshot: z
            .stringbool()
            .default(false)
            .describe('First tell what is there now, as `stream.snapshot`')
            .meta({ type: 'boolean' }),
          ticket: z.string().max(100).optional().describe('In place of a token: from POST /events/tickets'),
        }),
        response: {
          200: { description: 'A stream without end', content: { 'text/event-stream': { schema: z.string() } } },
          ...problems(404),
        },
      },
    },
    async (request, reply) => {
      const { since, snapshot, ...filter } = request.query;
      const principal = principalFor(request);
      const names = namesOf(request, filter.pbx);
      const wanted = createFilter(filter);
      const first = snapshot ? await takeSnapshot(options, request, names) : undefined;
      const { raw } = reply;
      reply.hijack();
      raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // Kept alive behind its end it would hold up the shutdown that ended it.
        connection: 'close',
        // nginx would hold events back.
        'x-accel-buffering': 'no',
      });
      raw.write('retry: 2000\n\n');
      if (first) raw.write(`id: ${first.cursor}\ndata: ${JSON.stringify(first)}\n\n`);
      const end = (reason: string) => {
        stream.close();
        raw.end(`data: ${JSON.stringify({ name: 'stream.closed', reason })}\n\n`);
      };
      const stream = startStream({
        events: gateway.events,
        pbx: names,
        since: first?.cursor ?? request.headers['last-event-id'] ?? since,
        passes: (event) => wanted(event) && maySeeEvent(principal, event),
        clock,
        target: {
          write: (items) => raw.write(items.map(message).join('')),
          drained: () =>
            new Promise((resolve) => {
              const done = () => {
                raw.off('drain', done).off('close', done);
                resolve();
              };
              raw.on('drain', done).on('close', done);
            }),
          heartbeat: (cursor) => raw.write(`id: ${cursor}\n: heartbeat\n\n`),
          cut: () => raw.destroy(),
        },
      });
      const cancelWatch = watchToken({ clock, revocations, accounts }, principal, end);
      const onClosing = () => {
        end('shutting-down');
      };
      closing.addEventListener('abort', onClosing, { once: true });
      raw.on('close', () => {
        cancelWatch();
        closing.removeEventListener('abort', onClosing);
        stream.close();
      });
    },
  );

  app.get(
    '/events/history',
    {
      config: { scopes: READ_ANY },
      schema: {
        operationId: 'events.history',
        tags: ['Events'],
        summary: 'Events of the past',
        description:
          'Oldest first, as long as the store keeps them. Of 10,000 events looked through a page gives what it has found, ' +
          'be it fewer than `limit`: read on while there is a `nextCursor`.',
        querystring: pageQuery.extend({
          ...filterQuery.omit({ pbx: true }).shape,
          ...pbxQuery.shape,
          from: timeQuery.optional().describe('At this time or later'),
          to: timeQuery.optional().describe('Before this time'),
        }),
        response: { 200: eventPage, ...problems(404) },
      },
    },
    async (request) => {
      const { pbx, from, to, limit, cursor, call, ...filter } = request.query;
      const name = pbx ?? gateway.names[0] ?? '';
      gateway.status(name);
      const query = { pbx: name, from, to, limit, cursor, call: call?.length === 1 ? call[0] : undefined };
      return historyPage(gateway.events, principalFor(request), query, createFilter({ ...filter, call }));
    },
  );

  app.post(
    '/events/tickets',
    {
      config: { scopes: READ_ANY, repeatable: true, local: true },
      schema: {
        operationId: 'events.ticket',
        tags: ['Events'],
        summary: 'A ticket for one stream',
        description:
          'For browsers, whose EventSource and WebSocket cannot send a token: give it as `?ticket=`. Good for one use ' +
          'within 30 seconds; the stream lasts as long as the token it was got with.',
        response: { 201: z.object({ ticket: z.string(), expiresAt: timeSchema }), ...problems() },
      },
    },
    async (request, reply) => {
      const { ticket, expiresAt } = tickets.issue(principalFor(request));
      return reply.code(201).send({ ticket, expiresAt: new Date(expiresAt).toISOString() });
    },
  );
};
