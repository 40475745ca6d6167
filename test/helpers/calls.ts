import type { CallRequest } from '../../src/events/call.ts';
import type { LiveChannel } from '../../src/events/call-follower.ts';
import { createCallTracker, type CallTrackerOptions } from '../../src/events/calls.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createFakeClock } from './clock.ts';
import { frame } from './doubles.ts';

/** Uniqueid of the channel of the call that the tests place. */
export const CHANNEL = 'gw-1';
const NAME = 'Local/x@lab-00000001;1';

export const callRequest: CallRequest = {
  channel: 'Local/x@lab',
  context: 'lab',
  extension: '1',
  priority: 1,
  application: null,
  data: null,
  callerId: null,
  ringTimeoutSeconds: 30,
  variables: {},
  accountCode: null,
  codecs: [],
  earlyMedia: false,
};

/** Events as Asterisk 16 and 22 send them, less what the tracker does not look at. */
export const event = {
  newchannel: (Uniqueid = CHANNEL, Channel = NAME) =>
    frame({ Event: 'Newchannel', Channel, Uniqueid, ChannelState: 0 }),
  rename: (Newname: string) => frame({ Event: 'Rename', Channel: NAME, Newname, Uniqueid: CHANNEL }),
  newstate: (ChannelState: number, Uniqueid = CHANNEL) => frame({ Event: 'Newstate', Uniqueid, ChannelState }),
  dialBegin: () => frame({ Event: 'DialBegin', DestChannel: NAME, DestUniqueid: CHANNEL }),
  dialState: (DialStatus: string) => frame({ Event: 'DialState', DestUniqueid: CHANNEL, DialStatus }),
  dialEnd: (DialStatus: string) => frame({ Event: 'DialEnd', DestUniqueid: CHANNEL, DialStatus }),
  originated: (Reason = 4, Response = Reason === 4 ? 'Success' : 'Failure') =>
    frame({ Event: 'OriginateResponse', Response, Uniqueid: CHANNEL, Reason }),
  hangup: (Cause = 16, Uniqueid = CHANNEL) =>
    frame({ Event: 'Hangup', Uniqueid, Cause, 'Cause-txt': Cause === 17 ? 'User busy' : 'Text' }),
  optimizing: (SourceUniqueid: string, LocalOneUniqueid = CHANNEL) =>
    frame({ Event: 'LocalOptimizationBegin', LocalOneUniqueid, LocalTwoUniqueid: 'l2', SourceUniqueid, SourceChannel: `PJSIP/${SourceUniqueid}` }), // prettier-ignore
  // It names both halves and no Uniqueid of its own (core-en_US.xml of 16 and 22).
  optimized: (Success: 'Yes' | 'No') =>
    frame({ Event: 'LocalOptimizationEnd', LocalOneUniqueid: CHANNEL, LocalTwoUniqueid: 'l2', Success }),
};

export const FAR_HALF = `${CHANNEL};2`;

/** A tracker over a PBX whose live channels the test says. */
export const setUpTracker = (options: Partial<CallTrackerOptions> = {}) => {
  const clock = createFakeClock();
  const world: { live: LiveChannel[]; asked: (string | undefined)[]; fail: Error | undefined } = {
    live: [],
    asked: [],
    fail: undefined,
  };
  const tracker = createCallTracker({
    pbx: 'default',
    clock,
    log: silentLog,
    liveChannels: async (uniqueId) => {
      world.asked.push(uniqueId);
      if (world.fail) throw world.fail;
      return world.live.filter((channel) => uniqueId === undefined || channel.uniqueId === uniqueId);
    },
    ...options,
  });
  const register = (id = '1', request: Partial<CallRequest> = {}) =>
    tracker.register({ id, channelId: `gw-${id}`, owner: 'anna', request: { ...callRequest, ...request } });
  const see = (...frames: ReturnType<typeof frame>[]) => {
    for (const one of frames) tracker.onEvent(one);
  };
  return { clock, world, tracker, register, see };
};
