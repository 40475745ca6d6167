import type { Limits } from './limits.ts';
import type { Scope } from './scopes.ts';

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
}
