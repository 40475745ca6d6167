import { z } from 'zod';
import { catalogue, DERIVED } from '../events/catalogue.ts';
import { eventSchema } from './event-schemas.ts';
import { closedMessageSchema, gapMessageSchema, snapshotSchema, socketReplies, socketRequests, webhookHeadersSchema, webhookMessageSchema } from './stream-schemas.ts'; // prettier-ignore

interface Message {
  summary: string;
  payload: z.ZodType;
  headers?: z.ZodType;
}

const STREAM: Record<string, Message> = {
  event: { summary: 'Something happened', payload: eventSchema },
  gap: { summary: 'Events that cannot be given, in their place', payload: gapMessageSchema },
  snapshot: { summary: 'What is there now, where `snapshot=true` was asked for', payload: snapshotSchema },
  closed: { summary: 'The stream is over', payload: closedMessageSchema },
};

const REQUESTS: Record<keyof typeof socketRequests, string> = {
  subscribe: 'Asks for events; at most 16 subscriptions a connection',
  filter: 'Asks a subscription for other events from now on',
  unsubscribe: 'Ends a subscription',
  token: 'Goes on with a newer token of the same subject',
};

const REPLIES: Record<keyof typeof socketReplies, string> = {
  subscribed: 'The subscription holds',
  snapshot: 'What is there now, where it was asked for',
  event: 'Something happened',
  gap: 'Events that cannot be given, in their place',
  filtered: 'The new filter holds',
  unsubscribed: 'The subscription is over',
  token: 'The newer token holds',
  error: 'A message was not understood or is refused; the connection goes on',
};

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const socketMessages = (prefix: string, schemas: Record<string, z.ZodType>, summaries: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, payload]): [string, Message] => [
      `${prefix}${capital(name)}`,
      { summary: summaries[name] ?? name, payload },
    ]),
  );

const SOCKET_REQUESTS = socketMessages('socket', socketRequests, REQUESTS);
const SOCKET_REPLIES = socketMessages('socketReply', socketReplies, REPLIES);
const WEBHOOK: Record<string, Message> = {
  webhook: { summary: 'An event, signed', payload: webhookMessageSchema, headers: webhookHeadersSchema },
};

/** As JSON Schema, with nothing shared: each message reads by itself. */
const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): object => {
  const json = z.toJSONSchema(schema, { target: 'draft-7', io, metadata: z.registry(), reused: 'inline' });
  Reflect.deleteProperty(json, '$schema');
  return json;
};

const toMessages = (messages: Record<string, Message>, io: 'input' | 'output') =>
  Object.fromEntries(
    Object.entries(messages).map(([name, { summary, payload, headers }]) => [
      name,
      {
        name,
        summary,
        contentType: 'application/json',
        ...(headers ? { headers: schemaOf(headers, io) } : {}),
        payload: schemaOf(payload, io),
      },
    ]),
  );

const inChannel = (messages: Record<string, Message>) =>
  Object.fromEntries(Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]));

const ofChannel = (channel: string, messages: Record<string, Message>) =>
  Object.keys(messages).map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` }));

const eventNames = (): string[] =>
  [...new Set([...catalogue().map(({ name }) => name), ...Object.keys(DERIVED)])].sort();

/** AsyncAPI 3.0 of everything the gateway tells by itself, from the schemas it is checked with. */
export const asyncApi = (version: string): object => {
  const operation = (action: 'send' | 'receive', channel: string, summary: string, messages: Record<string, Message>) => ({ action, channel: { $ref: `#/channels/${channel}` }, summary, messages: ofChannel(channel, messages) }); // prettier-ignore
  const security = [{ $ref: '#/components/securitySchemes/bearer' }, { $ref: '#/components/securitySchemes/ticket' }];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'ami-gateway',
      version,
      description: `Events of the PBX: as a stream (SSE), over a WebSocket, and by webhooks. Names: ${eventNames().join(', ')}; \`other.…\` for what Asterisk may tell besides.`,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    defaultContentType: 'application/json',
    servers: {
      gateway: { host: 'localhost:3000', protocol: 'http', security },
      socket: { host: 'localhost:3000', protocol: 'ws', security },
      receiver: { host: '{host}', protocol: 'https', description: 'Where a webhook posts to', variables: { host: { description: 'As given to POST /webhooks' } } }, // prettier-ignore
    },
    channels: {
      events: {
        address: '/events',
        title: 'Server-Sent Events',
        description: 'Each message is the `data` of one event of the stream; its `id` is what Last-Event-ID takes.',
        servers: [{ $ref: '#/servers/gateway' }],
        messages: inChannel(STREAM),
      },
      socket: {
        address: '/events/ws',
        title: 'WebSocket',
        servers: [{ $ref: '#/servers/socket' }],
        messages: inChannel({ ...SOCKET_REQUESTS, ...SOCKET_REPLIES }),
      },
      webhook: {
        address: '/',
        title: 'Webhooks',
        description: 'Standard Webhooks 1.0: at least once, in order for each call, tried for 24 hours.',
        servers: [{ $ref: '#/servers/receiver' }],
        messages: inChannel(WEBHOOK),
      },
    },
    operations: {
      streamEvents: operation('send', 'events', 'Events as they happen', STREAM),
      takeRequests: operation('receive', 'socket', 'What a client asks for', SOCKET_REQUESTS),
      answerRequests: operation('send', 'socket', 'Answers and events', SOCKET_REPLIES),
      postWebhook: operation('send', 'webhook', 'An event, posted', WEBHOOK),
    },
    components: {
      messages: {
        ...toMessages({ ...STREAM, ...SOCKET_REPLIES, ...WEBHOOK }, 'output'),
        ...toMessages(SOCKET_REQUESTS, 'input'),
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        ticket: {
          type: 'httpApiKey',
          in: 'query',
          name: 'ticket',
          description: 'From POST /events/tickets: for one use',
        },
      },
    },
  };
};

/** The `webhooks` section of OpenAPI. */
export const openApiWebhooks = (): Record<string, object> => {
  const event = toMessages(WEBHOOK, 'output')['webhook'];
  return {
    event: {
      post: {
        operationId: 'webhook.event',
        tags: ['Webhooks'],
        summary: 'An event, as your service gets it',
        description:
          'Posted to the URL of each webhook that asks for it, at least once, in order for each call. Check ' +
          '`webhook-signature` with a library of Standard Webhooks 1.0; any 2xx takes it.',
        parameters: Object.entries(webhookHeadersSchema.shape).map(([name, { description }]) => ({
          name,
          in: 'header',
          required: true,
          description,
          schema: { type: 'string' },
        })),
        requestBody: { required: true, content: { 'application/json': { schema: event?.payload } } },
        // It comes from the gateway with no token: its signature is in the headers.
        security: [],
        responses: { '2XX': { description: 'Taken' }, default: { description: 'Not taken: it is tried again' } },
      },
    },
  };
};
