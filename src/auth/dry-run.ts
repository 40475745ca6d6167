import type { Action } from '../ami/types.ts';
import { isGatewayError } from '../lib/errors.ts';
import { targetsOf } from './audit.ts';
import type { Principal } from './principal.ts';
import { holdsAny, type Scope, scopesFor } from './scopes.ts';

/** What would have become of an action, and why. */
export interface Verdict {
  verdict: 'allowed' | 'refused';
  action: string | null;
  /** The scope that let it through; null where none did. */
  scope: string | null;
  /** Limits of the token, each of which was asked. */
  limits: string[];
  /** What it reaches. */
  targets: string[];
  /** Why it is refused: code, the scopes it wants or the limit that said no, and in words. */
  refusal: { code: string; scopes: string[]; limit: string | null; detail: string } | null;
  /** As it would be sent; null where nothing would. */
  packet: string | null;
}

const SECRET = /^(?:key|password|secret)$/i;

const line = ([name, value]: Action['headers'][number]): string => `${name}: ${SECRET.test(name) ? '[hidden]' : value}`;

export const allowed = (principal: Principal, { declaration, headers, touches }: Action): Verdict => ({
  verdict: 'allowed',
  action: declaration.name,
  scope: scopesFor(declaration).find((scope) => holdsAny(principal.scopes, [scope])) ?? null,
  limits: Object.keys(principal.limits),
  targets: targetsOf({ touches }),
  refusal: null,
  packet: [`Action: ${declaration.name}`, 'ActionID: [made when it is sent]', ...headers.map(line)].join('\r\n') + '\r\n\r\n', // prettier-ignore
});

/** Of a route that asks no Asterisk: its scopes are all there is to judge. */
export const allowedByScope = (principal: Principal | undefined, scopes: readonly Scope[]): Verdict => ({
  verdict: 'allowed',
  action: null,
  scope: scopes.find((scope) => principal && holdsAny(principal.scopes, [scope])) ?? null,
  limits: Object.keys(principal?.limits ?? {}),
  targets: [],
  refusal: null,
  packet: null,
});

/** A refusal of the guard as a verdict; undefined for every other error. */
export const refused = (principal: Principal | undefined, error: unknown): Verdict | undefined => {
  if (!isGatewayError(error) || !['insufficient-scope', 'limit-exceeded', 'too-many-calls'].includes(error.code)) return undefined; // prettier-ignore
  const { scopes, limit } = error.details;
  return {
    verdict: 'refused',
    action: null,
    scope: null,
    limits: Object.keys(principal?.limits ?? {}),
    targets: [],
    refusal: { code: error.code, scopes: Array.isArray(scopes) ? scopes.map(String) : [], limit: typeof limit === 'string' ? limit : null, detail: error.message }, // prettier-ignore
    packet: null,
  };
};

/** Thrown by the guard in place of sending: the request goes no further. */
export class DryRun extends Error {
  readonly verdict: Verdict;

  constructor(verdict: Verdict) {
    super('A dry run ends here');
    this.name = 'DryRun';
    this.verdict = verdict;
  }
}
