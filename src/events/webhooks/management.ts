import { randomBytes } from 'node:crypto';
import type { Principal } from '../../auth/principal.ts';
import type { Clock } from '../../lib/clock.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { DeliveryStatus, Store, StoredDelivery } from '../../store/store.ts';
import { type AddressRule, parseReceiverUrl } from './addresses.ts';
import { eventMessage, newMessageId, signedHeaders } from './message.ts';
import type { Post, PostResult } from './post.ts';
import type { Registry } from './registry.ts';
import { newSecret, ROTATION_MS, type Subscription } from './subscription.ts';

export interface WebhookRequest {
  url: string;
  events: string[];
  filter: { pbx: string | null; queue: string | null; call: string | null };
  description: string | null;
  enabled: boolean;
  /** Made here where it is absent. */
  secret?: string | undefined;
}

export interface CallbackRequest {
  url: string;
  events: string[];
  secret?: string | undefined;
}

export interface DeliveryPage {
  items: StoredDelivery[];
  nextCursor: string | null;
}

/** What a token's holder does with the webhooks of its subject. What is another's is `no-such-webhook`. */
export interface Management {
  create(principal: Principal, request: WebhookRequest): Promise<{ webhook: Subscription; secret: string }>;
  /** Newest first. */
  list(principal: Principal): Subscription[];
  get(principal: Principal, id: string): Subscription;
  update(principal: Principal, id: string, changes: Partial<Omit<WebhookRequest, 'secret'>>): Promise<Subscription>;
  remove(principal: Principal, id: string): Promise<void>;
  rotateSecret(principal: Principal, id: string): Promise<{ webhook: Subscription; secret: string }>;
  /** Sends `webhook.test` now, whatever is pending. */
  test(principal: Principal, id: string, signal: AbortSignal): Promise<PostResult>;
  deliveries(principal: Principal, id: string, query: { status?: DeliveryStatus | undefined; cursor?: string | undefined; limit: number }): Promise<DeliveryPage>; // prettier-ignore
  /** Puts a finished message, delivered or dead, on its way again. */
  replay(principal: Principal, id: string, deliveryId: string): Promise<StoredDelivery>;
  /** A webhook for one call that is about to be placed; it goes when the call and its messages have ended. */
  bindToCall(principal: Principal, callId: string, request: CallbackRequest): Promise<{ webhookId: string; secret: string }>; // prettier-ignore
  /** The call was not placed. */
  unbind(webhookId: string): Promise<void>;
}

export interface ManagementOptions {
  registry: Registry;
  store: Store;
  clock: Clock;
  rule: AddressRule;
  post: Post;
  remove: (id: string) => Promise<void>;
  wake: (id: string) => void;
  nextOrdinal: () => number;
}

const MAX_WEBHOOKS = 100;

const newId = () => `wh_${randomBytes(12).toString('hex')}`;

export const createManagement = (options: ManagementOptions): Management => {
  const { registry, store, clock, rule, post, remove, wake, nextOrdinal } = options;

  const listOf = ({ sub }: Principal): Subscription[] =>
    [...registry.list()].filter(({ owner }) => owner === sub).sort((a, b) => b.createdAt - a.createdAt);

  const gone = () => new GatewayError('no-such-webhook', 'No such webhook');
  const find = ({ sub }: Principal, id: string): Subscription => {
    const webhook = registry.get(id);
    if (webhook?.owner !== sub) throw gone();
    return webhook;
  };
  const seenBy = ({ jti, scopes, limits, eventFilters }: Principal) => ({ jti, scopes: [...scopes], limits, eventFilters: eventFilters && [...eventFilters] }); // prettier-ignore
  const change = async (principal: Principal, id: string, how: (now: Subscription) => Subscription) => {
    find(principal, id);
    const webhook = await registry.change(id, how);
    if (!webhook) throw gone();
    return webhook;
  };

  const add = async (principal: Principal, request: WebhookRequest, statusCallback: boolean) => {
    parseReceiverUrl(request.url, rule);
    const { secret = newSecret(), ...wanted } = request;
    const webhook: Subscription = {
      ...wanted,
      id: newId(),
      owner: principal.sub,
      createdAt: clock.now(),
      disabledReason: request.enabled ? null : 'by-request',
      failingSince: null,
      secrets: [{ secret, until: null }],
      statusCallback,
      ...seenBy(principal),
    };
    await registry.add(webhook);
    return { webhook, secret };
  };

  return {
    async create(principal, request) {
      if (listOf(principal).filter(({ statusCallback }) => !statusCallback).length >= MAX_WEBHOOKS) {
        throw new GatewayError('too-many-webhooks', `A subject can have ${MAX_WEBHOOKS} webhooks`);
      }
      return add(principal, request, false);
    },
    list: listOf,
    get: find,
    async update(principal, id, changes) {
      // Its owner sees that one call by having placed it, and not by scopes and limits.
      if (find(principal, id).statusCallback)
        throw new GatewayError('invalid-request', 'The webhook of a call cannot be changed');
      if (changes.url !== undefined) parseReceiverUrl(changes.url, rule);
      const webhook = await change(principal, id, (now) => ({
        ...now,
        ...changes,
        ...(changes.enabled === true ? { disabledReason: null, failingSince: null } : {}),
        ...(changes.enabled === false ? { disabledReason: 'by-request' } : {}),
        ...seenBy(principal),
      }));
      wake(id);
      return webhook;
    },
    async remove(principal, id) {
      find(principal, id);
      await remove(id);
    },
    async rotateSecret(principal, id) {
      const secret = newSecret();
      const webhook = await change(principal, id, (now) => ({
        ...now,
        secrets: [
          { secret, until: null },
          ...now.secrets.slice(0, 1).map((old) => ({ ...old, until: clock.now() + ROTATION_MS })),
        ],
      }));
      return { webhook, secret };
    },
    async test(principal, id, signal) {
      const webhook = find(principal, id);
      const at = clock.now();
      const body = eventMessage({
        id: '',
        pbx: webhook.filter.pbx ?? '',
        at,
        class: [],
        name: 'webhook.test',
        ami: null,
        channel: null,
        call: null,
        queue: null,
        fields: { webhookId: id },
        refs: { channels: [], contexts: [], queues: [], variable: null, owner: webhook.owner },
      });
      const headers = signedHeaders(webhook, { id: newMessageId(), body, at });
      return post({ url: webhook.url, headers, body, signal });
    },
    async deliveries(principal, id, query) {
      find(principal, id);
      return store.deliveries.list({ webhookId: id, ...query });
    },
    async replay(principal, id, deliveryId) {
      if (!find(principal, id).enabled) throw new GatewayError('webhook-disabled', 'Enable the webhook first');
      const delivery = await store.deliveries.get(deliveryId);
      if (delivery?.webhookId !== id) throw new GatewayError('no-such-delivery', 'The webhook has no such delivery');
      if (delivery.status === 'pending') throw new GatewayError('delivery-pending', 'The message is still on its way');
      const now = clock.now();
      const again: StoredDelivery = {
        ...delivery,
        ordinal: nextOrdinal(),
        status: 'pending',
        attempts: 0,
        createdAt: now,
        nextAt: now,
        finishedAt: null,
      };
      await store.write({ deliveries: [again] });
      wake(id);
      return again;
    },
    async bindToCall(principal, callId, { url, events, secret: given }) {
      const filter = { pbx: null, queue: null, call: callId };
      const request = { url, events, filter, description: null, enabled: true, secret: given };
      const { webhook, secret } = await add(principal, request, true);
      return { webhookId: webhook.id, secret };
    },
    unbind: remove,
  };
};
