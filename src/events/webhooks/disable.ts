import type { Clock } from '../../lib/clock.ts';
import type { GatewayEvent } from '../event.ts';
import type { Registry } from './registry.ts';
import type { DisabledReason } from './subscription.ts';

/** What the log makes an event of, on whichever server's stream it likes. */
export type WebhookDisabled = Omit<GatewayEvent, 'id' | 'pbx'>;

/** Does nothing where it is disabled or gone. */
export type Disable = (id: string, reason: DisabledReason) => Promise<void>;

export interface DisableOptions {
  registry: Registry;
  clock: Clock;
  onDisabled: (event: WebhookDisabled) => void;
}

export const createDisable =
  ({ registry, clock, onDisabled }: DisableOptions): Disable =>
  async (id, disabledReason) => {
    const at = clock.now();
    const before = { enabled: false };
    const next = await registry.change(id, (now) => {
      before.enabled = now.enabled;
      return now.enabled ? { ...now, enabled: false, disabledReason } : now;
    });
    if (!next || !before.enabled) return;
    onDisabled({
      at,
      class: ['system'],
      name: 'webhook.disabled',
      ami: null,
      channel: null,
      call: null,
      queue: null,
      fields: {
        webhookId: id,
        reason: disabledReason,
        failingSince: next.failingSince === null ? null : new Date(next.failingSince).toISOString(),
      },
      refs: { channels: [], contexts: [], queues: [], variable: null, owner: next.owner },
    });
  };
