import type { Principal } from '../principal.ts';
import { holdsAny } from '../scopes.ts';
import { isOpened, limitExceeded, mustMatch } from '../verdict.ts';
import { GatewayError } from '../../lib/errors.ts';
import { judgeShared } from './channel.ts';
import { judgeKeys, narrowsPlaces } from './dial.ts';

const ANY_TEXT = /^[^$]*$/;
const NONE = /^$/;
const SECONDS = /^[\d.]*$/;
// Sound names: nothing absolute, nothing upwards, no URL (Asterisk would fetch it).
const SOUNDS = /^\w[\w.-]*(?:\/\w[\w.-]*)*(?:&\w[\w.-]*(?:\/\w[\w.-]*)*)*(?:,(?:skip|noanswer|mix|say))*$/;

/** Applications every token with write:originate may start, and the arguments they take then. */
const SAFE = new Map<string, RegExp>([
  ['answer', SECONDS],
  ['busy', SECONDS],
  ['congestion', SECONDS],
  ['echo', NONE],
  ['hangup', /^\d*$/],
  ['milliwatt', /^[mo]?$/],
  ['musiconhold', /^[\w-]*(?:,\d*)?$/],
  ['playback', SOUNDS],
  ['ringing', NONE],
  ['sayalpha', ANY_TEXT],
  ['saydigits', /^[\d*#-]*$/],
  ['saynumber', /^-?\d*(?:,\w)?$/],
  ['sayphonetic', ANY_TEXT],
  ['wait', SECONDS],
  // The room alone: the further arguments name profiles and menus, which can run applications.
  ['confbridge', /^[^,$/]+$/],
  // Name, options, no URL, announcement, timeout. The sixth would be an AGI script, the seventh a macro.
  ['queue', /^[^,$]+(?:,[A-Za-z]*)?(?:,)?(?:,[\w-]*)?(?:,\d*)?$/],
]);

// What 16.28 and 22.10 between them want class system for, each in the wider reading of the two.
const SYSTEM_APPLICATIONS = /agi|dbdeltree|exec|externalivr|mixmonitor|originate|reload|system/i;
const SYSTEM_DATA = /CURL|DB|EVAL|FILE|ODBC|REALTIME|SHELL/i;

const queueOf = (data: string) => data.split(',', 1)[0] ?? '';
/** Options of Queue by which keys hang up, park, transfer or record. */
const HEARS_KEYS = /[hktwx]/i;

/** Whoever is in a conference hears all of it, and no limit names conferences. */
const judgeConference = (principal: Principal): void => {
  judgeShared(principal, 'a conference');
  const limit = narrowsPlaces(principal);
  if (limit)
    throw limitExceeded(limit, "A conference is none of the token's places: ConfBridge must be in its applications");
};

const needsSystem = (name: string, data: string): boolean =>
  SYSTEM_APPLICATIONS.test(name) ||
  SYSTEM_DATA.test(data) ||
  (/queue/i.test(name) && (data.split(',')[5] ?? '') !== '');

/** An application that Originate starts directly. */
export const judgeApplication = (principal: Principal, name: string, data: string): void => {
  const lowerName = name.toLowerCase();
  if (lowerName === 'queue') {
    mustMatch(principal.limits, 'queues', queueOf(data), 'queue');
    if (HEARS_KEYS.test(data.split(',')[1] ?? '')) judgeKeys(principal);
  }
  const listed = isOpened(principal.limits, 'applications', name);
  if (!listed) {
    const safe = SAFE.get(lowerName);
    if (!safe) throw limitExceeded('applications', `The token's applications do not include ${JSON.stringify(name)}`);
    if (!safe.test(data)) {
      throw limitExceeded('applications', `These arguments of ${name} need it in the token's applications`);
    }
    if (lowerName === 'confbridge') judgeConference(principal);
    return;
  }
  if (needsSystem(name, data) && !holdsAny(principal.scopes, ['write:system'])) {
    throw new GatewayError('insufficient-scope', `${name} with these arguments also needs the scope write:system`, {
      details: { scopes: ['write:system'] },
    });
  }
};
