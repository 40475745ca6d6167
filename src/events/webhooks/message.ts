import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { type GatewayEvent, publicForm } from '../event.ts';
import type { Subscription } from './subscription.ts';

export const newMessageId = (): string => `msg_${randomBytes(15).toString('base64url')}`;

/** Body of a message, as Standard Webhooks 1.0 has it. */
export const eventMessage = (event: GatewayEvent): string =>
  JSON.stringify({ type: event.name, timestamp: new Date(event.at).toISOString(), data: publicForm(event) });

/** Headers of Standard Webhooks 1.0, signed with every secret that holds. */
export const signedHeaders = (
  { secrets }: Pick<Subscription, 'secrets'>,
  message: { id: string; body: string; at: number },
): Record<string, string> => {
  const at = new Date(message.at);
  const signatures = secrets
    .filter(({ until }) => until === null || until > message.at)
    .map(({ secret }) => new Webhook(secret).sign(message.id, at, message.body));
  return {
    'content-type': 'application/json',
    'user-agent': 'ami-gateway',
    'webhook-id': message.id,
    'webhook-timestamp': String(Math.floor(message.at / 1_000)),
    'webhook-signature': signatures.join(' '),
  };
};
