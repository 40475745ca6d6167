import type { FieldValue } from './event.ts';

/** Makes a typed value of a header's text; gives the text itself where it is not of the form expected. */
export type Reader = (value: string) => FieldValue;

const number: Reader = (value) => (/^-?\d{1,15}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value === '' ? null : value); // prettier-ignore
const yes = new Set(['1', 'yes', 'true', 'on']);
const no = new Set(['0', 'no', 'false', 'off', '']);
const truth: Reader = (value) => {
  const word = value.toLowerCase();
  return yes.has(word) ? true : no.has(word) ? false : value;
};
const text: Reader = (value) => (value === '' || value === '<unknown>' || value === '(null)' ? null : value);

/** Seconds since the epoch; what is no such time is a number like others, and 0 stands for never. */
const time: Reader = (value) => {
  const seconds = number(value);
  if (typeof seconds !== 'number') return seconds;
  return seconds >= 1e9 && seconds < 1e11 ? new Date(seconds * 1_000).toISOString() : seconds === 0 ? null : seconds;
};

/** A line of a configuration, which only its form tells the type of. */
const setting: Reader = (value) => {
  const word = value.toLowerCase();
  if (/^(?:yes|true|no|false)$/.test(word)) return yes.has(word);
  return value === '' ? null : number(value);
};

/** A line whose value somebody chose: a number is a name here, but nobody names a thing `true`. */
const named: Reader = (value) => (value === 'true' || value === 'false' ? value === 'true' : text(value));

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v' };
/** Asterisk writes these as in C, so that they cannot break a line. */
export const unescape = (value: string): string =>
  value.includes('\\') ? value.replace(/\\(.)/gs, (_all, mark: string) => ESCAPES[mark] ?? mark) : value;
const escaped: Reader = (value) => text(unescape(value));
/** Of one who waits in a queue Asterisk writes it so. */
const party: Reader = (value) => (value === 'unknown' ? null : escaped(value));

const words = (list: string): ReadonlySet<string> => new Set(list.toLowerCase().split(/\s+/).filter(Boolean));

/** The end of a name, as headers of one channel come with prefixes where an event is about several. */
const NUMBER_ENDINGS =
  /(?:ChannelState|Priority|Cause|NumChannels|Position|Count|HoldTime|TalkTime|RingTime|Penalty|CallsTaken|InCall|Uptime|LastReload|Duration|BillableSeconds|DurationMs|Timeout|ParkingSpace|ParkingDuration|Wrapuptime|Messages|Sessions|Attempts|FAXes|Usec|CumulativeLost|HighestSequence|SequenceNumberCycles|IAJitter|FractionLost)$/i;
const NUMBERS = words(`
  Abandoned AnsweredTime Available Callers Callgroup Calls Completed CoreCurrentCalls CoreMaxCalls CoreMaxFilehandles
  CoreMaxLoadAvg CoreProcessedCalls DAHDIChannel DAHDISpan IPport LoggedIn Marked Max Parties Pickupgroup Port Seconds
  ServiceLevel ServicelevelPerf ServicelevelPerf2 SignallingCode Span StartSpace StopSpace TimeToHangup Weight
  ActiveChannels New Old Wait
  DataRate NumberOfLines PageNumber PagesReceived PagesTransferred PagesTransmitted SessionNumber TotalBadLines TransferRate
  RTT SentNTP SentOctets SentPackets SentRTP
`);
const TRUTHS = words(`
  Admin BridgeSuspended CoreCDRenabled CoreHTTPenabled CoreRealTimeEnabled Dynamic EndMarked EndMarkedAny IsExternal
  Locked MarkedUser Muted Paused Ringinuse SoundsSearchCustomDir Talking Video WaitMarked Waiting
  ACL AutoComedia Encryption ErrorCorrectionMode Trunk UsingPassword AutoForcerport Comedia Forcerport RealtimeDevice TextSupport VideoSupport
`);
const TIMES = words('LastCall LastPause LoginTime LoggedInTime RegExpire ExpirationTime Timestamp');
const ESCAPED = /(?:CallerIDName|ConnectedLineName|ChanVariable(?:\(.*\))?)$/;

/** Where these are numbers; elsewhere they are words. By event, or by action of a Response. */
const NUMERIC_STATUS = words('QueueMember QueueMemberStatus QueueMemberAdded QueueMemberRemoved QueueMemberPause QueueMemberPenalty QueueMemberRinginuse ExtensionStatus ExtensionState'); // prettier-ignore
const NUMERIC_REASON = words('OriginateResponse');

/** Objects of PJSIP, of chan_sip and of voicemail are told as they are configured. */
const CONFIGURED = /^(?:(?:aor|auth|contact|endpoint)list|\w+detail|sipshowpeer|voicemailuserentry)$/;
const NAMED =
  /(?:Name|Context|Mailbox(?:es)?|User|Callerid\w*|Realm|Domain|Accountcode|Language|Zone|Group|Transport|Aors?|Auths?|(?<!Max|Total)Contacts?|Uri|Address|Acl|Exten|Extension|Owner|Session|Var|Suggest|Agent|Match|Id|Text|Cipher|Callback|Dialout|Pager|Email|Allow|Feature|Profile|File|Path|Prefix|Header|Regcontact|Codecs)$/i;

/** How a header is read, by the event it comes in or, in a Response, by the action. */
export const readerOf = (source: string, header: string): Reader => {
  const from = source.toLowerCase();
  const name = header.toLowerCase();
  if (from === 'varset' && name === 'value') return escaped;
  if (from === 'queueentry' && /^(?:CallerID|ConnectedLine)/.test(header)) return party;
  if (ESCAPED.test(header)) return escaped;
  if (TIMES.has(name)) return time;
  if (name === 'status') return NUMERIC_STATUS.has(from) ? number : text;
  if (name === 'reason') return NUMERIC_REASON.has(from) ? number : text;
  if (CONFIGURED.test(from)) return NAMED.test(header) ? named : setting;
  if (TRUTHS.has(name)) return truth;
  return NUMBERS.has(name) || NUMBER_ENDINGS.test(header) ? number : text;
};
