import { randomUUID } from 'node:crypto';
import { createSigner } from 'fast-jwt';
import { isSupportedCountry } from 'libphonenumber-js/min';
import { z } from 'zod';
import { GatewayError } from '../lib/errors.ts';
import { type Limits, limitsSchema } from './limits.ts';
import type { DialSettings, Principal } from './principal.ts';
import { parseScopes } from './scopes.ts';
import type { SigningKey } from '../lib/signing-key.ts';

export interface TokenRequest {
  /** Made up where absent. */
  jti?: string | undefined;
  sub: string;
  /** Space-separated scopes. */
  scope: string;
  limits?: Limits | undefined;
  dial?: DialSettings | undefined;
  account?: string | undefined;
  /** Seconds. */
  ttl: number;
  issuer?: string | undefined;
  audience?: string | undefined;
}

export const dialSchema = z.strictObject({
  context: z.string().min(1).max(80).optional(),
  callerId: z.string().min(1).max(200).optional(),
  region: z
    .string()
    .refine((region): boolean => isSupportedCountry(region), 'is no country of ISO 3166, such as NL')
    .optional(),
});

/** Signs a token. Throws `invalid-request` for scopes, limits or dial settings that do not exist. */
export const signToken = (key: SigningKey, request: TokenRequest): string => {
  const { unknown } = parseScopes(request.scope);
  if (unknown.length > 0) throw new GatewayError('invalid-request', `Unknown scope: ${unknown.join(', ')}`);
  const limits = limitsSchema.optional().safeParse(request.limits);
  if (!limits.success) throw new GatewayError('invalid-request', `Limits: ${z.prettifyError(limits.error)}`);
  const dial = dialSchema.optional().safeParse(request.dial);
  if (!dial.success) throw new GatewayError('invalid-request', `Dial settings: ${z.prettifyError(dial.error)}`);
  const sign = createSigner({
    key: key.algorithm === 'HS256' ? key.secret : key.privateKey,
    algorithm: key.algorithm,
    expiresIn: request.ttl * 1_000,
    ...(request.issuer === undefined ? {} : { iss: request.issuer }),
    ...(request.audience === undefined ? {} : { aud: request.audience }),
  });
  return sign({
    sub: request.sub,
    jti: request.jti ?? randomUUID(),
    scope: request.scope.trim().split(/\s+/).join(' '),
    ...(limits.data === undefined ? {} : { limits: limits.data }),
    ...(dial.data === undefined ? {} : { dial: dial.data }),
    ...(request.account === undefined ? {} : { account: request.account }),
  });
};

/** Seconds: the last moment a Date can be. */
const LATEST = 8_640_000_000_000;

const claimsSchema = z.object({
  sub: z.string().min(1).max(200),
  jti: z.string().min(1).max(200),
  exp: z.number().max(LATEST),
  scope: z.string(),
  limits: limitsSchema.optional(),
  dial: dialSchema.optional(),
  account: z.string().max(200).optional(),
});

/**
 * The claims of a token whose signature and times were checked. A limit nobody knows makes the token void:
 * it was meant to narrow something, and ignoring it would widen.
 */
export const principalOf = (claims: unknown): Principal => {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) {
    throw new GatewayError('unauthorized', `The token's claims do not fit: ${z.prettifyError(parsed.error)}`);
  }
  const { exp, scope, limits = {}, ...rest } = parsed.data;
  return { ...rest, expiresAt: exp * 1_000, scopes: parseScopes(scope).scopes, limits };
};
