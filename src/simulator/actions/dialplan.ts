import { extensionMatches } from '../dialplan.ts';
import type { Fields } from '../wire.ts';
import { type Call, error, type SimulatedAction } from './define.ts';

/** Priorities of an extension as they are listed: its hint in front, which has no data. */
const listed = ({ box }: Call, context: string, extension: string): Fields[] => {
  const place: Fields = [['Event', 'ListDialplan'], ['Context', context], ['Extension', extension]]; // prettier-ignore
  const registrar = ['Registrar', 'pbx_config'] as const;
  const hint = box.scenario.hints[context]?.[extension];
  const steps = box.scenario.contexts[context]?.[extension] ?? [];
  return [
    ...(hint === undefined
      ? []
      : [[...place, ['Priority', 'hint'], ['Application', hint], registrar] satisfies Fields]),
    ...steps.map((step, index): Fields => [
      ...place,
      ['Priority', index + 1],
      ['Application', /^\w+/.exec(step)?.[0] ?? ''],
      ['AppData', /\((.*)\)$/s.exec(step)?.[1] ?? ''],
      registrar,
    ]),
  ];
};

export const dialplanActions: SimulatedAction[] = [
  {
    name: 'ShowDialPlan',
    classes: ['config', 'reporting'],
    synopsis: 'Show dialplan contexts and extensions',
    run: (call) => {
      const { contexts, hints } = call.box.scenario;
      const [wanted, extension] = [call.get('Context'), call.get('Extension')];
      const known = [...new Set([...Object.keys(contexts), ...Object.keys(hints)])];
      const shown = known.filter((context) => wanted === '' || context === wanted);
      if (shown.length === 0) return error(`Did not find context ${wanted}`);
      const places = shown.flatMap((context) =>
        [...new Set([...Object.keys(hints[context] ?? {}), ...Object.keys(contexts[context] ?? {})])]
          .filter((name) => extension === '' || extensionMatches(name, extension))
          .map((name) => [context, name] as const),
      );
      if (places.length === 0)
        return error(`Did not find extension ${extension}${wanted === '' ? ' in any context' : `@${wanted}`}`);
      const items = places.flatMap(([context, name]) => listed(call, context, name));
      const more: Fields = [['ListExtensions', places.length], ['ListPriorities', items.length], ['ListContexts', shown.length]]; // prettier-ignore
      return { kind: 'list', message: 'DialPlan list will follow', complete: 'ShowDialPlanComplete', items, more };
    },
  },
];
