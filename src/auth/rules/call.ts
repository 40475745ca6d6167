import { matchesAnyGlob } from '../../lib/glob.ts';
import type { Principal } from '../principal.ts';
import { holdsAny } from '../scopes.ts';

/** Of a call, what decides who may see it. */
export interface JudgedCall {
  pbx: string;
  /** Subject that placed it; null for a call placed elsewhere. */
  owner: string | null;
  request: { channel: string; context: string | null } | null;
  channelName: string | null;
  queue: string | null;
  legs: readonly { channel: string; context: string | null }[];
}

/** Whether a token may see the variables a call was placed with: they can be secrets, as any variable can. */
export const mayReadVariables = ({ sub, scopes }: Principal, { owner }: JudgedCall): boolean =>
  owner === sub || holdsAny(scopes, ['write:call', 'write:reporting']);

const known = (values: readonly (string | null | undefined)[]): string[] =>
  values.filter((value): value is string => typeof value === 'string');

/** Whether a token may see a call: its own always, others' with class call and where a leg is within its limits. */
export const judgeCallVisible = ({ sub, scopes, limits }: Principal, call: JudgedCall): boolean => {
  if (limits.pbx && !matchesAnyGlob(call.pbx, limits.pbx)) return false;
  if (call.owner === sub) return true;
  if (limits.own === true || !holdsAny(scopes, ['read:call', 'write:call'])) return false;
  const { channels, contexts, queues } = limits;
  const names = known([call.channelName ?? call.request?.channel, ...call.legs.map(({ channel }) => channel)]);
  if (channels && !names.some((name) => matchesAnyGlob(name, channels))) return false;
  const places = known([call.request?.context, ...call.legs.map(({ context }) => context)]);
  if (contexts && !places.some((context) => matchesAnyGlob(context, contexts))) return false;
  return !queues || call.queue === null || matchesAnyGlob(call.queue, queues);
};
