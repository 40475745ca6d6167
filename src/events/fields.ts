import type { Frame } from '../ami/frame.ts';
import { detached } from '../lib/text.ts';
import type { FieldValue } from './event.ts';
import { type Reader, readerOf } from './field-types.ts';

interface Field {
  name: string;
  read: Reader;
}

/** Spelt by Asterisk in a way that no rule makes camelCase of; `Val` is what else is called Value. */
const RENAMED = new Map([
  ['CompletedFAXes', 'completedFaxes'],
  ['CoreCDRenabled', 'coreCdrEnabled'],
  ['CoreHTTPenabled', 'coreHttpEnabled'],
  ['FailedFAXes', 'failedFaxes'],
  ['IPaddress', 'ipAddress'],
  ['IPport', 'ipPort'],
  ['OauthClientid', 'oauthClientId'],
  ['Val', 'value'],
]);

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

const fieldOf = (source: string, header: string): Field => ({
  name: RENAMED.get(header) ?? (camel(header) || 'text'),
  read: readerOf(source, header),
});

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
  const field = HIDDEN.has(header.toLowerCase()) ? null : fieldOf(event, header);
  // Names of headers can be made up by whoever sends a UserEvent.
  if (fields.size < MOST_KNOWN && event.toLowerCase() !== 'userevent') fields.set(detached(header), field);
  return field;
};

/** Of these the first alone is Asterisk's: who sends a UserEvent can add more. */
const SNAPSHOT = new Set(['channel', 'channelState', 'channelStateDesc', 'callerIdNum', 'callerIdName', 'connectedLineNum', 'connectedLineName', 'language', 'accountCode', 'context', 'extension', 'priority', 'uniqueId', 'linkedId', 'timestamp', 'systemName', 'userEvent']); // prettier-ignore

/**
 * Headers of an event, or of the Response to an action, as typed fields in camelCase: `ChannelState: 6` is
 * `channelState: 6`. A header that comes more than once is a list. Text that Asterisk gives as empty or `<unknown>` is
 * null. `source` is the name of the event, or of the action.
 */
export const fieldsOf = (frame: Frame, source = frame.event): Record<string, FieldValue> => {
  const ofEvent = knownFields(source);
  const fields: Record<string, FieldValue> = {};
  frame.each((header, value) => {
    let field = ofEvent.get(header);
    if (field === undefined) field = lookUp(ofEvent, source, header);
    if (field === null) return;
    const { name, read } = field;
    const now = read(value);
    const before = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (before === undefined) fields[name] = now;
    else if (!SNAPSHOT.has(name) && before !== now) fields[name] = [before, now].flat();
  });
  return fields;
};
