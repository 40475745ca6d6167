import type { Frame } from '../frame.ts';
import type { ItemReference, Touch } from '../types.ts';
import { defineAction, list, optionalText, text, wholeNumber } from './define.ts';

export const channelReference = (item: Frame): ItemReference => ({
  channel: {
    name: item.get('Channel') ?? '',
    uniqueId: item.get('Uniqueid') ?? '',
    linkedId: item.get('Linkedid') ?? '',
  },
});

export const CoreShowChannels = defineAction({
  name: 'CoreShowChannels',
  reply: list('CoreShowChannelsComplete'),
  classes: ['system', 'reporting'],
  // Asterisk shows the same with Status to class call.
  scopes: ['system', 'reporting', 'call'],
  observes: true,
  itemReference: channelReference,
});

export const Status = defineAction({
  name: 'Status',
  fields: { Channel: optionalText, Variables: optionalText },
  reply: list('StatusComplete'),
  classes: ['system', 'call', 'reporting'],
  observes: true,
  touches: ({ Channel, Variables }) => [
    ...(Channel === undefined ? [] : [{ kind: 'channel', ref: Channel } as const]),
    ...splitVariables(Variables ?? '').map((name): Touch => ({ kind: 'variable', name, access: 'read' })),
  ],
  itemReference: channelReference,
});

/** Commas inside parentheses belong to the function, as in `CHANNEL(rtp,dest)`. */
const splitVariables = (names: string): string[] => names.split(/,(?![^(]*\))/).filter((name) => name !== '');

export const Hangup = defineAction({
  name: 'Hangup',
  fields: { Channel: text, Cause: wholeNumber.max(127).optional() },
  classes: ['system', 'call'],
  changes: true,
  touches: ({ Channel }) => [{ kind: 'channel', ref: Channel }],
});

export const Redirect = defineAction({
  name: 'Redirect',
  fields: {
    Channel: text,
    Context: text,
    Exten: text,
    Priority: wholeNumber.min(1),
    ExtraChannel: optionalText,
    ExtraContext: optionalText,
    ExtraExten: optionalText,
    ExtraPriority: wholeNumber.min(1).optional(),
  },
  classes: ['call'],
  changes: true,
  touches: (f) => {
    const touches: Touch[] = [
      { kind: 'channel', ref: f.Channel },
      { kind: 'dialplan', context: f.Context, extension: f.Exten },
    ];
    if (f.ExtraChannel !== undefined) {
      touches.push({ kind: 'channel', ref: f.ExtraChannel });
      touches.push({ kind: 'dialplan', context: f.ExtraContext ?? f.Context, extension: f.ExtraExten ?? f.Exten });
    }
    return touches;
  },
});

/** Digit is one key; Duration is in milliseconds. */
export const PlayDTMF = defineAction({
  name: 'PlayDTMF',
  fields: { Channel: text, Digit: text.max(1), Duration: wholeNumber.optional() },
  classes: ['call'],
  changes: true,
  touches: ({ Channel }) => [{ kind: 'channel', ref: Channel }],
});
