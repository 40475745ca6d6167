import { matchesAnyGlob } from '../../lib/glob.ts';
import type { Principal } from '../principal.ts';
import { holdsAny } from '../scopes.ts';

export interface PlacedCall {
  pbx: string;
  owner: string;
  request: { channel: string };
  channelName: string | null;
}

/** Whether a token may see the variables a call was placed with: they can be secrets, as any variable can. */
export const mayReadVariables = ({ sub, scopes }: Principal, { owner }: PlacedCall): boolean =>
  owner === sub || holdsAny(scopes, ['write:call', 'write:reporting']);

/** Whether a token may see a placed call: its own always, others' with class call and within its limits. */
export const judgeCallVisible = ({ sub, scopes, limits }: Principal, call: PlacedCall): boolean => {
  if (limits.pbx && !matchesAnyGlob(call.pbx, limits.pbx)) return false;
  if (call.owner === sub) return true;
  if (limits.own === true || !holdsAny(scopes, ['read:call', 'write:call'])) return false;
  return limits.channels === undefined || matchesAnyGlob(call.channelName ?? call.request.channel, limits.channels);
};
