import type { Fields } from '../wire.ts';
import { error, type SimulatedAction } from './define.ts';

export const dialplanActions: SimulatedAction[] = [
  {
    name: 'ShowDialPlan',
    classes: ['config', 'reporting'],
    synopsis: 'Show dialplan contexts and extensions',
    run: ({ box, get }) => {
      const context = get('Context');
      const extensions = box.scenario.contexts[context];
      if (!extensions) return error(`Did not find context ${context}`);
      const items = Object.entries(extensions).flatMap(([extension, steps]) =>
        steps.map((step, index): Fields => [
          ['Event', 'ListDialplan'],
          ['Context', context],
          ['Extension', extension],
          ['Priority', index + 1],
          ['Application', /^\w+/.exec(step)?.[0] ?? ''],
          ['AppData', /\((.*)\)$/s.exec(step)?.[1] ?? ''],
          ['Registrar', 'pbx_config'],
        ]),
      );
      const more: Fields = [['ListExtensions', Object.keys(extensions).length], ['ListPriorities', items.length], ['ListContexts', 1]]; // prettier-ignore
      return { kind: 'list', message: 'DialPlan list will follow', complete: 'ShowDialPlanComplete', items, more };
    },
  },
];
