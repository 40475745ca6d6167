import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { limitsSchema } from '../../auth/limits.ts';
import { eventFilterSchema } from '../../auth/manager-conf/event-filters.ts';
import type { Principal } from '../../auth/principal.ts';
import { isScope } from '../../auth/scopes.ts';
import { matchesAnyGlob } from '../../lib/glob.ts';
import type { StoredWebhook } from '../../store/store.ts';
import type { GatewayEvent } from '../event.ts';

export const DISABLED_REASONS = ['by-request', 'failing', 'gone', 'token-revoked'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

const bodySchema = z.object({
  url: z.string(),
  /** Patterns of event names. */
  events: z.array(z.string()),
  filter: z.object({ pbx: z.string().nullable(), queue: z.string().nullable(), call: z.string().nullable() }),
  description: z.string().nullable(),
  enabled: z.boolean(),
  disabledReason: z.enum(DISABLED_REASONS).nullable(),
  /** Since when no delivery has succeeded while one was tried; null while all is well. */
  failingSince: z.number().nullable(),
  /** Newest first. The one before it holds until `until`. */
  secrets: z.array(z.object({ secret: z.string(), until: z.number().nullable() })),
  /** Made with a call, and gone when that call's messages are. */
  statusCallback: z.boolean(),
  /** Of the token that made or last changed it: what it may see. */
  jti: z.string(),
  scopes: z.array(z.string()),
  limits: limitsSchema,
  eventFilters: z.array(eventFilterSchema).optional(),
});

export interface Subscription extends z.output<typeof bodySchema> {
  readonly id: string;
  /** Subject of the token. */
  readonly owner: string;
  readonly createdAt: number;
}

/** For how long the old secret signs too, after a new one was made. */
export const ROTATION_MS = 24 * 3_600_000;

export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

export const toStored = ({ id, owner, createdAt, ...body }: Subscription): StoredWebhook => ({
  id,
  owner,
  createdAt,
  body: JSON.stringify(body),
});

/** Throws where the row is none of ours. */
export const fromStored = ({ id, owner, createdAt, body }: StoredWebhook): Subscription => ({
  id,
  owner,
  createdAt,
  ...bodySchema.parse(JSON.parse(body)),
});

export const principalOf = ({ owner, jti, scopes, limits, eventFilters }: Subscription): Principal => ({
  sub: owner,
  jti,
  // It outlives the token: whoever may make webhooks says what goes on without him.
  expiresAt: Infinity,
  scopes: new Set(scopes.filter(isScope)),
  limits,
  eventFilters,
});

export const wants = ({ events, filter }: Subscription, event: GatewayEvent): boolean =>
  (filter.pbx === null || filter.pbx === event.pbx) &&
  (filter.queue === null || filter.queue === event.queue) &&
  (filter.call === null || filter.call === event.call) &&
  matchesAnyGlob(event.name, events);
