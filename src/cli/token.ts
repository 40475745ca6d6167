import { limitsSchema } from '../auth/limits.ts';
import { signToken } from '../auth/tokens.ts';
import { parseKeyConfig, processEnvironment } from '../config.ts';
import { GatewayError } from '../lib/errors.ts';
import { z } from 'zod';

export interface TokenArguments {
  sub: string;
  scope: string;
  ttl: string;
  limits?: string;
  dialContext?: string;
  dialCallerId?: string;
  dialRegion?: string;
}

/** Ten years: a token nobody can take back should not outlive its reason. */
const MAX_SECONDS = 10 * 366 * 86_400;
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** `90m` to seconds. */
export const parseDuration = (text: string): number => {
  const match = /^(\d+)([smhd])$/.exec(text);
  const seconds = Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? NaN);
  if (!(seconds > 0 && seconds <= MAX_SECONDS))
    throw new GatewayError('invalid-request', `--ttl takes a time such as 30m, 1h or 90d, not ${text}`);
  return seconds;
};

const parseLimits = (text: string | undefined) => {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new GatewayError('invalid-request', '--limits is not JSON', { cause: error });
  }
  const parsed = limitsSchema.safeParse(value);
  if (!parsed.success) throw new GatewayError('invalid-request', `--limits: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
};

export const printToken = ({
  sub,
  scope,
  ttl,
  limits,
  dialContext,
  dialCallerId,
  dialRegion,
}: TokenArguments): void => {
  const { key, jwtIssuer, jwtAudience } = parseKeyConfig(processEnvironment());
  const token = signToken(key, {
    sub,
    scope,
    ttl: parseDuration(ttl),
    limits: parseLimits(limits),
    dial:
      (dialContext ?? dialCallerId ?? dialRegion) === undefined
        ? undefined
        : { context: dialContext, callerId: dialCallerId, region: dialRegion },
    issuer: jwtIssuer,
    audience: jwtAudience,
  });
  process.stdout.write(`${token}\n`);
};
