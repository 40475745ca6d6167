import type { Server, Socket } from 'node:net';
import { createServer } from 'node:tls';

export interface TlsOptions {
  /** PEM. */
  cert: string;
  key: string;
  /** 0 for any free one. */
  port?: number | undefined;
}

/** The same AMI behind TLS, as `tlsenable` of manager.conf gives it. */
export const createTlsListener = ({ cert, key }: TlsOptions, accept: (socket: Socket) => void): Server =>
  createServer({ cert, key }, accept).on('tlsClientError', (_error, socket) => socket.destroy());
