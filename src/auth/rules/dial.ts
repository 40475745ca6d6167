import { byteLength } from '../../lib/bytes.ts';
import { GatewayError } from '../../lib/errors.ts';
import { matchesGlob } from '../../lib/glob.ts';
import type { Principal } from '../principal.ts';
import { limitExceeded, mustMatch } from '../verdict.ts';

// Other technologies reach hosts and files of the PBX (UnicastRTP, AudioSocket, WebSocket, ...): they have to be listed.
const PHONE_TECHNOLOGIES = new Set(['pjsip', 'sip', 'iax2', 'dahdi', 'sccp', 'skinny', 'mgcp', 'local']);

/** A Local dial string without its options: 16 takes them from behind the first slash, 22 from behind the last. */
const withoutOptions = (dialString: string): string[] => {
  const start = dialString.indexOf('/') + 1;
  const slashes = [dialString.indexOf('/', start), dialString.lastIndexOf('/')].filter((slash) => slash >= start);
  return slashes.length === 0 ? [dialString] : [...new Set(slashes.map((slash) => dialString.slice(0, slash)))];
};

const isLocal = (dialString: string): boolean => /^local\//i.test(dialString);

const targetOf = (local: string): { context: string; extension: string } => {
  const place = local.slice(local.indexOf('/') + 1);
  const at = place.indexOf('@');
  return at < 0
    ? { extension: place, context: 'default' }
    : { extension: place.slice(0, at), context: place.slice(at + 1) || 'default' };
};

/** Exten and context of a Local dial string, taken apart as core_local.c does: one of each reading there is. */
export const localTargets = (dialString: string): { context: string; extension: string }[] =>
  isLocal(dialString) ? withoutOptions(dialString).map(targetOf) : [];

// Asterisk copies into buffers of its own and cuts what does not fit: the rest would be judged and never be used.
const MAX_DIAL_STRING_BYTES = 255;
const MAX_PLACE_BYTES = 79;

const refuseCut = (text: string, most: number, noun: string): void => {
  if (byteLength(text) > most) {
    throw new GatewayError('invalid-request', `The ${noun} is longer than the ${most} bytes Asterisk takes`);
  }
};

/** What a dialplan may put into the arguments of Dial and others as it is, by ${EXTEN} behind a pattern such as _X. */
const MORE_THAN_AN_EXTENSION = /[\s|;(){}<>"'`\\^@/]/;

/**
 * Names of channels, extensions and numbers end up in arguments, Asterisk's own among them: a comma begins a command of
 * the shell in those of MixMonitor, and what parks a call dials where it returns to, `&` and `${…}` in it and all.
 */
export const refuseMarks = (text: string, noun: string): void => {
  if (/[,&$]/.test(text)) throw new GatewayError('invalid-request', `The ${noun} may not hold a comma, & or $`);
};

/** The limit by which only some places of the dialplan are the token's. */
export const narrowsPlaces = ({ limits }: Principal): 'contexts' | 'extensions' | undefined =>
  (['contexts', 'extensions'] as const).find((name) => limits[name] && !limits[name].includes('*'));

/** An extension that would lead to other places than the one that is judged. */
const refuseInjection = (principal: Principal, extension: string): void => {
  const limit = narrowsPlaces(principal);
  if (limit && MORE_THAN_AN_EXTENSION.test(extension)) {
    throw limitExceeded(
      limit,
      `${JSON.stringify(extension)} holds what a dialplan could take for more than an extension`,
    );
  }
};

export const judgeDialplan = (principal: Principal, context: string, extension: string): void => {
  refuseCut(context, MAX_PLACE_BYTES, 'context');
  refuseCut(extension, MAX_PLACE_BYTES, 'extension');
  mustMatch(principal.limits, 'contexts', context, 'context');
  mustMatch(principal.limits, 'extensions', extension, 'extension');
  refuseInjection(principal, extension);
  refuseMarks(extension, 'extension');
};

/** Where keys of a phone lead to nobody can judge: a transfer goes wherever the dialplan lets the phone go. */
export const judgeKeys = (principal: Principal): void => {
  const limit = narrowsPlaces(principal);
  if (limit) throw limitExceeded(limit, `Keys of the phone can lead anywhere, and the token's ${limit} are only some`);
};

export const separators = (text: string) => text.replace(/[^/@]/g, '');

/**
 * In a dial string `/` and `@` say where a call goes: PJSIP/agent001 is a phone, PJSIP/agent001-5@carrier another endpoint
 * and PJSIP/agent001/sip:x@y any address. So a star does not stand for them, except in the pattern `*` alone.
 */
const reachedBy = (dialString: string, globs: readonly string[]): boolean =>
  globs.some((glob) => glob === '*' || (separators(glob) === separators(dialString) && matchesGlob(dialString, glob)));

/** Listed as it is dialled, or by the name its channels bear. */
const isListed = (dialString: string, channels: readonly string[]): boolean =>
  reachedBy(dialString, channels) || reachedBy(`${dialString}-00000000`, channels);

/** A phone that is asked about or managed. A token for its own calls alone has no phone of its own. */
export const judgeEndpoint = (principal: Principal, dialString: string): void => {
  const { own, channels } = principal.limits;
  if (own === true) throw limitExceeded('own', `${JSON.stringify(dialString)} is no call of this token's subject`);
  if (channels && !isListed(dialString, channels)) {
    throw limitExceeded('channels', `The token's channels do not include ${JSON.stringify(dialString)}`);
  }
};

/** Whether a pattern of channels lets in other technologies than those of phones, which have to be listed. */
export const opensTechnology = (glob: string): boolean => {
  const slash = glob.indexOf('/');
  return slash < 0 || !PHONE_TECHNOLOGIES.has(glob.slice(0, slash).toLowerCase());
};

/** A new channel: `PJSIP/agent001`, `Local/x@ctx`. Listed by its dial string or by the name it will bear. */
export const judgeDial = (principal: Principal, dialString: string): void => {
  const { channels } = principal.limits;
  const slash = dialString.indexOf('/');
  if (slash < 1) {
    throw new GatewayError('invalid-request', 'A dial string reads technology/resource, such as PJSIP/agent001');
  }
  refuseCut(dialString, MAX_DIAL_STRING_BYTES, 'dial string');
  const technology = dialString.slice(0, slash).toLowerCase();
  for (const { context, extension } of localTargets(dialString)) judgeDialplan(principal, context, extension);
  // chan_sip: SIP/peer!to!from, where the last says who calls.
  const shown = technology === 'sip' ? dialString.split('!')[2] : undefined;
  if (shown !== undefined) mustMatch(principal.limits, 'callerIds', shown, 'caller id');
  // Without the options of Local/, in which anything may stand.
  const judged = isLocal(dialString) ? withoutOptions(dialString) : [dialString];
  const listed = channels !== undefined && judged.every((text) => reachedBy(text, channels));
  if (channels !== undefined && !judged.every((text) => isListed(text, channels))) {
    throw limitExceeded('channels', `The token's channels do not include ${JSON.stringify(dialString)}`);
  }
  if (!PHONE_TECHNOLOGIES.has(technology) && !listed) {
    throw limitExceeded('channels', `Channels of ${JSON.stringify(technology)} must be listed in the token's channels`);
  }
  refuseMarks(dialString, 'dial string');
};
