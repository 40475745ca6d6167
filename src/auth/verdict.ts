import { GatewayError } from '../lib/errors.ts';
import { matchesAnyGlob } from '../lib/glob.ts';
import type { Limits } from './limits.ts';

type GlobLimit = Exclude<
  { [Name in keyof Limits]-?: NonNullable<Limits[Name]> extends string[] ? Name : never }[keyof Limits],
  'ip'
>;

export const limitExceeded = (limit: keyof Limits, message: string): GatewayError =>
  new GatewayError('limit-exceeded', message, { details: { limit } });

/** Refuses what an existing list leaves out. */
export const mustMatch = (limits: Limits, limit: GlobLimit, text: string, noun: string): void => {
  const globs = limits[limit];
  if (globs && !matchesAnyGlob(text, globs)) {
    throw limitExceeded(limit, `The token's ${limit} do not include the ${noun} ${JSON.stringify(text)}`);
  }
};

/** True where a closed-by-default list opens the name. */
export const isOpened = (limits: Limits, limit: GlobLimit, text: string): boolean =>
  matchesAnyGlob(text, limits[limit] ?? []);
