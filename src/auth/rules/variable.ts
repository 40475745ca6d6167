import { GatewayError } from '../../lib/errors.ts';
import { matchesAnyGlob } from '../../lib/glob.ts';
import type { Principal } from '../principal.ts';
import { holdsAny } from '../scopes.ts';
import { isOpened, limitExceeded, mustMatch } from '../verdict.ts';

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

/** The recordings of a channel are noted on the channel itself, for every token that may record. */
const OWN_PREFIX = 'AMIGW_';

const safeFunction = (name: string, argument: string, access: 'read' | 'write'): boolean => {
  if (access === 'read') return READABLE.has(name);
  return name === 'CHANNEL' ? WRITABLE_CHANNEL_ITEMS.has(argument.toLowerCase()) : WRITABLE.has(name);
};

/** The number Asterisk shows for a caller id: between the last `<` and the last `>`, or the text itself. */
export const callerNumber = (callerId: string): string => {
  const open = callerId.lastIndexOf('<');
  const close = callerId.lastIndexOf('>');
  return open >= 0 && close > open ? callerId.slice(open + 1, close) : callerId;
};

export const judgeCallerId = (principal: Principal, value: string): void => {
  mustMatch(principal.limits, 'callerIds', callerNumber(value), 'caller id');
};

const judgeFunction = (principal: Principal, spelled: string, argument: string, access: 'read' | 'write'): void => {
  const name = spelled.toUpperCase();
  const listed = isOpened(principal.limits, 'functions', name);
  if (!listed && !safeFunction(name, argument, access)) {
    const verb = access === 'read' ? 'read' : 'set';
    throw limitExceeded('functions', `The token may not ${verb} the function ${name}(${argument})`);
  }
  if (ESCALATING.test(name) && !holdsAny(principal.scopes, ['write:system'])) {
    throw new GatewayError('insufficient-scope', `${name}() also needs the scope write:system`, {
      details: { scopes: ['write:system'] },
    });
  }
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
  const [, name = '', argument = ''] = call;
  judgeFunction(principal, name, argument, touch.access);
  const { variables, callerIds } = principal.limits;
  if (variables && !matchesAnyGlob(touch.name, variables) && !matchesAnyGlob(name, variables)) {
    throw limitExceeded('variables', `The token's variables do not include ${JSON.stringify(touch.name)}`);
  }
  if (touch.access === 'write' && callerIds && IDENTITY.has(name.toUpperCase())) {
    // Only CALLERID(all) and its like are parsed by Asterisk; every other part is stored as it is.
    if (argument.toLowerCase() === 'all') judgeCallerId(principal, touch.value ?? '');
    else mustMatch(principal.limits, 'callerIds', touch.value ?? '', 'caller id');
  }
};
