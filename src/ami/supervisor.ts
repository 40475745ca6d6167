import { backoffDelay } from '../lib/backoff.ts';
import type { CancelTimer, Clock } from '../lib/clock.ts';
import { type GatewayError, isGatewayError, messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Connection } from './connection.ts';

export interface SupervisorOptions {
  /** Opens a connection; `onClose` is to be told when it is lost. */
  open: (onClose: (error: GatewayError) => void) => Promise<Connection>;
  onUp: (connection: Connection) => void;
  onDown: (error: GatewayError) => void;
  clock: Clock;
  log: Log;
}

export interface Supervisor {
  /** The connection, where there is one. */
  readonly connection: Connection | undefined;
  /** Times it was lost after having been up. */
  readonly losses: number;
  readonly lastError: string | null;
  /** Cuts a waiting time short: another connection to the same server has just succeeded. */
  retryNow(): void;
  close(): Promise<void>;
  destroy(error: GatewayError): void;
}

// A closed port costs nothing to try and must be noticed within seconds of Asterisk being back; a server that takes
// connections and does not serve them is given longer; a refused login is never hammered.
const maxDelayMs = (error: unknown): number => {
  if (isGatewayError(error, 'ami-login-refused')) return 30_000;
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
  return cause?.code === 'ECONNREFUSED' ? 2_000 : 10_000;
};

/** Keeps one connection up: opens it, watches it, opens it again with a growing, jittered delay. */
export const superviseConnection = (options: SupervisorOptions): Supervisor => {
  const { clock, log } = options;
  let connection: Connection | undefined;
  let closed = false;
  let attempt = 0;
  let losses = 0;
  let lastError: string | null = null;
  let cancelWait: CancelTimer | undefined;
  let opening: Promise<void> | undefined;

  const failed = (error: unknown) => {
    const refused = isGatewayError(error, 'ami-login-refused');
    const text = messageOf(error);
    // Said once a change, not once a try.
    if (text !== lastError) log[refused ? 'error' : 'warn']({ reason: text }, 'No AMI connection');
    lastError = text;
    const maxMs = maxDelayMs(error);
    const delay = refused
      ? 5_000 + backoffDelay(attempt, { baseMs: 5_000, maxMs })
      : backoffDelay(attempt, { baseMs: 250, maxMs });
    attempt += 1;
    wait(delay);
  };

  const wait = (delay: number) => {
    if (closed) return;
    cancelWait = clock.setTimeout(() => {
      cancelWait = undefined;
      start();
    }, delay);
  };

  const start = () => {
    if (closed || opening) return;
    opening = options
      .open((error) => {
        if (!connection) return;
        connection = undefined;
        if (closed) return;
        losses += 1;
        lastError = error.message;
        options.onDown(error);
        attempt = 0;
        wait(backoffDelay(0, { baseMs: 250, maxMs: 250 }));
      })
      .then(
        (opened) => {
          opening = undefined;
          if (closed) {
            void opened.close();
            return;
          }
          attempt = 0;
          lastError = null;
          connection = opened;
          options.onUp(opened);
        },
        (error: unknown) => {
          opening = undefined;
          failed(error);
        },
      );
  };

  start();

  return {
    get connection() {
      return connection;
    },
    get losses() {
      return losses;
    },
    get lastError() {
      return lastError;
    },
    retryNow() {
      if (!cancelWait) return;
      cancelWait();
      cancelWait = undefined;
      start();
    },
    async close() {
      closed = true;
      cancelWait?.();
      await opening;
      await connection?.close();
    },
    destroy(error) {
      closed = true;
      cancelWait?.();
      connection?.destroy(error);
    },
  };
};
