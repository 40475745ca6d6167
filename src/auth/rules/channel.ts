import { GatewayError } from '../../lib/errors.ts';
import { matchesAnyGlob } from '../../lib/glob.ts';
import type { ItemReference } from '../../ami/types.ts';
import type { Principal } from '../principal.ts';
import { limitExceeded } from '../verdict.ts';

/** Who made which channels. */
export interface Ownership {
  owns(sub: string, channel: NonNullable<ItemReference['channel']>): boolean;
}

/** A reference that Asterisk would read as something else than one channel is never sent. */
export const refuseOddReference = (ref: string): void => {
  if (ref.startsWith('/')) {
    throw new GatewayError('invalid-request', 'A channel starting with / is a regular expression to Asterisk: refused');
  }
};

/** True where the token sees only some channels, so that a reference has to be looked up first. */
export const seesSomeChannels = ({ limits }: Principal): boolean =>
  limits.own === true || (limits.channels !== undefined && !limits.channels.includes('*'));

export const judgeChannel = (
  { sub, limits }: Principal,
  channel: NonNullable<ItemReference['channel']>,
  ownership: Ownership,
): void => {
  if (limits.own === true && !ownership.owns(sub, channel)) {
    throw limitExceeded('own', `The channel ${JSON.stringify(channel.name)} was not made by this token's subject`);
  }
  if (limits.channels && !matchesAnyGlob(channel.name, limits.channels)) {
    throw limitExceeded('channels', `The token's channels do not include ${JSON.stringify(channel.name)}`);
  }
};

/** What belongs to everybody is out of reach of a token that sees only some channels. */
export const judgeShared = (principal: Principal, what: string): void => {
  if (seesSomeChannels(principal)) {
    const limit = principal.limits.own === true ? 'own' : 'channels';
    throw limitExceeded(limit, `The token sees only some channels: ${what} is not its to use`);
  }
};
