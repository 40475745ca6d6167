import { GatewayError } from '../../lib/errors.ts';
import { matchesAnyGlob } from '../../lib/glob.ts';
import type { Principal } from '../principal.ts';
import { limitExceeded, mustMatch } from '../verdict.ts';

// Other technologies reach hosts and files of the PBX (UnicastRTP, AudioSocket, WebSocket, ...): they have to be listed.
const PHONE_TECHNOLOGIES = new Set(['pjsip', 'sip', 'iax2', 'dahdi', 'sccp', 'skinny', 'mgcp', 'local']);

/** Exten and context of a Local dial string, taken apart as core_local.c does. */
export const localTarget = (dialString: string): { context: string; extension: string } | undefined => {
  const [technology = '', ...rest] = dialString.split('/');
  if (technology.toLowerCase() !== 'local') return undefined;
  const place = rest[0] ?? '';
  const at = place.indexOf('@');
  return at < 0
    ? { extension: place, context: 'default' }
    : { extension: place.slice(0, at), context: place.slice(at + 1) || 'default' };
};

export const judgeDialplan = (principal: Principal, context: string, extension: string): void => {
  mustMatch(principal.limits, 'contexts', context, 'context');
  mustMatch(principal.limits, 'extensions', extension, 'extension');
};

/** A new channel: `PJSIP/agent001`, `Local/x@ctx`. Listed by its dial string or by the name it will bear. */
export const judgeDial = (principal: Principal, dialString: string): void => {
  const { channels } = principal.limits;
  const technology = dialString.slice(0, dialString.indexOf('/')).toLowerCase();
  if (technology === '') {
    throw new GatewayError('invalid-request', 'A dial string reads technology/resource, such as PJSIP/agent001');
  }
  const local = localTarget(dialString);
  if (local) judgeDialplan(principal, local.context, local.extension);
  const listed = channels !== undefined && matchesAnyGlob(dialString, channels);
  const namedSo = channels !== undefined && matchesAnyGlob(`${dialString}-00000000`, channels);
  if (channels !== undefined && !listed && !namedSo) {
    throw limitExceeded('channels', `The token's channels do not include ${JSON.stringify(dialString)}`);
  }
  if (!PHONE_TECHNOLOGIES.has(technology) && !listed) {
    throw limitExceeded('channels', `Channels of ${JSON.stringify(technology)} must be listed in the token's channels`);
  }
};
