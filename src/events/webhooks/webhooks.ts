import type { Principal } from '../../auth/principal.ts';
import type { CancelTimer, Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Store, StoredDelivery } from '../../store/store.ts';
import type { GatewayEvent } from '../event.ts';
import { createAddressRule } from './addresses.ts';
import { createAttempt } from './attempt.ts';
import { createDisable, type WebhookDisabled } from './disable.ts';
import { createLane, type Lane } from './lane.ts';
import { createManagement, type Management } from './management.ts';
import { createPost, type PostLimits, type Resolve, systemResolve } from './post.ts';
import { createRegistry } from './registry.ts';
import { eventMessage, newMessageId } from './message.ts';
import { principalOf, type Subscription, wants } from './subscription.ts';

export interface WebhooksOptions {
  store: Store;
  clock: Clock;
  log: Log;
  /** Networks besides the public ones that may be posted to: `10.0.0.0/8`. */
  allowNetworks: readonly string[];
  maySee: (principal: Principal, event: GatewayEvent) => boolean;
  onDisabled: (event: WebhookDisabled) => void;
  resolve?: Resolve;
  limits?: Partial<PostLimits>;
  disableAfterMs?: number;
  random?: () => number;
}

export interface Webhooks extends Management {
  /** Loads the subscriptions, and goes on with what is pending. */
  start(): Promise<void>;
  /** Messages to be stored together with these events, which have their ids. */
  deliveriesFor(events: readonly GatewayEvent[]): StoredDelivery[];
  /** What deliveriesFor gave is stored now. */
  wake(deliveries: readonly StoredDelivery[]): void;
  /** A token was revoked: nothing goes on in its name. Rejects where that could not be stored. */
  disown(jti: string): Promise<void>;
  /** Gives what is under way a little time; the rest stays pending. */
  close(): Promise<void>;
}

const DAY_MS = 24 * 3_600_000;
const CLOSE_MS = 3_000;
const LOOK_AFTER_END_MS = 5_000;

export const createWebhooks = (options: WebhooksOptions): Webhooks => {
  const { store, clock, log, maySee } = options;
  const closing = new AbortController();
  const rule = createAddressRule(options.allowNetworks);
  const limits = { totalMs: 10_000, connectMs: 5_000, ...options.limits };
  const post = createPost(rule, options.resolve ?? systemResolve, limits);
  const registry = createRegistry(store, log);
  const lanes = new Map<string, Lane>();
  /** Webhooks whose call has ended, each with the timer that looks whether its messages are out. */
  const ended = new Map<string, CancelTimer>();
  const principals = new WeakMap<Subscription, Principal>();
  let ordinal = 0;

  const disable = createDisable({ registry, clock, onDisabled: options.onDisabled });
  const attempt = createAttempt({
    store,
    clock,
    registry,
    post,
    disableAfterMs: options.disableAfterMs ?? DAY_MS,
    disable,
    random: options.random ?? Math.random,
    signal: closing.signal,
  });

  const stopLane = async (id: string): Promise<void> => {
    const lane = lanes.get(id);
    lanes.delete(id);
    await lane?.close();
  };
  const remove = async (id: string): Promise<void> => {
    await registry.remove(id);
    ended.get(id)?.();
    ended.delete(id);
    void stopLane(id);
  };
  // The end of the call is stored together with its messages: before that, none pending does not mean none to come.
  const isOver = async ({ id, enabled, filter }: Subscription): Promise<boolean> => {
    const call = await store.calls.get(filter.call ?? '');
    return call?.endedAt != null && (!enabled || (await store.deliveries.countPending(id)) === 0);
  };
  const removeIfOver = (id: string) => {
    const subscription = registry.get(id);
    if (!subscription || !ended.has(id)) return;
    const act = async () => {
      if (await isOver(subscription)) await remove(id);
    };
    act().catch((error: unknown) => {
      log.warn({ webhookId: id, reason: messageOf(error) }, 'The webhook of an ended call could not be removed');
    });
  };
  const wakeLane = (id: string) => {
    if (closing.signal.aborted) return;
    let lane = lanes.get(id);
    if (!lane) {
      const onIdle = () => {
        lanes.delete(id);
        removeIfOver(id);
      };
      const active = () => registry.get(id)?.enabled === true;
      lane = createLane({ webhookId: id, store, clock, log, attempt, active, onIdle });
      lanes.set(id, lane);
    }
    lane.wake();
  };

  // Whoever does not ask for call.ended has no message then that would wake the lane.
  const noteEnd = (id: string) => {
    ended.get(id)?.();
    const look = () => {
      wakeLane(id);
    };
    ended.set(id, clock.setTimeout(look, LOOK_AFTER_END_MS));
  };

  const principalFor = (subscription: Subscription): Principal => {
    const known = principals.get(subscription) ?? principalOf(subscription);
    principals.set(subscription, known);
    return known;
  };
  const sees = (subscription: Subscription, event: GatewayEvent): boolean =>
    // Whoever placed a call sees its life, as GET /calls/{id} shows it.
    (subscription.statusCallback && event.name.startsWith('call.')) || maySee(principalFor(subscription), event);

  return {
    ...createManagement({ registry, store, clock, rule, post, remove, wake: wakeLane, nextOrdinal: () => ++ordinal }),
    async start() {
      ordinal = await store.deliveries.lastOrdinal();
      await registry.load();
      for (const { id, statusCallback, filter } of [...registry.list()]) {
        if (statusCallback && filter.call !== null) {
          const call = await store.calls.get(filter.call);
          // Placed, perhaps, but never stored: nothing will be heard of it.
          if (!call && (await store.deliveries.countPending(id)) === 0) await remove(id);
          if (call?.endedAt != null) noteEnd(id);
        }
        wakeLane(id);
      }
    },
    deliveriesFor(events) {
      const deliveries: StoredDelivery[] = [];
      for (const event of events) {
        let payload: string | undefined;
        for (const subscription of registry.candidates(event)) {
          const { id: webhookId, statusCallback, enabled } = subscription;
          if (statusCallback && event.name === 'call.ended') noteEnd(webhookId);
          if (!enabled || !wants(subscription, event) || !sees(subscription, event)) continue;
          payload ??= eventMessage(event);
          const id = newMessageId();
          const now = clock.now();
          deliveries.push({
            id,
            webhookId,
            orderKey: event.call ?? id,
            ordinal: ++ordinal,
            name: event.name,
            payload,
            status: 'pending',
            attempts: 0,
            createdAt: now,
            nextAt: now,
            finishedAt: null,
            lastStatus: null,
            lastError: null,
          });
        }
      }
      return deliveries;
    },
    wake(deliveries) {
      for (const id of new Set(deliveries.map(({ webhookId }) => webhookId))) wakeLane(id);
    },
    async disown(jti) {
      const made = [...registry.list()].filter((subscription) => subscription.jti === jti);
      await Promise.all(made.map(({ id }) => disable(id, 'token-revoked')));
    },
    async close() {
      for (const cancel of ended.values()) cancel();
      const cut = setTimeout(() => {
        closing.abort();
      }, CLOSE_MS);
      await Promise.all([...lanes.keys()].map(stopLane));
      clearTimeout(cut);
      closing.abort();
    },
  };
};
