import type { Call } from './call.ts';
import type { LiveChannel } from './call-follower.ts';
import { liveLegs } from './call-observer.ts';
import type { Leg } from './leg.ts';

export interface Comparison {
  /** An event of this channel came while the answer was on its way. */
  note(channelId: string, event: string): void;
  /** What the answer says, less what events have told since. */
  against(live: readonly LiveChannel[]): {
    gone: Leg[];
    /** Placed, and not seen yet: before the question nor since. */
    missing: Set<Call>;
    /** They are as the answer shows them. */
    steady: LiveChannel[];
    /** They have not hung up; those that others are linked to come first, as they are the first legs. */
    still: LiveChannel[];
  };
}

/**
 * Remembers the calls as they are before Asterisk is asked for its channels; what appears while the answer is on its
 * way is not in it and must not be taken as gone.
 */
export const compareWith = (open: readonly Call[]): Comparison => {
  const before = open.map((call) => ({ call, status: call.status, legs: liveLegs(call) }));
  const seen = new Set<string>();
  const hungUp = new Set<string>();
  return {
    note(channelId, event) {
      seen.add(channelId);
      if (event === 'Hangup') hungUp.add(channelId);
    },
    against(live) {
      const ids = new Set(live.map(({ uniqueId }) => uniqueId));
      return {
        gone: before.flatMap(({ legs }) => legs.filter(({ channelId }) => !ids.has(channelId))),
        missing: new Set(
          before.filter(({ call, status }) => status === 'queued' && !ids.has(call.channelId)).map(({ call }) => call),
        ),
        steady: live.filter(({ uniqueId }) => !seen.has(uniqueId)),
        still: live
          .filter(({ uniqueId }) => !hungUp.has(uniqueId))
          .toSorted((a, b) => Number(isFirst(b)) - Number(isFirst(a))),
      };
    },
  };
};

const isFirst = ({ uniqueId, frame }: LiveChannel): boolean => frame?.get('Linkedid') === uniqueId;
