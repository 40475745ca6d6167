import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { unavailableError } from './errors.ts';
import { messageOf } from '../lib/errors.ts';
import type { Clock } from '../lib/clock.ts';

export interface AmiAddress {
  host: string;
  port: number;
  tls: boolean;
  /** PEM file of the authority that signed the server's certificate; the system's own where absent. */
  caFile?: string | undefined;
}

/** Connects, verifying the certificate where TLS is asked for. Rejects with `pbx-unavailable`. */
export const openSocket = (address: AmiAddress, timeoutMs: number, clock: Clock): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const where = `${address.host}:${address.port}`;
    const socket = address.tls
      ? connectTls({
          host: address.host,
          port: address.port,
          servername: /^[\d.]+$|:/.test(address.host) ? '' : address.host,
          ...(address.caFile ? { ca: readFileSync(address.caFile) } : {}),
        })
      : connectTcp({ host: address.host, port: address.port });
    const fail = (cause: unknown) => {
      cancel();
      socket.destroy();
      reject(unavailableError(`Cannot connect to Asterisk at ${where}: ${messageOf(cause)}`, cause));
    };
    const cancel = clock.setTimeout(() => {
      fail(new Error(`no connection within ${timeoutMs} ms`));
    }, timeoutMs);
    socket.once('error', fail);
    socket.once(address.tls ? 'secureConnect' : 'connect', () => {
      cancel();
      socket.off('error', fail);
      socket.setNoDelay(true);
      socket.setKeepAlive(true, 10_000);
      resolve(socket);
    });
  });
