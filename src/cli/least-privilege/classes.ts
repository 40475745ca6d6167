import type { AmiClass, Declaration } from '../../ami/types.ts';

/** How much a class opens besides what it is wanted for; the last are root in all but name. */
const WEIGHT: Readonly<Record<AmiClass, number>> = {
  log: 1, verbose: 1, dtmf: 1, cdr: 1, dialplan: 1, cc: 1, test: 1, security: 1, aoc: 1, reporting: 2, user: 3, agent: 4,
  call: 8, message: 8, originate: 16, agi: 32, config: 64, system: 128, command: 256,
}; // prettier-ignore

const weightOf = (classes: readonly AmiClass[]): number => classes.reduce((sum, one) => sum + WEIGHT[one], 0);

type Wanting = Pick<Declaration, 'name' | 'classes'>;

export const opens = (classes: readonly AmiClass[], action: Wanting): boolean =>
  action.classes.length === 0 || action.classes.some((one) => classes.includes(one));

/** The fewest powers with which every one of these actions can be sent: of each it takes any one of its classes. */
export const smallestClasses = (actions: readonly Wanting[]): AmiClass[] => {
  const forced = [...new Set(actions.flatMap(({ classes }) => (classes.length === 1 ? classes : [])))];
  const open = actions.filter((action) => !opens(forced, action));
  const choices = [...new Set(open.flatMap(({ classes }) => classes))];
  let best = choices;
  // Classes that come in company are few: all ways to choose among them are looked at.
  for (let bits = 0; bits < 2 ** choices.length; bits += 1) {
    const chosen = choices.filter((_class, index) => bits & (1 << index));
    if (weightOf(chosen) < weightOf(best) && open.every((action) => opens(chosen, action))) best = chosen;
  }
  return [...forced, ...best].sort((a, b) => WEIGHT[b] - WEIGHT[a] || (a < b ? -1 : 1));
};
