import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { createSqliteStore } from './sqlite/store.ts';
import { openThreadedStore } from './sqlite/threaded.ts';
import type { Store } from './store.ts';

/** A store that ends with the process, in this thread: for little. */
export const createMemoryStore = (): Store => createSqliteStore(':memory:');

/** `sqlite:./data/gateway.db`, `sqlite:///var/lib/gateway.db` or `memory:`, as the configuration has checked. */
export const fileOf = (url: string): string =>
  url === 'memory:' ? ':memory:' : url.replace(/^sqlite:/, '').replace(/^\/\/(?=\/)/, '');

export interface OpenedStore {
  store: Store;
  /** Why it is not the store that was asked for; null where it is. */
  fault: string | null;
}

/** The store of the URL. Where it cannot be opened calls go on without it: memory stands in, and the fault is told. */
export const openStore = async (url: string, log: Log): Promise<OpenedStore> => {
  try {
    return { store: await openThreadedStore(fileOf(url)), fault: null };
  } catch (error) {
    const fault = messageOf(error);
    log.error({ reason: fault }, 'The store cannot be opened; nothing will outlive this process');
    return { store: createMemoryStore(), fault };
  }
};
