import type { Frame } from '../ami/frame.ts';
import { detached } from '../lib/text.ts';
import type { FieldValue } from './event.ts';

type Reader = (value: string) => FieldValue;

const number: Reader = (value) =>
  /^-?\d{1,15}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value === '' ? null : value;
const yes = new Set(['1', 'yes', 'true', 'on']);
const no = new Set(['0', 'no', 'false', 'off', '']);
const truth: Reader = (value) => {
  const word = value.toLowerCase();
  return yes.has(word) ? true : no.has(word) ? false : value;
};
const text: Reader = (value) => (value === '' || value === '<unknown>' || value === '(null)' ? null : value);
const flag: Reader = (value) => (value === 'true' ? true : value === 'false' ? false : text(value));
const unknown: Reader = (value) => (value === 'unknown' ? null : escaped(value));

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v' };
/** Asterisk writes these as in C, so that they cannot break a line. */
export const unescape = (value: string): string =>
  value.includes('\\') ? value.replace(/\\(.)/gs, (_all, mark: string) => ESCAPES[mark] ?? mark) : value;
const escaped: Reader = (value) => text(unescape(value));

/** By the end of their names, as many have one before it: `MemberPenalty`, `ParkingTimeout`. */
const NUMBERS =
  /(?:ChannelState|Priority|Cause|NumChannels|Position|Count|HoldTime|TalkTime|RingTime|Penalty|CallsTaken|LastCall|LastPause|InCall|Uptime|LastReload|Duration|BillableSeconds|DurationMs|OldMessageCount|NewMessageCount|Timeout|ParkingSpace|ParkingDuration|ParkingTimeout|Status|Reason|Wrapuptime|LoginTime)$/;
const NUMERIC_STATUS = new Set(['queuememberstatus', 'queuememberadded', 'queuememberremoved', 'queuememberpause', 'queuememberpenalty', 'queuememberringinuse', 'queuemember', 'extensionstatus', '']); // prettier-ignore
/** By the whole of it, of lists. */
const LISTED_NUMBERS =
  /^(?:Parties|Marked|Wait|AnsweredTime|LoggedInTime|(?:Start|Stop)Space|(?:New|Old|Urg)Messages|MaxMessage(?:Count|Length)|SayDurationMinimum|VolumeGain|NumberOfLines|IPport|(?:Current|Reserved)Sessions|(?:Transmit|Receive)Attempts|(?:Completed|Failed)FAXes|SessionNumber|DataRate|PageNumber|Pages(?:Transmitted|Received)|TotalBadLines|ServicelevelPerf2|TimeToHangup)$/;
const LISTED_TRUTHS =
  /^(?:Locked|MarkedUser|WaitMarked|EndMarked(?:Any)?|Waiting|Talking|BridgeSuspended|AttachMessage|CallOperator|CanMarkUrgent|CanReview|DeleteMessage|SayCID|SayEnvelope|ErrorCorrectionMode|Dynamic|Trunk|ACL|Encryption|RealtimeDevice|(?:Auto)?Forcerport|(?:Auto)?Comedia|VideoSupport|TextSupport)$/;
const TRUTHS = /^(?:Paused|Ringinuse|Admin|Muted|IsExternal|Video)$/i;
/** What a PJSIP object is made of: settings, as in pjsip.conf, and what came of them. */
const SETTINGS_OF =
  /^(?:(?:endpoint|aor|auth|transport|identify|contactstatus|(?:in|out)bound(?:registration|subscription))detail|(?:endpoint|aor|auth|contact)list)$/;
const SETTINGS_NUMBERS =
  /(?:Expiration|Expiry|Contacts|ContactsRegistered|Channels|Streams|Operations|Frequency|Lifetime|Interval|Retries|Delay|Maxdatagram|Keepalive|KeepaliveIdleTime|KeepaliveIntervalTime|TimeoutHold|Rekey|BusyAt|MinSe|SessExpires|SignalingPort|ViaPort|PortStart|PortEnd|Usec|RegExpire|ExpirationTime|NextReg|^[CT]os(?:Audio|Video)?)$/;
const SETTINGS_TRUTHS =
  /^(?:(?:Send|Trust)ConnectedLine|Webrtc|AllowWildcardCerts|RequireClientCert|Verify(?:Client|Server)|DtlsAutoGenerateCert)$/;
const ESCAPED = /(?:CallerIDName|ConnectedLineName|ChanVariable(?:\(.*\))?)$/;

interface Field {
  name: string;
  read: Reader;
}

const camel = (header: string): string => {
  const words = header
    .replace(/CallerID/g, 'CallerId')
    .replace(/([Uu])niqueid/gi, (_all, first: string) => `${first === 'U' || first === 'u' ? 'U' : first}niqueId`)
    .replace(/linkedid/gi, 'LinkedId')
    .replace(/Exten$/, 'Extension')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return joined.replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (start) => start.toLowerCase());
};

const fieldOf = (event: string, header: string): Field => {
  if (event === 'varset' && header === 'Value') return { name: 'value', read: escaped };
  const name = camel(header) || 'text';
  // Of one who waits in a queue Asterisk writes it so.
  if (event === 'queueentry' && /^(?:CallerID|ConnectedLine)/.test(header)) return { name, read: unknown };
  if (ESCAPED.test(header)) return { name, read: escaped };
  const settings = SETTINGS_OF.test(event);
  if (TRUTHS.test(header) || LISTED_TRUTHS.test(header) || (settings && SETTINGS_TRUTHS.test(header))) {
    return { name, read: truth };
  }
  if (LISTED_NUMBERS.test(header) || (settings && SETTINGS_NUMBERS.test(header))) return { name, read: number };
  const numeric = NUMBERS.test(header) && (!/Status$/.test(header) || NUMERIC_STATUS.has(event));
  return { name, read: numeric ? number : settings ? flag : text };
};

const HIDDEN = new Set(['event', 'privilege', 'sequencenumber', 'file', 'line', 'func']);

const MOST_KNOWN = 500;
/** Headers of each event as Asterisk spells both; null for one that is not shown. */
const known = new Map<string, Map<string, Field | null>>();

const knownFields = (event: string): Map<string, Field | null> => {
  let fields = known.get(event);
  if (!fields) {
    fields = new Map();
    if (known.size < MOST_KNOWN) known.set(detached(event), fields);
  }
  return fields;
};

const lookUp = (fields: Map<string, Field | null>, event: string, header: string): Field | null => {
  const name = event.toLowerCase();
  const field = HIDDEN.has(header.toLowerCase()) ? null : fieldOf(name, header);
  // Names of headers can be made up by whoever sends a UserEvent.
  if (fields.size < MOST_KNOWN && name !== 'userevent') fields.set(detached(header), field);
  return field;
};

/** Of these the first alone is Asterisk's: who sends a UserEvent can add more. */
const SNAPSHOT = new Set(['channel', 'channelState', 'channelStateDesc', 'callerIdNum', 'callerIdName', 'connectedLineNum', 'connectedLineName', 'language', 'accountCode', 'context', 'extension', 'priority', 'uniqueId', 'linkedId', 'timestamp', 'systemName', 'userEvent']); // prettier-ignore

/**
 * Headers of an event as typed fields, in camelCase: `ChannelState: 6` is `channelState: 6`. A header that comes more
 * than once is a list. Text that Asterisk gives as empty or `<unknown>` is null. Headers to be skipped are told elsewhere.
 */
export const fieldsOf = (frame: Frame, skipped?: ReadonlySet<string>): Record<string, FieldValue> => {
  const { event } = frame;
  const ofEvent = knownFields(event);
  const fields: Record<string, FieldValue> = {};
  frame.each((header, value) => {
    if (skipped?.has(header)) return;
    let field = ofEvent.get(header);
    if (field === undefined) field = lookUp(ofEvent, event, header);
    if (field === null) return;
    const { name, read } = field;
    const now = read(value);
    const before = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (before === undefined) fields[name] = now;
    else if (!SNAPSHOT.has(name) && before !== now) fields[name] = [before, now].flat();
  });
  return fields;
};
