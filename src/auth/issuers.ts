import { createHash } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import { GatewayError, messageOf } from '../lib/errors.ts';
import type { Principal } from './principal.ts';
import { both, GATEWAY_SCOPES, parseScopes, type Scope } from './scopes.ts';
import { principalOf } from './tokens.ts';

/** Somebody else whose tokens are taken. */
export interface Issuer {
  /** Stands before subject and jti, so that nobody there is somebody here. */
  name: string;
  url: string;
  issuer: string;
  audience: string;
  /** What its tokens may say at most; null for all but the gateway's own scopes. */
  scopes: ReadonlySet<Scope> | null;
}

/** Verifies tokens of other issuers, by the keys they publish. */
export interface Issuers {
  /** Undefined for a token of none of them. Rejects with `unauthorized`, or `issuer-unavailable` where its keys cannot be had. */
  verify(token: string): Promise<{ principal: Principal; until: number }> | undefined;
}

/** Never HMAC: a public key would be its secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']; // prettier-ignore
/** A key that is withdrawn is good for so long at most. */
const HOLDS_MS = 300_000;
const TIMEOUT_MS = 5_000;

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

const issuerIn = (token: string): string | undefined => {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
};

const scopeClaim = ({ scope, scp }: JWTPayload): string =>
  typeof scope === 'string' ? scope : [scp ?? []].flat().map(String).join(' ');

/** Keys that could not be had say nothing about the token. */
const isTrouble = (error: unknown): boolean =>
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  !(error instanceof errors.JOSEError) ||
  error.code === 'ERR_JOSE_GENERIC';

export const createIssuers = (known: readonly Issuer[], { cooldownMs = 10_000 } = {}): Issuers => {
  const byIssuer = new Map(
    known.map((one) => [
      one.issuer,
      {
        ...one,
        keys: createRemoteJWKSet(new URL(one.url), { timeoutDuration: TIMEOUT_MS, cooldownDuration: cooldownMs }),
      },
    ]),
  );

  const verify = async (
    token: string,
    { name, issuer, audience, scopes: most, keys }: Issuer & { keys: ReturnType<typeof createRemoteJWKSet> },
  ) => {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      requiredClaims: ['exp', 'sub'],
    }).catch((error: unknown) => {
      if (isTrouble(error)) throw new GatewayError('issuer-unavailable', `The keys of the issuer ${name} cannot be had: ${messageOf(error)}`, { retryable: true, cause: error }); // prettier-ignore
      throw new GatewayError('unauthorized', 'The token is not valid: forged, expired, or not for this gateway', { cause: error }); // prettier-ignore
    });
    const jti = `${name}:${payload.jti ?? createHash('sha256').update(token).digest('base64url')}`;
    const base = principalOf({
      ...payload,
      account: undefined,
      jti,
      sub: `${name}:${payload.sub ?? ''}`,
      scope: scopeClaim(payload),
    });
    const own: readonly string[] = GATEWAY_SCOPES;
    const scopes = most ? both(base.scopes, most) : new Set([...base.scopes].filter((scope) => !own.includes(scope)));
    return { principal: { ...base, scopes }, until: Math.min(base.expiresAt, Date.now() + HOLDS_MS) };
  };

  return {
    verify(token) {
      if (byIssuer.size === 0) return undefined;
      const issuer = byIssuer.get(issuerIn(token) ?? '');
      return issuer && verify(token, issuer);
    },
  };
};

const PARTS = ['URL', 'ISSUER', 'AUDIENCE', 'SCOPES'] as const;
const VARIABLE = /^JWKS_(URL|ISSUER|AUDIENCE|SCOPES)(?:_([A-Z0-9]+))?$/;

export const isIssuerVariable = (name: string): boolean => VARIABLE.test(name);

/** From JWKS_URL, JWKS_ISSUER, JWKS_AUDIENCE and JWKS_SCOPES, and the same with a suffix for each further one. */
export const parseIssuers = (
  env: Readonly<Record<string, string | undefined>>,
  fault: (text: string) => void,
): Issuer[] => {
  const suffixes = new Set(Object.keys(env).flatMap((name) => (isIssuerVariable(name) ? [VARIABLE.exec(name)?.[2] ?? ''] : []))); // prettier-ignore
  return [...suffixes].flatMap((suffix): Issuer[] => {
    const name = (part: (typeof PARTS)[number]) => `JWKS_${part}${suffix === '' ? '' : `_${suffix}`}`;
    const [url, issuer, audience, wanted] = PARTS.map((part) => env[name(part)]);
    if (url === undefined || issuer === undefined || audience === undefined) {
      fault(`${name('URL')}, ${name('ISSUER')} and ${name('AUDIENCE')} go together`);
      return [];
    }
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    const safe = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && LOOPBACK.test(parsed.hostname));
    if (!safe) fault(`${name('URL')} must be an https:// URL: who can change the keys can make tokens`);
    const { scopes, unknown } = parseScopes(wanted ?? '');
    if (unknown.length > 0) fault(`${name('SCOPES')}: unknown scope ${unknown.join(', ')}`);
    return safe ? [{ name: suffix === '' ? 'sso' : suffix.toLowerCase(), url, issuer, audience, scopes: wanted === undefined ? null : scopes }] : []; // prettier-ignore
  });
};
