import type { Limits } from './limits.ts';
import type { AddressList } from './manager-conf/addresses.ts';
import type { EventFilter } from './manager-conf/event-filters.ts';
import type { Scope } from './scopes.ts';

export interface DialSettings {
  context?: string | undefined;
  callerId?: string | undefined;
  /** ISO 3166 country of numbers without country code. */
  region?: string | undefined;
}

/** Who asks, as their token says. */
export interface Principal {
  /** Subject: the integration or person. Ownership of calls goes by it. */
  sub: string;
  /** Id of the token. */
  jti: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  scopes: ReadonlySet<Scope>;
  limits: Limits;
  /** Where click-to-dial places this token's calls, in place of what the operator has set. */
  dial?: DialSettings | undefined;
  /** Of a user of manager.conf: proves which secret it logged in with. */
  account?: string | undefined;
  /** Its `permit`, `deny` and `acl`. */
  addressRules?: readonly AddressList[] | undefined;
  /** Its `eventfilter`. */
  eventFilters?: readonly EventFilter[] | undefined;
}
