import type { Touch } from '../types.ts';
import { defineAction, optionalText, text, wholeNumber } from './define.ts';
import { onChannel, wholeName } from './touches.ts';

// Asterisk takes an absent Context from the channel, where nobody can judge it: here it is always given.
const fields = { Channel: text, Context: text, Exten: text };
const toPlace = (f: { Channel: string; Context: string; Exten: string }): Touch[] => [
  { kind: 'channel', ref: f.Channel },
  { kind: 'dialplan', context: f.Context, extension: f.Exten },
];

/** Success says that the digits of the transfer were queued, nothing about the transfer. */
export const Atxfer = defineAction({ name: 'Atxfer', fields, classes: ['call'], changes: true, touches: toPlace });

export const BlindTransfer = defineAction({
  name: 'BlindTransfer',
  fields,
  classes: ['call'],
  changes: true,
  touches: toPlace,
});

export const CancelAtxfer = defineAction({
  name: 'CancelAtxfer',
  fields: { Channel: text },
  classes: ['call'],
  changes: true,
  touches: onChannel,
});

/** Tone says who hears a beep: `no`, `Channel1`, `Channel2` or `Both`. */
export const Bridge = defineAction({
  name: 'Bridge',
  fields: { Channel1: wholeName, Channel2: wholeName, Tone: optionalText },
  classes: ['call'],
  changes: true,
  touches: ({ Channel1, Channel2 }) => [
    { kind: 'channel', ref: Channel1 },
    { kind: 'channel', ref: Channel2 },
  ],
});

/** What Asterisk dials when the time is over: the channel's name up to its last hyphen. */
const withoutSuffix = (name: string): string => name.replace(/-[^-]*$/, '');

/** Timeout is in milliseconds. AnnounceChannel is left out: one that has just hung up crashes Asterisk (16 and 22). */
export const Park = defineAction({
  name: 'Park',
  fields: {
    Channel: text,
    TimeoutChannel: optionalText,
    Timeout: wholeNumber.optional(),
    Parkinglot: optionalText,
    ParkingSpace: optionalText,
  },
  classes: ['call'],
  changes: true,
  touches: (f) => {
    const touches: Touch[] = [{ kind: 'channel', ref: f.Channel }];
    if (f.TimeoutChannel !== undefined) {
      for (const dialString of new Set([f.TimeoutChannel, withoutSuffix(f.TimeoutChannel)])) {
        touches.push({ kind: 'dialString', dialString });
      }
    }
    if (f.Parkinglot !== undefined) touches.push({ kind: 'shared', what: `the parking lot ${f.Parkinglot}` });
    return touches;
  },
});
