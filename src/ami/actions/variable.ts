import { z } from 'zod';
import type { Touch } from '../types.ts';
import { defineAction, optionalText, text } from './define.ts';

const place = (channel: string | undefined): Touch =>
  channel === undefined ? { kind: 'shared', what: 'global variables' } : { kind: 'channel', ref: channel };

/** Reads a variable or a function. Not an observing action: values can be secrets (AST_CONFIG, ENV). */
export const Getvar = defineAction({
  name: 'Getvar',
  fields: { Channel: optionalText, Variable: text },
  classes: ['call', 'reporting'],
  touches: ({ Channel, Variable }) => [place(Channel), { kind: 'variable', name: Variable, access: 'read' }],
});

/** Takes Value as it is: no escaping here, unlike Originate's Variable. */
export const Setvar = defineAction({
  name: 'Setvar',
  fields: { Channel: optionalText, Variable: text, Value: z.string() },
  classes: ['call'],
  changes: true,
  touches: ({ Channel, Variable, Value }) => [
    place(Channel),
    { kind: 'variable', name: Variable, access: 'write', value: Value },
  ],
});
