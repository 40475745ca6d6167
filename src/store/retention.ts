import type { CancelTimer, Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from './store.ts';

export interface RetentionOptions {
  store: Store;
  clock: Clock;
  log: Log;
  /** How long events, ended calls and finished deliveries are kept, in milliseconds. */
  eventsMs: number;
  callsMs: number;
  /** Most events kept. */
  maxEvents: number;
}

const LOOK_MS = 2_000;
const STEP_MS = 20;
const STEP = 1_000;
const DAY_MS = 86_400_000;

/** Removes what is past its time, in small steps, so that no request waits for it. Gives what stops it. */
export const startRetention = ({ store, clock, log, eventsMs, callsMs, maxEvents }: RetentionOptions): CancelTimer => {
  let cancel: CancelTimer = () => {};
  let stopped = false;

  const step = async () => {
    const now = clock.now();
    const more = await store
      .prune({
        eventsBefore: now - eventsMs,
        callsBefore: now - callsMs,
        deliveriesBefore: now - callsMs,
        idempotencyBefore: now - DAY_MS,
        tokensBefore: now - DAY_MS,
        maxEvents,
        limit: STEP,
      })
      .catch((error: unknown) => {
        log.warn({ reason: messageOf(error) }, 'The store could not be cleaned up');
        return false;
      });
    if (!stopped) schedule(more ? STEP_MS : LOOK_MS);
  };
  const schedule = (milliseconds: number) => {
    cancel = clock.setTimeout(() => void step(), milliseconds);
  };

  schedule(LOOK_MS);
  return () => {
    stopped = true;
    cancel();
  };
};
