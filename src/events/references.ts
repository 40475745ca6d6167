import type { Frame } from '../ami/frame.ts';
import { detached } from '../lib/text.ts';
import type { ChannelReference, EventReferences } from './event.ts';

/** Header of a Uniqueid → header of the channel's name, in the events that name more than one channel. */
const PAIRS = [
  ['Uniqueid', 'Channel'],
  ['DestUniqueid', 'DestChannel'],
  ['LocalOneUniqueid', 'LocalOneChannel'],
  ['LocalTwoUniqueid', 'LocalTwoChannel'],
  ['SourceUniqueid', 'SourceChannel'],
  ['TransfererUniqueid', 'TransfererChannel'],
  ['TransfereeUniqueid', 'TransfereeChannel'],
  ['TransferTargetUniqueid', 'TransferTargetChannel'],
  ['OrigTransfererUniqueid', 'OrigTransfererChannel'],
  ['SecondTransfererUniqueid', 'SecondTransfererChannel'],
  ['ParkeeUniqueid', 'ParkeeChannel'],
  ['ParkerUniqueid', 'ParkerChannel'],
  ['RetrieverUniqueid', 'RetrieverChannel'],
  ['SpyerUniqueid', 'SpyerChannel'],
  ['SpyeeUniqueid', 'SpyeeChannel'],
  ['TargetUniqueid', 'TargetChannel'],
] as const;
const NAME_OF = new Map(PAIRS.map(([id, name]) => [id.toLowerCase(), name.toLowerCase()]));
const NAMES = new Set(PAIRS.map(([, name]) => name.toLowerCase()));
const CONTEXTS = new Set(['context', 'destcontext', 'transferercontext', 'transfereecontext']);

const OTHERS = new Set([...CONTEXTS, 'queue', 'variable']);
const MOST_KNOWN = 2_000;
/** Headers as Asterisk spells them → their names in lower case; null for those that refer to nothing. */
const known = new Map<string, string | null>();

const referring = (header: string): string | null => {
  let name = known.get(header);
  if (name === undefined) {
    const lower = header.toLowerCase();
    name = NAME_OF.has(lower) || NAMES.has(lower) || OTHERS.has(lower) ? lower : null;
    // Names of headers can be made up by whoever sends a UserEvent.
    if (known.size < MOST_KNOWN) known.set(detached(header), name);
  }
  return name;
};

/** Everything an event reaches. The first value of a header is taken, as everywhere. */
export const referencesOf = (frame: Frame): EventReferences => {
  const first = new Map<string, string>();
  frame.each((header, value) => {
    const name = referring(header);
    if (name !== null && !first.has(name)) first.set(name, value);
  });
  const channels: ChannelReference[] = [];
  const contexts = new Set<string>();
  for (const [name, value] of first) {
    if (value === '' || value === '<none>' || value === 'none') continue;
    const nameHeader = NAME_OF.get(name);
    if (nameHeader !== undefined) channels.push({ id: value, name: first.get(nameHeader) ?? null });
    else if (NAMES.has(name) && !first.has(name.replace(/channel$/, 'uniqueid')))
      channels.push({ id: '', name: value });
    else if (CONTEXTS.has(name)) contexts.add(value);
  }
  const queue = first.get('queue');
  const variable = frame.event.toLowerCase() === 'varset' ? first.get('variable') : undefined;
  return { channels, contexts: [...contexts], queues: queue ? [queue] : [], variable: variable ?? null, owner: null };
};
