import { defineAction, list, optionalText, text } from './define.ts';

/** Both fields are filters; an unknown context or extension is an Error. */
export const ShowDialPlan = defineAction({
  name: 'ShowDialPlan',
  fields: { Context: text, Extension: optionalText },
  reply: list('ShowDialPlanComplete'),
  classes: ['config', 'reporting'],
  touches: ({ Context, Extension }) => [{ kind: 'dialplan', context: Context, extension: Extension ?? '' }],
});
