import { z } from 'zod';
import type { Touch } from '../types.ts';
import { defineAction, identifier, optionalText, text, variables, wholeNumber } from './define.ts';

/**
 * Originate. The gateway only knows the asynchronous form: the synchronous one holds up its session
 * until the far end answers, and gives no reason where it fails.
 */
export const Originate = defineAction({
  name: 'Originate',
  fields: {
    Channel: text,
    Context: optionalText,
    Exten: optionalText,
    Priority: wholeNumber.min(1).optional(),
    Application: optionalText,
    Data: z.string().optional(),
    Timeout: wholeNumber.optional(),
    CallerID: optionalText,
    Account: optionalText,
    Codecs: optionalText,
    EarlyMedia: z.boolean().optional(),
    // Names of channels hold a slash: an id without one is never taken for the beginning of another's name. Recordings of
    // queues bear it in their arguments, in which a comma begins a command.
    ChannelId: identifier.max(149).optional(),
    Variable: variables,
    Async: z.literal(true),
  },
  classes: ['originate'],
  changes: true,
  touches: (f) => {
    const touches: Touch[] = [{ kind: 'dial', dialString: f.Channel }];
    if (f.Context !== undefined || f.Exten !== undefined) {
      touches.push({ kind: 'dialplan', context: f.Context ?? '', extension: f.Exten ?? '' });
    }
    if (f.Application !== undefined) {
      touches.push({ kind: 'application', name: f.Application, data: f.Data ?? '' });
    }
    if (f.CallerID !== undefined) touches.push({ kind: 'callerId', value: f.CallerID });
    for (const [name, value] of Object.entries(f.Variable ?? {})) {
      touches.push({ kind: 'variable', name, access: 'write', value });
    }
    return touches;
  },
});
