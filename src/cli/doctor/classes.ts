import { declarations } from '../../ami/actions/registry.ts';
import type { AmiClass } from '../../ami/types.ts';

/** Actions of Asterisk's core, 16 to 22: no module can be missing, so one that is not listed may not be used. */
const CORE = [
  'Command',
  'CoreSettings',
  'DBPut',
  'Originate',
  'Setvar',
  'ShowDialPlan',
  'Status',
  'UpdateConfig',
  'UserEvent',
];

export interface InferredClasses {
  /** Write classes the account certainly has. */
  has: ReadonlySet<AmiClass>;
  lacks: ReadonlySet<AmiClass>;
}

const classesOf = new Map(declarations.map(({ name, classes }) => [name.toLowerCase(), classes]));

/**
 * Write classes of an account from what ListCommands showed it, which is only what it may do. An action wants any one
 * of its classes; so a class is certain where all others of a listed action are lacking.
 */
export const inferClasses = (listed: ReadonlySet<string>): InferredClasses => {
  const names = new Set([...listed].map((name) => name.toLowerCase()));
  const lacks = new Set(
    CORE.filter((name) => !names.has(name.toLowerCase())).flatMap((name) => classesOf.get(name.toLowerCase()) ?? []),
  );
  const has = new Set<AmiClass>();
  for (const name of names) {
    const possible = (classesOf.get(name) ?? []).filter((one) => !lacks.has(one));
    if (possible.length === 1 && possible[0]) has.add(possible[0]);
  }
  return { has, lacks };
};

interface Feature {
  action: string;
  module: string;
  loses: string;
}

/** A few modules whose absence surprises, each with an action of theirs. */
const FEATURES: readonly Feature[] = [
  { action: 'QueueStatus', module: 'app_queue', loses: 'queues and their members' },
  { action: 'ConfbridgeList', module: 'app_confbridge', loses: 'conferences' },
  { action: 'ParkedCalls', module: 'res_parking', loses: 'parking' },
  { action: 'PJSIPShowEndpoints', module: 'res_pjsip', loses: 'PJSIP endpoints, contacts and registrations' },
  { action: 'StopMixMonitor', module: 'app_mixmonitor', loses: 'recordings' },
];

/** Features that are not there although the account would be shown their actions. */
export const missingFeatures = (listed: ReadonlySet<string>, { has }: InferredClasses): readonly Feature[] =>
  FEATURES.filter(({ action }) => {
    const classes = classesOf.get(action.toLowerCase()) ?? [];
    return !listed.has(action) && (classes.length === 0 || classes.some((one) => has.has(one)));
  });
