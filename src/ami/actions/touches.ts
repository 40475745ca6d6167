import type { Frame } from '../frame.ts';
import type { ItemReference, Touch } from '../types.ts';
import { text } from './define.ts';

export const onChannel = ({ Channel }: { Channel: string }): Touch[] => [{ kind: 'channel', ref: Channel }];

export const shared = (what: string) => (): Touch[] => [{ kind: 'shared', what }];

export const onQueue = ({ Queue }: { Queue?: string | undefined }): Touch[] =>
  Queue === undefined ? [] : [{ kind: 'queue', name: Queue }];

/** Where an absent Queue means every queue. */
export const onQueueOrAll = ({ Queue }: { Queue?: string | undefined }): Touch[] => [
  Queue === undefined ? { kind: 'allQueues' } : { kind: 'queue', name: Queue },
];

export const onEndpoint = ({ Endpoint }: { Endpoint: string }): Touch[] => [
  { kind: 'endpoint', technology: 'PJSIP', name: Endpoint },
];

/**
 * A channel where Asterisk takes the beginning of any name: with a slash in it, what a limited token may name is one
 * channel's whole name (unique ids have none, and all names have).
 */
export const wholeName = text.regex(/\//, 'must be the name of a channel');

/** The channel an item names, its headers beginning with `prefix`. Without one, it is no limited token's. */
export const referenceTo =
  (prefix: string) =>
  (item: Frame): ItemReference => ({
    channel: {
      name: item.get(`${prefix}Channel`) ?? '',
      uniqueId: item.get(`${prefix}Uniqueid`) ?? '',
      linkedId: item.get(`${prefix}Linkedid`) ?? '',
    },
  });
export const channelReference = referenceTo('');

/** The phone an item names in one of its headers. */
export const phoneReference =
  (technology: string, header: string) =>
  (item: Frame): ItemReference => ({ dialString: `${technology}/${item.get(header) ?? ''}` });
