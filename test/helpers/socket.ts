import { afterEach } from 'vitest';
import WebSocket from 'ws';
import { eventually } from './asterisk.ts';

export type SocketMessage = Record<string, unknown> & { type: string };

export interface EventSocket {
  messages: SocketMessage[];
  say(message: object | string): void;
  until(look: (message: SocketMessage) => boolean): Promise<SocketMessage>;
  closed: Promise<{ code: number; reason: string }>;
}

const open: WebSocket[] = [];

afterEach(() => {
  for (const socket of open.splice(0)) socket.terminate();
});

/** A connection to /events/ws; gone after the test. */
export const connectSocket = async (url: string, token: string | null, query = ''): Promise<EventSocket> => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/events/ws${query}`, {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
  });
  open.push(socket);
  const messages: SocketMessage[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as SocketMessage));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString() });
    });
  });
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return {
    messages,
    closed,
    say: (message) => {
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    },
    until: (look) =>
      eventually(() => {
        const found = messages.find(look);
        if (!found) throw new Error(`Not among ${JSON.stringify(messages).slice(0, 500)}`);
        return found;
      }),
  };
};
