import type { Call } from './call.ts';
import type { LiveChannel } from './call-follower.ts';
import { liveLegs } from './call-observer.ts';
import type { Leg } from './leg.ts';

/**
 * Remembers the calls as they are before Asterisk is asked for its channels; what appears while the answer is on its
 * way is not in it and must not be taken as gone.
 */
export const compareWith = (open: readonly Call[]) => {
  const before = open.map((call) => ({ call, status: call.status, legs: liveLegs(call) }));
  return (live: readonly LiveChannel[]): { gone: Leg[]; missing: Set<Call> } => {
    const ids = new Set(live.map(({ uniqueId }) => uniqueId));
    return {
      gone: before.flatMap(({ legs }) => legs.filter(({ channelId }) => !ids.has(channelId))),
      /** Placed, and not seen yet: before the question nor since. */
      missing: new Set(
        before.filter(({ call, status }) => status === 'queued' && !ids.has(call.channelId)).map(({ call }) => call),
      ),
    };
  };
};

/** Channels that others are linked to come first: they are the first legs. */
export const linkedFirst = (live: readonly LiveChannel[]): LiveChannel[] =>
  live.toSorted((a, b) => Number(isFirst(b)) - Number(isFirst(a)));

const isFirst = ({ uniqueId, frame }: LiveChannel): boolean => frame?.get('Linkedid') === uniqueId;
