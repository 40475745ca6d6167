import fastifyJwt, { type JWT } from '@fastify/jwt';
import type { FastifyInstance } from 'fastify';
import { createIssuers, type Issuer } from '../../auth/issuers.ts';
import type { Principal } from '../../auth/principal.ts';
import { principalOf } from '../../auth/tokens.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { SigningKey } from '../../lib/signing-key.ts';

export interface AuthOptions {
  key: SigningKey;
  /** Tokens it has signed are taken too, until it is put away. */
  previousKey?: SigningKey | undefined;
  issuer?: string | undefined;
  audience?: string | undefined;
  /** Others whose tokens are taken. */
  issuers?: readonly Issuer[] | undefined;
}

interface Verified {
  principal: Principal;
  until: number;
}

/** At once for a token of ours, and for any that was verified before. Throws, or rejects, with `unauthorized`. */
export type Verify = (header: string) => Principal | Promise<Principal>;

const REMEMBERED_TOKENS = 5_000;

/** Checks signature, times, issuer and audience of what Authorization says. */
export const createVerify = async (app: FastifyInstance, options: AuthOptions): Promise<Verify> => {
  const { key, previousKey, issuer, audience, issuers } = options;

  const verifier = async (one: SigningKey, namespace: string): Promise<(token: string) => { exp: number }> => {
    await app.register(fastifyJwt, {
      namespace,
      secret: one.algorithm === 'HS256' ? one.secret : { public: one.publicKey },
      verify: {
        // Pinned: what the token says of its own algorithm counts for nothing, `none` least of all.
        algorithms: [one.algorithm],
        // A claim that is only checked where it is there would not be checked at all.
        requiredClaims: [
          'exp',
          'sub',
          'jti',
          ...(issuer === undefined ? [] : ['iss']),
          ...(audience === undefined ? [] : ['aud']),
        ],
        ...(issuer === undefined ? {} : { allowedIss: issuer }),
        ...(audience === undefined ? {} : { allowedAud: audience }),
      },
    });
    const { [namespace]: jwt } = app.jwt as unknown as Record<string, JWT | undefined>;
    return (token) => (jwt ?? app.jwt).verify(token);
  };
  const ours = await verifier(key, 'ours');
  const previous = previousKey && (await verifier(previousKey, 'previous'));
  const others = createIssuers(issuers ?? []);

  const verifyOurs = (token: string): Verified => {
    const claimsOf = (): { exp: number } => {
      try {
        return ours(token);
      } catch (error) {
        if (!previous) throw error;
        return previous(token);
      }
    };
    let claims: { exp: number };
    try {
      claims = claimsOf();
    } catch (error) {
      throw new GatewayError('unauthorized', 'The token is not valid: forged, expired, or not for this gateway', {
        cause: error,
      });
    }
    return { principal: principalOf(claims), until: claims.exp * 1_000 };
  };

  // What was verified once holds until it expires: the signature does not change. Revocation is looked up each time.
  const verified = new Map<string, Verified>();
  // Most headers are the one of before: to compare them is cheaper than to hash one for the look-up.
  let last: { header: string; known: Verified } | undefined;
  const recall = (header: string): Verified | undefined => {
    if (last?.header === header) return last.known;
    const known = verified.get(header);
    if (known) last = { header, known };
    return known;
  };
  const remember = (header: string, fresh: Verified): Principal => {
    const [oldest] = verified.keys();
    if (oldest !== undefined && verified.size >= REMEMBERED_TOKENS) verified.delete(oldest);
    verified.set(header, fresh);
    last = { header, known: fresh };
    return fresh.principal;
  };

  return (header) => {
    const known = recall(header);
    if (known && Date.now() < known.until) return known.principal;
    verified.delete(header);
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(header)?.[1];
    if (token === undefined) throw new GatewayError('unauthorized', 'Send Authorization: Bearer <token>');
    const other = others.verify(token);
    return other ? other.then((fresh) => remember(header, fresh)) : remember(header, verifyOurs(token));
  };
};
