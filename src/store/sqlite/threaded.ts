import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { GatewayError, messageOf } from '../../lib/errors.ts';
import type { Store } from '../store.ts';
import type { Noun, StoreReply, StoreRequest } from './thread.ts';

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** Source and build differ in the ending. */
const script = new URL(`./thread${extname(import.meta.filename)}`, import.meta.url);

const gone = (reason: string): GatewayError =>
  new GatewayError('store-unavailable', `The store cannot be used: ${reason}`, { retryable: true });

/**
 * A store in a thread of its own: SQLite works and waits for the disk synchronously, and the service must not stand
 * still meanwhile. Rejects with `store-unavailable` where it cannot be opened.
 */
export const openThreadedStore = async (file: string): Promise<Store> => {
  const worker = new Worker(script, { workerData: { file } });
  const waiting = new Map<number, Waiting>();
  let ended: GatewayError | null = null;
  let last = 0;

  const end = (reason: string) => {
    ended ??= gone(reason);
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  worker.on('error', (error) => {
    end(messageOf(error));
  });
  worker.on('exit', () => {
    end('its thread has ended');
  });
  worker.on('message', (reply: StoreReply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    // Idle it keeps no process alive.
    if (waiting.size === 0) worker.unref();
    if ('value' in reply) asked?.resolve(reply.value);
    else {
      const { code, message, retryable } = reply.failure;
      asked?.reject(new GatewayError(code, message, { retryable }));
    }
  });

  const expect = (id: number): Promise<unknown> => {
    if (waiting.size === 0) worker.ref();
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  };

  const ask = (noun: StoreRequest['noun'], method: string, values: unknown[]): Promise<unknown> => {
    if (ended) return Promise.reject(ended);
    last += 1;
    const reply = expect(last);
    worker.postMessage({ id: last, noun, method, values } satisfies StoreRequest);
    return reply;
  };

  const methodsOf = (noun: StoreRequest['noun']): object =>
    new Proxy({}, { get: (_none, method) => (...values: unknown[]) => ask(noun, String(method), values) }); // prettier-ignore
  const part = <N extends Noun>(noun: N) => methodsOf(noun) as Store[N];
  const whole = methodsOf(null) as Pick<Store, 'write' | 'prune' | 'close'>;

  const kind = await expect(0).catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  return {
    kind: String(kind),
    write: whole.write,
    events: part('events'),
    calls: part('calls'),
    webhooks: part('webhooks'),
    deliveries: part('deliveries'),
    idempotency: part('idempotency'),
    tokens: part('tokens'),
    audit: part('audit'),
    prune: whole.prune,
    async close() {
      await whole.close();
      await worker.terminate();
    },
  };
};
