import { z } from 'zod';
import { defineAction, list, optionalText, text } from './define.ts';

/** Both fields are filters; an unknown context or extension is an Error. Without Context, all of the dialplan. */
export const ShowDialPlan = defineAction({
  name: 'ShowDialPlan',
  fields: { Context: optionalText, Extension: optionalText },
  reply: list('ShowDialPlanComplete'),
  classes: ['config', 'reporting'],
  touches: ({ Context, Extension }) =>
    Context === undefined
      ? [
          { kind: 'shared', what: 'the whole dialplan' },
          // No pattern but `*` matches these.
          { kind: 'dialplan', context: '*', extension: Extension ?? '*' },
        ]
      : [{ kind: 'dialplan', context: Context, extension: Extension ?? '' }],
});

const priority = z.union([z.int().min(1), z.literal('hint')]);

/** Adds a line to everybody's dialplan, for any application: the application is judged as Originate's. */
export const DialplanExtensionAdd = defineAction({
  name: 'DialplanExtensionAdd',
  fields: {
    Context: text,
    Extension: text,
    Priority: priority,
    Application: text,
    ApplicationData: z.string().optional(),
    Replace: z.boolean().optional(),
  },
  classes: ['system'],
  changes: true,
  touches: (f) => [
    { kind: 'dialplan', context: f.Context, extension: f.Extension },
    { kind: 'application', name: f.Application, data: f.ApplicationData ?? '' },
    { kind: 'shared', what: 'the dialplan' },
  ],
});

/** Without Priority, every line of the extension. */
export const DialplanExtensionRemove = defineAction({
  name: 'DialplanExtensionRemove',
  fields: { Context: text, Extension: text, Priority: priority.optional() },
  classes: ['system'],
  changes: true,
  touches: ({ Context, Extension }) => [
    { kind: 'dialplan', context: Context, extension: Extension },
    { kind: 'shared', what: 'the dialplan' },
  ],
});
