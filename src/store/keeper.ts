import { messageOf } from '../lib/errors.ts';
import { type Log, withoutRepeats } from '../lib/log.ts';
import type { Store, WriteBatch } from './store.ts';

export interface StoreHealth {
  status: 'ok' | 'failing';
  kind: string;
  /** What could not be kept since the start. */
  lost: { events: number; calls: number; deliveries: number };
  lastError: string | null;
}

export interface Keeper {
  /** As the store's, but never rejects: what cannot be kept is counted, and calls go on. False where it was not. */
  write(batch: WriteBatch): Promise<boolean>;
  /** So many events were not given to it, as the store cannot follow. */
  lose(events: number): void;
  health(): StoreHealth;
}

/** Keeps what happens, as far as the store can. */
export const createKeeper = (options: { store: Store; log: Log; now: () => number; fault?: string | null }): Keeper => {
  const { store, now, fault = null } = options;
  const log = withoutRepeats(options.log, now);
  const lost = { events: 0, calls: 0, deliveries: 0 };
  let failing = fault !== null;
  let lastError = fault;

  return {
    async write(batch) {
      try {
        await store.write(batch);
        failing = fault !== null;
        return true;
      } catch (error) {
        failing = true;
        lastError = messageOf(error);
        lost.events += batch.events?.length ?? 0;
        lost.calls += batch.calls?.length ?? 0;
        lost.deliveries += batch.deliveries?.length ?? 0;
        log.error({ reason: lastError }, 'Events and calls could not be kept');
        return false;
      }
    },
    lose(events) {
      lost.events += events;
      lastError = 'Events come faster than the store can keep them';
      log.error({ reason: lastError }, 'Events could not be kept');
    },
    health: () => ({ status: failing ? 'failing' : 'ok', kind: store.kind, lost: { ...lost }, lastError }),
  };
};
