import type { Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Store, StoredDelivery } from '../../store/store.ts';

/** The messages of one webhook on their way. What waits is in the store; no more than a few are held here. */
export interface Lane {
  /** Something may be due. */
  wake(): void;
  /** Starts nothing more; resolves when nothing runs. */
  close(): Promise<void>;
}

export interface LaneOptions {
  webhookId: string;
  store: Store;
  clock: Clock;
  log: Log;
  /** Rejects where the outcome could not be stored. */
  attempt: (delivery: StoredDelivery) => Promise<void>;
  /** False where the webhook is disabled or gone. */
  active: () => boolean;
  /** Nothing is under way, and nothing is pending or may be sent. */
  onIdle: () => void;
}

const CONCURRENCY = 4;
const STORE_FAILED_MS = 5_000;
const LOOK_AGAIN_MS = 1_000;

export const createLane = ({ webhookId, store, clock, log, attempt, active, onIdle }: LaneOptions): Lane => {
  const running = new Map<string, Promise<void>>();
  let cancelTimer = () => {};
  let closed = false;
  let looking: Promise<void> | undefined;
  let lookAgain = false;

  const later = (milliseconds: number) => {
    cancelTimer();
    if (!closed) cancelTimer = clock.setTimeout(wake, milliseconds);
  };
  const storeFailed = (error: unknown) => {
    log.warn({ webhookId, reason: messageOf(error) }, 'Deliveries of a webhook wait for the store');
    later(STORE_FAILED_MS);
  };

  const run = (delivery: StoredDelivery) => {
    const settled = attempt(delivery).then(
      () => {
        running.delete(delivery.orderKey);
        wake();
      },
      (error: unknown) => {
        running.delete(delivery.orderKey);
        storeFailed(error);
      },
    );
    running.set(delivery.orderKey, settled);
  };

  const look = async (): Promise<void> => {
    if (!active()) {
      if (running.size === 0) onIdle();
      return;
    }
    if (running.size >= CONCURRENCY) return;
    // A message that ends while the store is asked may still be in the answer: it must not be sent once more.
    const busy = new Set(running.keys());
    const now = clock.now();
    const due = await store.deliveries.due({ webhookId, now, limit: CONCURRENCY + busy.size });
    for (const delivery of due) {
      if (closed || running.size >= CONCURRENCY) return;
      if (!busy.has(delivery.orderKey)) run(delivery);
    }
    if (running.size >= CONCURRENCY) return;
    const next = await store.deliveries.nextAt(webhookId);
    if (next !== undefined) later(next > clock.now() ? next - clock.now() : LOOK_AGAIN_MS);
    else if (running.size === 0 && !lookAgain) onIdle();
  };

  const wake = (): void => {
    if (closed) return;
    lookAgain = true;
    looking ??= (async () => {
      while (lookAgain) {
        lookAgain = false;
        cancelTimer();
        await look().catch(storeFailed);
      }
      looking = undefined;
    })();
  };

  return {
    wake,
    async close() {
      closed = true;
      cancelTimer();
      await looking;
      await Promise.all(running.values());
    },
  };
};
