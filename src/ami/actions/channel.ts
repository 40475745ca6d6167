import { z } from 'zod';
import type { Touch } from '../types.ts';
import { defineAction, list, optionalText, text, wholeNumber } from './define.ts';
import { channelReference, onChannel, referenceTo } from './touches.ts';

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
  touches: onChannel,
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

/** With Receive it is as if the phone had sent the key. */
const onPhone = ({ Channel, Receive }: { Channel: string; Receive?: boolean | undefined }): Touch[] => [
  { kind: 'channel', ref: Channel },
  ...(Receive === true ? [{ kind: 'keys' } as const] : []),
];

/** Digit is one key; Duration is in milliseconds. */
export const PlayDTMF = defineAction({
  name: 'PlayDTMF',
  fields: { Channel: text, Digit: text.max(1), Duration: wholeNumber.optional(), Receive: z.boolean().optional() },
  classes: ['call'],
  changes: true,
  touches: onPhone,
});

export const SendFlash = defineAction({
  name: 'SendFlash',
  fields: { Channel: text, Receive: z.boolean().optional() },
  classes: ['call'],
  changes: true,
  touches: onPhone,
});

export const PlayMF = defineAction({
  name: 'PlayMF',
  fields: { Channel: text, Digit: text.max(1), Duration: wholeNumber.optional() },
  classes: ['call'],
  changes: true,
  touches: onChannel,
});

export const SendText = defineAction({
  name: 'SendText',
  fields: { Channel: text, Message: text, 'Content-Type': optionalText },
  classes: ['call'],
  changes: true,
  touches: onChannel,
});

/** Timeout is in seconds from now; 0 takes a limit away. */
export const AbsoluteTimeout = defineAction({
  name: 'AbsoluteTimeout',
  fields: { Channel: text, Timeout: z.number().min(0) },
  classes: ['system', 'call'],
  changes: true,
  touches: onChannel,
});

export const MuteAudio = defineAction({
  name: 'MuteAudio',
  fields: { Channel: text, Direction: z.enum(['in', 'out', 'all']), State: z.enum(['on', 'off']) },
  classes: ['system'],
  changes: true,
  touches: onChannel,
});

export const ControlPlayback = defineAction({
  name: 'ControlPlayback',
  fields: { Channel: text, Control: z.enum(['stop', 'forward', 'reverse', 'pause', 'restart']) },
  classes: ['call'],
  changes: true,
  touches: onChannel,
});

export const LocalOptimizeAway = defineAction({
  name: 'LocalOptimizeAway',
  fields: { Channel: text },
  classes: ['system', 'call'],
  changes: true,
  touches: onChannel,
});

/** An AGI command for a channel in AGI(agi:async); EXEC among them starts any application. */
export const AGI = defineAction({
  name: 'AGI',
  fields: { Channel: text, Command: text, CommandID: optionalText },
  classes: ['agi'],
  changes: true,
  touches: ({ Channel, Command }) => [
    { kind: 'channel', ref: Channel },
    { kind: 'application', name: 'AGI', data: Command },
  ],
});

/** Items name the channels connected with the one asked about. */
export const CoreShowChannelMap = defineAction({
  name: 'CoreShowChannelMap',
  fields: { Channel: text },
  reply: list('CoreShowChannelMapComplete'),
  classes: ['system', 'reporting'],
  observes: true,
  touches: onChannel,
  itemReference: referenceTo('Connected'),
});
