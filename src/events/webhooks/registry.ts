import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Store } from '../../store/store.ts';
import type { GatewayEvent } from '../event.ts';
import { fromStored, type Subscription, toStored } from './subscription.ts';

/** Every subscription there is, here and in the store. */
export interface Registry {
  load(): Promise<void>;
  get(id: string): Subscription | undefined;
  list(): Iterable<Subscription>;
  /** Those that may want the event: the ones bound to a call are asked for that call alone. */
  candidates(event: GatewayEvent): Iterable<Subscription>;
  add(subscription: Subscription): Promise<void>;
  /** Changes one after another; undefined where it is gone. */
  change(id: string, change: (now: Subscription) => Subscription): Promise<Subscription | undefined>;
  remove(id: string): Promise<void>;
}

export const createRegistry = (store: Store, log: Log): Registry => {
  const all = new Map<string, Subscription>();
  const unbound = new Set<string>();
  const byCall = new Map<string, Set<string>>();
  const changes = new Map<string, Promise<unknown>>();

  const keep = (subscription: Subscription) => {
    drop(subscription.id);
    const { id, filter } = subscription;
    all.set(id, subscription);
    if (filter.call === null) unbound.add(id);
    else byCall.set(filter.call, (byCall.get(filter.call) ?? new Set()).add(id));
  };
  const drop = (id: string) => {
    const call = all.get(id)?.filter.call ?? null;
    all.delete(id);
    unbound.delete(id);
    if (call === null) return;
    byCall.get(call)?.delete(id);
    if (byCall.get(call)?.size === 0) byCall.delete(call);
  };
  const inOrder = <T>(id: string, act: () => Promise<T>): Promise<T> => {
    const result = (changes.get(id) ?? Promise.resolve()).then(act, act);
    const settled = result
      .catch(() => undefined)
      .then(() => {
        if (changes.get(id) === settled) changes.delete(id);
      });
    changes.set(id, settled);
    return result;
  };

  return {
    async load() {
      for (const row of await store.webhooks.list()) {
        try {
          keep(fromStored(row));
        } catch (error) {
          log.error({ webhookId: row.id, reason: messageOf(error) }, 'A stored webhook is not readable; left alone');
        }
      }
    },
    get: (id) => all.get(id),
    list: () => all.values(),
    *candidates(event) {
      for (const ids of [unbound, event.call === null ? undefined : byCall.get(event.call)]) {
        for (const id of ids ?? []) {
          const subscription = all.get(id);
          if (subscription) yield subscription;
        }
      }
    },
    async add(subscription) {
      await store.webhooks.put(toStored(subscription));
      keep(subscription);
    },
    change: (id, change) =>
      inOrder(id, async () => {
        const now = all.get(id);
        if (!now) return undefined;
        const next = change(now);
        if (next === now) return now;
        await store.webhooks.put(toStored(next));
        keep(next);
        return next;
      }),
    remove: (id) =>
      inOrder(id, async () => {
        await store.webhooks.remove(id);
        drop(id);
      }),
  };
};
