import type { GatewayEvent } from '../../src/events/event.ts';
import type { WebhookRequest } from '../../src/events/webhooks/management.ts';
import type { WebhookDisabled } from '../../src/events/webhooks/disable.ts';
import { createWebhooks, type WebhooksOptions } from '../../src/events/webhooks/webhooks.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createMemoryStore } from '../../src/store/open.ts';
import { principal } from './doubles.ts';

/** Who makes the webhooks. */
export const anna = principal('gateway:webhooks read:call');

let sequence = 0;
/** An event of the log. */
export const event = (name: string, call: string | null = null, more: Partial<GatewayEvent> = {}): GatewayEvent => ({
  id: `e-${++sequence}`,
  pbx: 'default',
  at: Date.UTC(2026, 10, 23),
  class: ['call'],
  name,
  ami: null,
  channel: null,
  call,
  queue: null,
  fields: {},
  refs: { channels: [], contexts: [], queues: [], variable: null, owner: null },
  ...more,
});

/** Webhooks on a store in memory, posting to loopback. */
export const setUp = async (options: Partial<WebhooksOptions> = {}) => {
  const store = options.store ?? createMemoryStore();
  const disabled: WebhookDisabled[] = [];
  const webhooks = createWebhooks({
    store,
    clock: systemClock,
    log: silentLog,
    allowNetworks: ['127.0.0.0/8'],
    maySee: () => true,
    onDisabled: (gone) => disabled.push(gone),
    limits: { totalMs: 2_000, connectMs: 1_000 },
    random: () => 0.5,
    ...options,
  });
  await webhooks.start();
  return {
    store,
    webhooks,
    disabled,
    create: (url: string, more: Partial<WebhookRequest> = {}) =>
      webhooks.create(anna, {
        url,
        events: ['call.*'],
        filter: { pbx: null, queue: null, call: null },
        description: null,
        enabled: true,
        ...more,
      }),
    /** As the log does. */
    emit: async (...events: GatewayEvent[]) => {
      const deliveries = webhooks.deliveriesFor(events);
      await store.write({ deliveries });
      webhooks.wake(deliveries);
      return deliveries.map(({ id }) => id);
    },
    log: async (id: string) => (await store.deliveries.list({ webhookId: id, limit: 100 })).items,
  };
};
