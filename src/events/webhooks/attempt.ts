import type { Clock } from '../../lib/clock.ts';
import type { Store, StoredDelivery } from '../../store/store.ts';
import type { Disable } from './disable.ts';
import { signedHeaders } from './message.ts';
import type { Post, PostResult } from './post.ts';
import type { Registry } from './registry.ts';
import { nextAttemptAt } from './retry.ts';
import type { Subscription } from './subscription.ts';

export interface AttemptOptions {
  store: Store;
  clock: Clock;
  registry: Registry;
  post: Post;
  /** Without a success for this long, a webhook is disabled. */
  disableAfterMs: number;
  disable: Disable;
  random: () => number;
  signal: AbortSignal;
}

const GONE = 410;
const MAX_ERROR = 300;

/** Sends a message once and stores what became of it. Rejects where that could not be stored. */
export const createAttempt = (options: AttemptOptions) => {
  const { store, clock, registry, post, disableAfterMs, disable, random, signal } = options;

  const outcomeOf = (delivery: StoredDelivery, { status, error, retryAfterMs }: PostResult): StoredDelivery => {
    const now = clock.now();
    const attempts = delivery.attempts + 1;
    const tried = { ...delivery, attempts, lastStatus: status, lastError: error?.slice(0, MAX_ERROR) ?? null };
    if (error === null) return { ...tried, status: 'delivered', finishedAt: now };
    const nextAt =
      status === GONE
        ? undefined
        : nextAttemptAt({ attempts, createdAt: delivery.createdAt, now, retryAfterMs, random });
    return nextAt === undefined ? { ...tried, status: 'dead', finishedAt: now } : { ...tried, nextAt };
  };

  const noteHealth = async (subscription: Subscription, { status, error }: PostResult, startedAt: number) => {
    const { id } = subscription;
    if (error === null) {
      await registry.change(id, (now) => (now.failingSince === null ? now : { ...now, failingSince: null }));
      return;
    }
    const next = await registry.change(id, (now) =>
      now.failingSince === null ? { ...now, failingSince: startedAt } : now,
    );
    if (status === GONE) await disable(id, 'gone');
    else if (next?.failingSince != null && clock.now() - next.failingSince >= disableAfterMs) await disable(id, 'failing'); // prettier-ignore
  };

  return async (delivery: StoredDelivery): Promise<void> => {
    const subscription = registry.get(delivery.webhookId);
    if (!subscription?.enabled) return;
    const at = clock.now();
    const headers = signedHeaders(subscription, { id: delivery.id, body: delivery.payload, at });
    const result = await post({ url: subscription.url, headers, body: delivery.payload, signal });
    // A shutdown says nothing about the receiver, and what was removed must not come back.
    if ((result.error !== null && signal.aborted) || !registry.get(subscription.id)) return;
    await store.write({ deliveries: [outcomeOf(delivery, result)] });
    await noteHealth(subscription, result, at);
  };
};
