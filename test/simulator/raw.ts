import { connect, type Socket } from 'node:net';
import { expect } from 'vitest';
import { eventually } from '../helpers/asterisk.ts';

export interface Raw {
  socket: Socket;
  text: () => string;
  bytes: () => number;
  chunks: () => number;
  closed: () => boolean;
  send(action: string, id: string, more?: string): void;
  /** Everything received, once it holds the text. */
  until(text: string, ms?: number): Promise<string>;
  gone(ms?: number): Promise<void>;
}

/** A socket to an AMI server, and all it hears. */
export const openRaw = (port: number): Raw => {
  const socket = connect(port, '127.0.0.1');
  const received: Buffer[] = [];
  let closed = false;
  const text = () => Buffer.concat(received).toString('latin1');
  socket.on('data', (chunk) => received.push(chunk));
  socket.on('error', () => {}).on('close', () => (closed = true));
  const raw: Raw = {
    socket,
    text,
    bytes: () => received.reduce((sum, { length }) => sum + length, 0),
    chunks: () => received.length,
    closed: () => closed,
    send: (action, id, more = '') => socket.write(`Action: ${action}\r\nActionID: ${id}\r\n${more}\r\n`),
    until: (wanted, ms) =>
      eventually(() => {
        expect(text()).toContain(wanted);
        return text();
      }, ms),
    gone: (ms) =>
      eventually(() => {
        expect(closed).toBe(true);
      }, ms),
  };
  return raw;
};
