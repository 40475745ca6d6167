import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { maySeeEvent } from '../../auth/rules/event.ts';
import { READ_ANY } from '../../auth/scopes.ts';
import { createFilter, type EventFilter } from '../../events/filter.ts';
import type { CancelTimer } from '../../lib/clock.ts';
import { GatewayError, isGatewayError, messageOf } from '../../lib/errors.ts';
import { principalFor } from '../plugins/auth.ts';
import { takeSnapshot } from '../snapshot.ts';
import { HEARTBEAT_MS, startStream, type Stream } from '../stream.ts';
import { watchToken } from '../token-life.ts';
import { type SocketReply, type SocketRequest, socketRequestSchema } from '../stream-schemas.ts';
import type { RouteOptions } from './index.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Takes a WebSocket; no other route does. */
    socket?: true;
  }
}

const MOST_SUBSCRIPTIONS = 16;
/** A client that has so much unread is let rest. */
const MOST_BUFFERED = 256 * 1_024;
const DRAINED_CHECK_MS = 50;
/** Messages that may wait for their answers. Who sends more at once would hold up all others with them. */
const MOST_WAITING = 100;
/** Answers that a client leaves unread; a snapshot of a large PBX has room in it. */
const MOST_UNREAD = 32 * 1_024 * 1_024;

/** WebSocket's own codes: policy violation, and going away. */
const POLICY = 1_008;
const GOING_AWAY = 1_001;

export const eventSocketRoutes: FastifyPluginAsyncZod<RouteOptions> = async (app, options) => {
  const { gateway, namesFor, closing, clock, verifyToken, revocations, accounts } = options;
  app.get(
    '/events/ws',
    { websocket: true, config: { scopes: READ_ANY, ticket: true, socket: true }, schema: { hide: true } },
    (socket: WebSocket, request) => {
      const streams = new Map<string, { stream: Stream; filter: EventFilter }>();
      let cancelWatch: CancelTimer = () => {};
      let cancelBeat: CancelTimer = () => {};
      let alive = true;

      const send = (message: SocketReply) => {
        if (socket.bufferedAmount > MOST_UNREAD) socket.terminate();
        else socket.send(JSON.stringify(message));
      };
      const watch = () => {
        cancelWatch();
        cancelWatch = watchToken({ clock, revocations, accounts }, principalFor(request), (reason) => {
          socket.close(POLICY, reason);
        });
      };
      const beat = () => {
        cancelBeat = clock.setTimeout(() => {
          if (!alive) socket.terminate();
          alive = false;
          socket.ping();
          beat();
        }, HEARTBEAT_MS);
      };

      const passesFor = (filter: EventFilter) => {
        const wanted = createFilter(filter);
        const principal = principalFor(request);
        return (event: Parameters<typeof wanted>[0]) => wanted(event) && maySeeEvent(principal, event);
      };

      const drained = async () => {
        while (socket.bufferedAmount > MOST_BUFFERED / 2 && socket.readyState === socket.OPEN) {
          await new Promise<void>((resolve) => clock.setTimeout(resolve, DRAINED_CHECK_MS));
        }
      };

      const subscribe = async (wish: Extract<SocketRequest, { type: 'subscribe' }>) => {
        if (streams.has(wish.id))
          throw new GatewayError('invalid-request', `There is a subscription ${wish.id} already`);
        if (streams.size >= MOST_SUBSCRIPTIONS) throw new GatewayError('invalid-request', `A connection has at most ${MOST_SUBSCRIPTIONS} subscriptions`); // prettier-ignore
        for (const name of wish.filter.pbx ?? []) gateway.status(name);
        const allowed = namesFor(request, undefined);
        const pbx = wish.filter.pbx?.filter((name) => allowed.includes(name)) ?? allowed;
        const first = wish.snapshot ? await takeSnapshot(options, request, pbx) : undefined;
        const stream = startStream({
          events: gateway.events,
          pbx,
          since: first?.cursor ?? wish.since,
          passes: passesFor(wish.filter),
          clock,
          target: {
            write(items) {
              for (const item of items) {
                const head = `"id":${JSON.stringify(wish.id)},"cursor":"${item.cursor}"`;
                if (item.kind === 'event') socket.send(`{"type":"event",${head},"event":${item.json}}`);
                else socket.send(`{"type":"gap",${head},"gap":${JSON.stringify(item.gap)}}`);
              }
              return socket.bufferedAmount < MOST_BUFFERED;
            },
            drained,
            heartbeat: () => {},
            cut: () => {
              socket.terminate();
            },
          },
        });
        streams.set(wish.id, { stream, filter: wish.filter });
        send({ type: 'subscribed', id: wish.id, cursor: first?.cursor ?? wish.since ?? gateway.events.cursor(pbx) });
        if (first) send({ type: 'snapshot', id: wish.id, snapshot: first });
      };

      const find = (wanted: string) => {
        const known = streams.get(wanted);
        if (!known) throw new GatewayError('invalid-request', `There is no subscription ${wanted}`);
        return known;
      };

      const renew = async (token: string) => {
        const next = await verifyToken(token, request.ip);
        if (next.sub !== principalFor(request).sub)
          throw new GatewayError('unauthorized', 'The token is of another subject');
        // What comes later is asked and judged for the new one, a snapshot as well.
        request.principal = next;
        watch();
        for (const { stream, filter } of streams.values()) stream.refilter(passesFor(filter));
        send({ type: 'token', expiresAt: new Date(next.expiresAt).toISOString() });
      };

      const answer = async (wish: SocketRequest) => {
        switch (wish.type) {
          case 'subscribe':
            await subscribe(wish);
            return;
          case 'unsubscribe':
            find(wish.id).stream.close();
            streams.delete(wish.id);
            send({ type: 'unsubscribed', id: wish.id });
            return;
          case 'filter': {
            const known = find(wish.id);
            known.filter = wish.filter;
            known.stream.refilter(passesFor(wish.filter));
            send({ type: 'filtered', id: wish.id });
            return;
          }
          case 'token':
            await renew(wish.token);
        }
      };

      const read = (text: string): SocketRequest => {
        let json: unknown;
        try {
          json = JSON.parse(text);
        } catch {
          throw new GatewayError('malformed-json', 'The message is not JSON');
        }
        const parsed = socketRequestSchema.safeParse(json);
        if (!parsed.success) throw new GatewayError('invalid-request', z.prettifyError(parsed.error));
        return parsed.data;
      };

      // One after another: an answer is not overtaken by that to a later message.
      let last: Promise<void> = Promise.resolve();
      let waiting = 0;
      socket.on('message', (data: Buffer) => {
        waiting += 1;
        if (waiting > MOST_WAITING) {
          socket.close(POLICY, 'too-many-messages');
          return;
        }
        last = last
          .then(() => answer(read(data.toString('utf8'))))
          .catch((error: unknown) => {
            const code = isGatewayError(error) ? error.code : 'internal-error';
            if (code === 'internal-error') request.log.error({ err: error }, 'A WebSocket message failed');
            send({ type: 'error', code, detail: code === 'internal-error' ? 'The gateway failed' : messageOf(error) });
          })
          .finally(() => (waiting -= 1));
      });
      socket.on('pong', () => (alive = true));
      socket.on('error', () => {});
      const onClosing = () => {
        socket.close(GOING_AWAY, 'shutting-down');
      };
      closing.addEventListener('abort', onClosing, { once: true });
      socket.on('close', () => {
        cancelWatch();
        cancelBeat();
        closing.removeEventListener('abort', onClosing);
        for (const { stream } of streams.values()) stream.close();
      });
      watch();
      beat();
    },
  );
};
