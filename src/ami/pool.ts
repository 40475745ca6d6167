import type { CancelTimer, Clock } from '../lib/clock.ts';
import { GatewayError, isGatewayError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Connection } from './connection.ts';
import { unavailableError } from './errors.ts';
import { type Supervisor, superviseConnection } from './supervisor.ts';
import type { Action, Reply, Sender, SendOptions } from './types.ts';

export interface PoolOptions {
  /** Connections for ordinary actions; one more is kept for slow ones. */
  size: number;
  /** Most actions sent and unanswered on one connection. */
  maxInFlight: number;
  /** Most actions that wait for a connection. */
  maxQueue: number;
  timeoutMs: number;
  slowTimeoutMs: number;
  open: (handlers: { onClose: (error: GatewayError) => void; onProgress: () => void }) => Promise<Connection>;
  /** The first connection came up after there was none; `onDown` is its reverse. */
  onUp?: () => void;
  onDown?: () => void;
  /** Told how each action ended, by `ok` or an error's code, and how many seconds it took. */
  onOutcome?: ((action: string, outcome: string, seconds: number) => void) | undefined;
  clock: Clock;
  log: Log;
}

export interface PoolFigures {
  size: number;
  open: number;
  inFlight: number;
  queued: number;
  reconnects: number;
}

export interface Pool extends Sender {
  readonly figures: PoolFigures;
  readonly lastError: string | null;
  retryNow(): void;
  close(): Promise<void>;
  destroy(): void;
}

interface Waiting {
  action: Action;
  options: SendOptions;
  resolve: (reply: Reply) => void;
  reject: (error: unknown) => void;
  cancelTimer: CancelTimer;
}

/** Spreads actions over connections to one server: least busy first, slow ones on a lane of their own. */
export const createPool = (options: PoolOptions): Pool => {
  const { clock, log, maxInFlight } = options;
  const queue: Waiting[] = [];
  let closing = false;
  let up = false;

  const superviseLane = (): Supervisor =>
    superviseConnection({
      open: (onClose) => options.open({ onClose, onProgress: drain }),
      onUp: () => {
        for (const lane of all) lane.retryNow();
        if (!up) {
          up = true;
          options.onUp?.();
        }
        drain();
      },
      onDown: (error) => {
        log.warn({ reason: error.message }, 'AMI connection lost');
        if (up && !all.some(isOpen)) {
          up = false;
          failQueue(unavailableError('Asterisk is not connected', error));
          options.onDown?.();
        }
      },
      clock,
      log,
    });

  const failQueue = (error: GatewayError) => {
    for (const waiting of queue.splice(0)) {
      waiting.cancelTimer();
      waiting.reject(error);
    }
  };

  const isOpen = (lane: Supervisor) => lane.connection !== undefined;

  const leastBusy = (): Connection | undefined => {
    let best: Connection | undefined;
    for (const { connection } of lanes) {
      if (!connection?.usable || connection.inFlight >= maxInFlight) continue;
      // A packet is about to leave anyway.
      if (connection.flushing) return connection;
      if (!best || connection.inFlight < best.inFlight) best = connection;
    }
    return best;
  };

  const drain = () => {
    while (queue.length > 0) {
      const connection = leastBusy();
      if (!connection) return;
      const waiting = queue.shift() as Waiting;
      waiting.cancelTimer();
      if (waiting.options.signal?.aborted) waiting.reject(waiting.options.signal.reason);
      else connection.send(waiting.action, waiting.options).then(waiting.resolve, waiting.reject);
    }
  };

  const enqueue = (action: Action, sendOptions: SendOptions): Promise<Reply> => {
    if (queue.length >= options.maxQueue) {
      throw new GatewayError('pool-saturated', `${queue.length} actions already wait for Asterisk`, {
        retryable: true,
      });
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        action,
        options: sendOptions,
        resolve,
        reject,
        cancelTimer: clock.setTimeout(() => {
          queue.splice(queue.indexOf(waiting), 1);
          reject(
            new GatewayError('pool-saturated', 'No connection to Asterisk became free in time', { retryable: true }),
          );
        }, sendOptions.timeoutMs ?? options.timeoutMs),
      };
      queue.push(waiting);
    });
  };

  const dispatch = (action: Action, sendOptions: SendOptions): Promise<Reply> => {
    if (action.declaration.slow) {
      const { connection } = slowLane;
      if (!connection?.usable) throw unavailableError('The connection for slow actions is not open');
      if (connection.inFlight >= maxInFlight) {
        throw new GatewayError('pool-saturated', 'Too many slow actions wait for Asterisk', { retryable: true });
      }
      return connection.send(action, { timeoutMs: options.slowTimeoutMs, ...sendOptions });
    }
    const connection = leastBusy();
    return connection ? connection.send(action, sendOptions) : enqueue(action, sendOptions);
  };

  const refuseWhenDown = (cause?: unknown) => {
    if (closing) throw unavailableError('The gateway is shutting down', cause);
    if (!up) throw unavailableError('Asterisk is not connected', cause);
  };

  /** Nothing was changed by a read, so it may be asked once more elsewhere; a write never is. */
  const dispatchAgain = async (action: Action, sendOptions: SendOptions, error: unknown): Promise<Reply> => {
    if (!isGatewayError(error, 'connection-lost')) throw error;
    refuseWhenDown(error);
    try {
      return await dispatch(action, sendOptions);
    } catch (again) {
      throw isGatewayError(again, 'connection-lost') ? unavailableError('Asterisk is not connected', again) : again;
    }
  };

  const lanes = Array.from({ length: options.size }, superviseLane);
  const slowLane = superviseLane();
  const all = [...lanes, slowLane];

  return {
    async send(action, sendOptions = {}) {
      const started = clock.monotonic();
      let outcome = 'ok';
      try {
        refuseWhenDown();
        try {
          return await dispatch(action, sendOptions);
        } catch (error) {
          return await dispatchAgain(action, sendOptions, error);
        }
      } catch (error) {
        outcome = isGatewayError(error) ? error.code : 'internal-error';
        throw error;
      } finally {
        options.onOutcome?.(action.declaration.name, outcome, (clock.monotonic() - started) / 1_000);
      }
    },
    get figures() {
      const connections = all.flatMap(({ connection }) => connection ?? []);
      return {
        size: all.length,
        open: connections.length,
        inFlight: connections.reduce((sum, { inFlight }) => sum + inFlight, 0),
        queued: queue.length,
        reconnects: all.reduce((sum, { losses }) => sum + losses, 0),
      };
    },
    get lastError() {
      return all.find(({ lastError }) => lastError !== null)?.lastError ?? null;
    },
    retryNow() {
      for (const lane of all) lane.retryNow();
    },
    async close() {
      closing = true;
      await Promise.all(all.map((lane) => lane.close()));
    },
    destroy() {
      closing = true;
      failQueue(unavailableError('The gateway is shutting down'));
      for (const lane of all) lane.destroy(unavailableError('The gateway is shutting down'));
    },
  };
};
