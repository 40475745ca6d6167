import { parentPort, workerData } from 'node:worker_threads';
import { isGatewayError, messageOf } from '../../lib/errors.ts';
import type { Store } from '../store.ts';
import { createSqliteStore } from './store.ts';

// The whole of a thread, as threaded.ts starts it.

/** Parts of the store that have methods of their own. */
export type Noun = Exclude<keyof Store, 'kind' | 'write' | 'prune' | 'close'>;

export interface StoreRequest {
  id: number;
  noun: Noun | null;
  method: string;
  values: unknown[];
}

export interface StoreFailure {
  code: string;
  message: string;
  retryable: boolean;
}

/** The first has the id 0: the store is open, and of this kind, or cannot be opened. */
export type StoreReply = { id: number; value: unknown } | { id: number; failure: StoreFailure };

const failureOf = (error: unknown): StoreFailure => ({
  code: isGatewayError(error) ? error.code : 'internal-error',
  message: messageOf(error),
  retryable: isGatewayError(error) && error.retryable,
});

const reply = (message: StoreReply): void => parentPort?.postMessage(message);

type Methods = Record<string, (...values: unknown[]) => Promise<unknown>>;

const serve = (store: Store): void => {
  // SQLite is synchronous: each request is over before the next is looked at.
  parentPort?.on('message', ({ id, noun, method, values }: StoreRequest) => {
    const methods = (noun === null ? store : store[noun]) as unknown as Methods;
    methods[method]?.(...values).then(
      (value) => {
        reply({ id, value });
      },
      (error: unknown) => {
        reply({ id, failure: failureOf(error) });
      },
    );
  });
  reply({ id: 0, value: store.kind });
};

try {
  serve(createSqliteStore((workerData as { file: string }).file));
} catch (error) {
  reply({ id: 0, failure: failureOf(error) });
}
