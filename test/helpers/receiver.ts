import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll } from 'vitest';

export interface Received {
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** Connections opened, whatever came over them. */
  connections(): number;
  /** Ids of what was received, in its order. */
  ids(): string[];
  close(): Promise<void>;
}

export type Behaviour = (response: ServerResponse, request: IncomingMessage, count: number) => void;

/** A real HTTP server on loopback that does as told; says 204 by default. Gone after the last test. */
export const startReceiver = async (behave: Behaviour = (response) => response.writeHead(204).end()) => {
  const received: Received[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      received.push({ path: request.url ?? '', headers, body: Buffer.concat(chunks).toString() });
      behave(response, request, received.length);
    });
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    connections: () => connections,
    ids: () => received.map(({ headers }) => headers['webhook-id'] ?? ''),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  afterAll(() => receiver.close());
  return receiver;
};

/** The message where the signature holds; throws otherwise. */
export const verified = (secret: string, { body, headers }: Received) =>
  new Webhook(secret).verify(body, headers) as { type: string; timestamp: string; data: Record<string, unknown> };
