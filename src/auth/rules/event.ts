import { matchesAnyGlob } from '../../lib/glob.ts';
import { isGatewayError } from '../../lib/errors.ts';
import type { Principal } from '../principal.ts';
import { holdsAny, type Scope } from '../scopes.ts';
import { judgeVariable } from './variable.ts';

/** Of an event, what decides who may see it. */
export interface JudgedEvent {
  pbx: string;
  /** AMI classes, any one of which will do. */
  class: readonly string[];
  refs: {
    channels: readonly { name: string | null }[];
    contexts: readonly string[];
    queues: readonly string[];
    variable: string | null;
    /** Subject that placed the call it belongs to. */
    owner: string | null;
  };
}

const mayReadVariable = (principal: Principal, name: string): boolean => {
  try {
    judgeVariable(principal, { name, access: 'read' });
    return true;
  } catch (error) {
    if (isGatewayError(error)) return false;
    throw error;
  }
};

/**
 * Whether a token may see an event: `read:` of its class, then each limit. A token that sees only some channels or
 * contexts sees an event if one of its channels or contexts is among them, and none that names no channel at all.
 */
export const maySeeEvent = (principal: Principal, { pbx, class: classes, refs }: JudgedEvent): boolean => {
  const { scopes, limits, sub } = principal;
  const wanted = classes.map((name) => `read:${name}` as Scope);
  if (!holdsAny(scopes, wanted.length > 0 ? wanted : ['read:all'])) return false;
  if (limits.pbx && !matchesAnyGlob(pbx, limits.pbx)) return false;
  if (limits.own === true && refs.owner !== sub) return false;
  const { channels, contexts, queues } = limits;
  if (channels && !refs.channels.some(({ name }) => name !== null && matchesAnyGlob(name, channels))) return false;
  if (contexts && !refs.contexts.some((context) => matchesAnyGlob(context, contexts))) return false;
  if (queues && refs.queues.some((queue) => !matchesAnyGlob(queue, queues))) return false;
  return refs.variable === null || mayReadVariable(principal, refs.variable);
};
