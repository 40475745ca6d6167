import type { Frame } from '../ami/frame.ts';
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

/** Everything an event reaches. The first value of a header is taken, as everywhere. */
export const referencesOf = (frame: Frame): EventReferences => {
  const first = new Map<string, string>();
  for (const [header, value] of frame.entries()) {
    const name = header.toLowerCase();
    if (!first.has(name)) first.set(name, value);
  }
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
  const variable = first.get('event')?.toLowerCase() === 'varset' ? first.get('variable') : undefined;
  return { channels, contexts: [...contexts], queues: queue ? [queue] : [], variable: variable ?? null, owner: null };
};
