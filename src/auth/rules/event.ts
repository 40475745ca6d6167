import { matchesAnyGlob } from '../../lib/glob.ts';
import { isGatewayError } from '../../lib/errors.ts';
import { type AmiEvent, createEventJudge } from '../manager-conf/event-filters.ts';
import type { Principal } from '../principal.ts';
import { holdsAny, mayReadClasses, READ_ANY } from '../scopes.ts';
import { judgeVariable } from './variable.ts';

/** Of an event, what decides who may see it. */
export interface JudgedEvent {
  pbx: string;
  /** Public name. */
  name: string;
  /** AMI classes, all of which are needed, as in Asterisk. */
  class: readonly string[];
  /** Asterisk's name of it; null for what the gateway derives. */
  ami: string | null;
  refs: {
    channels: readonly { name: string | null }[];
    contexts: readonly string[];
    queues: readonly string[];
    variable: string | null;
    /** Subject that placed the call it belongs to. */
    owner: string | null;
    /** As it came, where somebody's filters ask for it. */
    headers?: AmiEvent['headers'] | undefined;
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

/** Whoever reads events is to know when some were missed, and nothing else is in these. */
const TELLS_OF_GAPS = new Set(['pbx.connected', 'pbx.disconnected', 'pbx.resynchronised']);

const judges = new WeakMap<Principal, (event: AmiEvent) => boolean>();

const judgeOf = (principal: Principal): ((event: AmiEvent) => boolean) => {
  let judge = judges.get(principal);
  if (!judge) judges.set(principal, (judge = createEventJudge(principal.eventFilters ?? [])));
  return judge;
};

/**
 * Filters are about the text of AMI events. What the gateway derives has none, and tells of several at once: of that,
 * only what belongs to one's own calls. An event kept without its text is nobody's who has filters.
 */
const passesFilters = (principal: Principal, { ami, refs }: JudgedEvent): boolean => {
  if (!principal.eventFilters?.length) return true;
  if (ami === null) return refs.owner === principal.sub;
  return refs.headers !== undefined && judgeOf(principal)({ name: ami, headers: refs.headers });
};

/**
 * Whether a token may see an event: `read:` of its classes, then each limit. A token that sees only some channels or
 * contexts sees an event if one of its channels or contexts is among them, and none that names no channel at all.
 */
export const maySeeEvent = (principal: Principal, event: JudgedEvent): boolean => {
  const { pbx, class: classes, refs } = event;
  const { scopes, limits, sub } = principal;
  if (limits.pbx && !matchesAnyGlob(pbx, limits.pbx)) return false;
  if (TELLS_OF_GAPS.has(event.name)) return holdsAny(scopes, READ_ANY);
  if (!mayReadClasses(scopes, classes)) return false;
  if (limits.own === true && refs.owner !== sub) return false;
  const { channels, contexts, queues } = limits;
  if (channels && !refs.channels.some(({ name }) => name !== null && matchesAnyGlob(name, channels))) return false;
  if (contexts && !refs.contexts.some((context) => matchesAnyGlob(context, contexts))) return false;
  if (queues && refs.queues.some((queue) => !matchesAnyGlob(queue, queues))) return false;
  if (refs.variable !== null && !mayReadVariable(principal, refs.variable)) return false;
  return passesFilters(principal, event);
};
