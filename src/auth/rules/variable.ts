import { byteLength } from '../../lib/bytes.ts';
import { GatewayError } from '../../lib/errors.ts';
import { matchesAnyGlob } from '../../lib/glob.ts';
import type { Principal } from '../principal.ts';
import { holdsAny } from '../scopes.ts';
import { isOpened, limitExceeded, mustMatch } from '../verdict.ts';
import { judgeDialplan, judgeEndpoint, refuseMarks } from './dial.ts';

const PLAIN = /^_{0,2}([A-Za-z][A-Za-z0-9_]*)$/;
const FUNCTION = /^([A-Za-z][A-Za-z0-9_]*)\(([A-Za-z0-9_ ,:.-]*)\)$/;

const READABLE = new Set([
  'CALLERID', 'CDR', 'CHANNEL', 'CONNECTEDLINE', 'DEVICE_STATE', 'EXTENSION_STATE', 'HANGUPCAUSE', 'HANGUPCAUSE_KEYS',
  'REDIRECTING', 'TIMEOUT',
]); // prettier-ignore
const WRITABLE = new Set(['CALLERID', 'CDR', 'CONNECTEDLINE', 'REDIRECTING', 'TIMEOUT']);
// CHANNEL() can also push hangup handlers, which run dialplan; these parts only describe.
const WRITABLE_CHANNEL_ITEMS = new Set(['accountcode', 'amaflags', 'language', 'musicclass', 'tonezone', 'userfield']);
const IDENTITY = new Set(['CALLERID', 'CONNECTEDLINE', 'REDIRECTING']);

// Functions that run commands or touch files and databases. An asynchronous Originate sets them without Asterisk's
// own guard (facts 6.2), so the gateway wants class system on top of the listing.
const ESCALATING =
  /SHELL|EVAL|^(STAT|FILE.*|DB.*|REALTIME.*|ODBC.*|CURL.*|AST_CONFIG|ENV|LOCK|TRYLOCK|UNLOCK|CONFBRIDGE|PERIODIC_HOOK)$/;

// Plain variables that make Asterisk run something, jump somewhere, or take a file by its path: never set unless listed
// letter by letter. From what 16.28 and 22.10 read of a channel; those of recordings can hold commands behind a comma.
const STEERING = new Set([
  'ATTENDEDTRANSFER', 'AUTO_MONITOR', 'BLINDTRANSFER', 'BRIDGE_FEATURES', 'BRIDGE_PLAY_SOUND',
  'CONF_LIMIT_TIMEOUT_FILE', 'CONF_LIMIT_WARNING_FILE', 'CONNECTED_LINE_SEND_MACRO', 'CONNECTED_LINE_SEND_MACRO_ARGS',
  'CONNECTED_LINE_SEND_SUB', 'CONNECTED_LINE_SEND_SUB_ARGS', 'DUNDIDIALARGS', 'DYNAMIC_FEATURES', 'EXITCONTEXT',
  'FORWARD_CONTEXT', 'GOSUB_RESULT', 'GOTO_ON_BLINDXFR', 'LIMIT_CONNECT_FILE', 'LIMIT_TIMEOUT_FILE',
  'LIMIT_WARNING_FILE', 'MACRO_CONTEXT', 'MACRO_EXTEN', 'MACRO_OFFSET', 'MACRO_PRIORITY', 'MACRO_RESULT',
  'MEETME_AGI_BACKGROUND', 'MEETME_EXIT_CONTEXT', 'MEETME_RECORDINGFILE', 'MEETME_RECORDINGFORMAT', 'MONITOR_EXEC',
  'MONITOR_EXEC_ARGS', 'MONITOR_FILENAME', 'MONITOR_OPTIONS', 'MVM_FILENAME', 'PARKINGDYNAMIC', 'PARKINGDYNCONTEXT',
  'PARKINGDYNEXTEN', 'PARKINGDYNPOS', 'REDIRECTING_SEND_MACRO', 'REDIRECTING_SEND_MACRO_ARGS', 'REDIRECTING_SEND_SUB',
  'REDIRECTING_SEND_SUB_ARGS', 'SPY_EXIT_CONTEXT', 'TOUCH_MIXMONITOR', 'TOUCH_MIXMONITOR_FORMAT',
  'TOUCH_MIXMONITOR_MESSAGE_START', 'TOUCH_MIXMONITOR_MESSAGE_STOP', 'TOUCH_MIXMONITOR_PREFIX', 'TOUCH_MONITOR',
  'TOUCH_MONITOR_FORMAT', 'TOUCH_MONITOR_MESSAGE_START', 'TOUCH_MONITOR_MESSAGE_STOP', 'TOUCH_MONITOR_PREFIX',
  'TRANSFER_CONTEXT', 'TRANSFER_EXTEN',
]); // prettier-ignore
/** Where While() and EndWhile() jump to. */
const LOOP = /^(?:END_)?WHILE_\d+$/;

export const isSteering = (name: string): boolean => STEERING.has(name) || LOOP.test(name);

// Headers of an outgoing INVITE: who calls can be said there too.
const SAYS_WHO_CALLS = /^(?:SIPADDHEADER.*|SIPFROMDOMAIN)$/;

/** The recordings of a channel are noted on the channel itself, for every token that may record. */
const OWN_PREFIX = 'AMIGW_';

/** Whether Asterisk, where the channel has no such variable, takes the global one of the name. */
export const mayBeGlobal = (name: string): boolean => PLAIN.test(name) && !name.startsWith(OWN_PREFIX);

/** A language is a directory of sounds, and no way to others. */
const LANGUAGE = /^[\w-]*$/;

const safeFunction = (name: string, argument: string, access: 'read' | 'write', value: string): boolean => {
  if (access === 'read') return READABLE.has(name);
  const item = argument.toLowerCase();
  if (name === 'CHANNEL') return WRITABLE_CHANNEL_ITEMS.has(item) && (item !== 'language' || LANGUAGE.test(value));
  return WRITABLE.has(name);
};

/** The number Asterisk shows for a caller id: from the last `<` to the last `>`, or to the end; or the text itself. */
export const callerNumber = (callerId: string): string => {
  const open = callerId.lastIndexOf('<');
  const close = callerId.lastIndexOf('>');
  return open < 0 ? callerId : callerId.slice(open + 1, close > open ? close : undefined);
};

// Originate copies it into a buffer, and finds the brackets in what is left.
const MAX_CALLER_ID_BYTES = 255;

export const judgeCallerId = (principal: Principal, value: string): void => {
  refuseMarks(callerNumber(value), 'number of the caller');
  if (byteLength(value) > MAX_CALLER_ID_BYTES) {
    throw new GatewayError('invalid-request', `The caller id is longer than the ${MAX_CALLER_ID_BYTES} bytes Asterisk takes`); // prettier-ignore
  }
  mustMatch(principal.limits, 'callerIds', callerNumber(value), 'caller id');
};

/** A part of CALLERID() and its like; Asterisk would also take one that something follows behind a comma. */
const PART = /^[a-z0-9-]+$/i;
/** Those it parses for name and number, such as `ANI-all`. Every other part is stored as it is. */
const PARSED = /^(?:[a-z]+-)*all$/i;

const judgeIdentity = (principal: Principal, part: string, value: string): void => {
  // Every part but names, whatever else may stand around it.
  if (!/^(?:[a-z]+-)*name\b/i.test(part))
    refuseMarks(PARSED.test(part) ? callerNumber(value) : value, 'number of the caller');
  if (principal.limits.callerIds === undefined) return;
  if (!PART.test(part)) throw limitExceeded('callerIds', `${JSON.stringify(part)} is no part of a caller id`);
  if (PARSED.test(part)) judgeCallerId(principal, value);
  else mustMatch(principal.limits, 'callerIds', value, 'caller id');
};

const judgeFunction = (
  principal: Principal,
  { name, argument, access, value }: { name: string; argument: string; access: 'read' | 'write'; value: string },
): void => {
  const listed = isOpened(principal.limits, 'functions', name);
  if (!listed && !safeFunction(name, argument, access, value)) {
    const verb = access === 'read' ? 'read' : 'set';
    throw limitExceeded('functions', `The token may not ${verb} the function ${name}(${argument})`);
  }
  if (ESCALATING.test(name) && !holdsAny(principal.scopes, ['write:system'])) {
    throw new GatewayError('insufficient-scope', `${name}() also needs the scope write:system`, {
      details: { scopes: ['write:system'] },
    });
  }
};

/** States that a function tells of are not the channel's own. */
const judgeState = (principal: Principal, name: string, argument: string): void => {
  if (name === 'DEVICE_STATE') judgeEndpoint(principal, argument);
  // Its context is named behind an @, which no argument here holds.
  if (name === 'EXTENSION_STATE') judgeDialplan(principal, 'default', argument);
};

/** A variable or function by name. Only two spellings exist here: a plain name, or NAME(plain arguments). */
export const judgeVariable = (
  principal: Principal,
  touch: { name: string; access: 'read' | 'write'; value?: string },
): void => {
  const bare = PLAIN.exec(touch.name)?.[1];
  if (bare !== undefined) {
    if (bare.startsWith(OWN_PREFIX)) return;
    const exact = principal.limits.variables?.includes(bare) ?? false;
    if (touch.access === 'write' && isSteering(bare) && !exact) {
      throw limitExceeded('variables', `${bare} steers Asterisk: the token's variables must list it by its full name`);
    }
    if (touch.access === 'write' && principal.limits.callerIds && SAYS_WHO_CALLS.test(bare)) {
      throw limitExceeded('callerIds', `${bare} can say who calls, whatever the caller id`);
    }
    mustMatch(principal.limits, 'variables', bare, 'variable');
    return;
  }
  const call = FUNCTION.exec(touch.name);
  if (!call) {
    throw new GatewayError(
      'invalid-request',
      `${JSON.stringify(touch.name)} is neither a variable nor a function call`,
    );
  }
  const [, spelled = '', argument = ''] = call;
  const name = spelled.toUpperCase();
  judgeFunction(principal, { name, argument, access: touch.access, value: touch.value ?? '' });
  if (touch.access === 'read') judgeState(principal, name, argument);
  const { variables } = principal.limits;
  if (variables && !matchesAnyGlob(touch.name, variables) && !matchesAnyGlob(spelled, variables)) {
    throw limitExceeded('variables', `The token's variables do not include ${JSON.stringify(touch.name)}`);
  }
  if (touch.access === 'write' && IDENTITY.has(name)) {
    judgeIdentity(principal, argument, touch.value ?? '');
  }
};
