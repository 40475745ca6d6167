import type { Frame } from '../ami/frame.ts';
import type { Clock } from '../lib/clock.ts';
import { detached } from '../lib/text.ts';
import type { Call } from './call.ts';
import type { FieldValue } from './event.ts';
import { type Leg, newLeg, updateLeg } from './leg.ts';

export type CallEventName =
  | 'call.started'
  | 'call.ringing'
  | 'call.answered'
  | 'call.bridged'
  | 'call.held'
  | 'call.resumed'
  | 'call.transferred'
  | 'call.recording.started'
  | 'call.recording.stopped'
  | 'call.ended';

export interface CallObserverOptions {
  clock: Clock;
  emit: (call: Call, name: CallEventName, more: Record<string, FieldValue>) => void;
  callOf: (channelId: string) => Call | undefined;
}

export interface CallObserver {
  /** Takes in a channel that was not known. */
  join(call: Call, channelId: string, frame: Frame): Leg;
  see(call: Call, channelId: string, frame: Frame): void;
  /** Takes in a call that an earlier run has followed. */
  restore(call: Call): void;
  /** Takes over what a list shows of a channel that is known. */
  refresh(call: Call, channelId: string, frame: Frame): void;
  /** The leg is gone, though nobody saw it go. */
  lose(leg: Leg): void;
}

/** A call that collects legs all day (a conference, a queue that rings on) keeps so many that are over. */
const MOST_LEGS = 50;

/** Of who comes to a larger bridge, a conference, his own call is told alone: there would be no end of it. */
const SMALL_BRIDGE = 10;

export const liveLegs = (call: Call): Leg[] => call.legs.filter(({ endedAt }) => endedAt === null);

/** Legs of a call as events show them: who is there, who talks to whom, what happens to them. */
export const createCallObserver = ({ clock, emit, callOf }: CallObserverOptions): CallObserver => {
  const bridges = new Map<string, Set<Leg>>();

  const membersOf = (bridgeId: string | null): ReadonlySet<Leg> => bridges.get(bridgeId ?? '') ?? new Set();

  const noteTalking = (members: ReadonlySet<Leg>) => {
    for (const leg of members) leg.talkingTo = [...members].filter((other) => other !== leg).map(({ channel }) => channel); // prettier-ignore
  };

  const add = (leg: Leg, bridgeId: string): ReadonlySet<Leg> => {
    leg.bridgeId = detached(bridgeId);
    const members = bridges.get(bridgeId) ?? new Set();
    bridges.set(leg.bridgeId, members.add(leg));
    noteTalking(members);
    return members;
  };

  const leave = (leg: Leg) => {
    leg.talkingTo = [];
    if (leg.bridgeId === null) return;
    const members = bridges.get(leg.bridgeId);
    members?.delete(leg);
    if (members?.size === 0) bridges.delete(leg.bridgeId);
    noteTalking(membersOf(leg.bridgeId));
    leg.bridgeId = null;
  };

  const enter = (leg: Leg, bridgeId: string) => {
    leave(leg);
    const members = add(leg, bridgeId);
    if (members.size < 2) return;
    const channels = [...members].map(({ channel }) => channel);
    const concerned = members.size > SMALL_BRIDGE ? [leg] : [...members];
    for (const call of new Set(concerned.map(({ channelId }) => callOf(channelId)))) {
      if (!call || call.endedAt !== null) continue;
      call.bridgedAt ??= clock.now();
      emit(call, 'call.bridged', { bridgeId: leg.bridgeId, channels });
    }
  };

  const over = (leg: Leg) => {
    leave(leg);
    leg.endedAt ??= clock.now();
    leg.held = false;
  };

  const runningOn = (call: Call, leg: Leg) =>
    call.recordings.find(({ channel, endedAt }) => channel === leg.channel && endedAt === null);

  const record = (call: Call, leg: Leg, starts: boolean) => {
    const running = runningOn(call, leg);
    if (starts) call.recordings.push({ channel: leg.channel, startedAt: clock.now(), endedAt: null });
    else if (running) running.endedAt = clock.now();
    emit(call, starts ? 'call.recording.started' : 'call.recording.stopped', { channel: leg.channel });
  };

  const hold = (call: Call, leg: Leg, held: boolean) => {
    // A transfer resumes whoever makes it, held or not.
    if (leg.held === held) return;
    leg.held = held;
    emit(call, held ? 'call.held' : 'call.resumed', { channel: leg.channel });
  };

  const transfer = (call: Call, frame: Frame) => {
    if (frame.get('Result') !== 'Success') return;
    const attended = frame.event === 'AttendedTransfer';
    const other = attended ? callOf(frame.get('SecondTransfererUniqueid') ?? '') : undefined;
    if (other && other !== call) other.transferredFrom ??= call.id;
    emit(call, 'call.transferred', {
      kind: attended ? 'attended' : 'blind',
      transferrer: detached(frame.get(attended ? 'OrigTransfererChannel' : 'TransfererChannel') ?? ''),
      transferee: detached(frame.get('TransfereeChannel') ?? '') || null,
      context: detached(frame.get('Context') ?? '') || null,
      extension: detached(frame.get('Extension') ?? '') || null,
      toCall: other && other !== call ? other.id : null,
    });
  };

  const handlers: Record<string, (call: Call, leg: Leg, frame: Frame) => void> = {
    Newstate: (_call, leg, frame) => {
      updateLeg(leg, frame, clock.now());
    },
    Rename: (_call, leg, frame) => {
      leg.channel = detached(frame.get('Newname') ?? leg.channel);
      noteTalking(membersOf(leg.bridgeId));
    },
    BridgeEnter: (_call, leg, frame) => {
      updateLeg(leg, frame, clock.now());
      enter(leg, frame.get('BridgeUniqueid') ?? '');
    },
    BridgeLeave: (_call, leg) => {
      leave(leg);
    },
    Hold: (call, leg) => {
      hold(call, leg, true);
    },
    Unhold: (call, leg) => {
      hold(call, leg, false);
    },
    MixMonitorStart: (call, leg) => {
      record(call, leg, true);
    },
    MixMonitorStop: (call, leg) => {
      record(call, leg, false);
    },
    QueueCallerJoin: (call, _leg, frame) => {
      call.queue = detached(frame.get('Queue') ?? '') || call.queue;
    },
    AgentConnect: (call, _leg, frame) => {
      call.agent = detached(frame.get('MemberName') ?? '') || call.agent;
    },
    Hangup: (call, leg, frame) => {
      leg.hangup = { cause: Number(frame.get('Cause') ?? 0), text: detached(frame.get('Cause-txt') ?? '') };
      const { held } = leg;
      over(leg);
      // Of a recording that ends with its channel Asterisk says nothing.
      while (runningOn(call, leg)) record(call, leg, false);
      // Who held the other has gone, and left him to a third.
      if (held && liveLegs(call).some(({ talkingTo = [] }) => talkingTo.length > 0))
        emit(call, 'call.resumed', { channel: leg.channel });
    },
  };
  handlers['NewCallerid'] = handlers['NewConnectedLine'] = handlers['Newstate'] as (typeof handlers)[string];
  handlers['MonitorStart'] = handlers['MixMonitorStart'] as (typeof handlers)[string];
  handlers['MonitorStop'] = handlers['MixMonitorStop'] as (typeof handlers)[string];
  handlers['BlindTransfer'] = handlers['AttendedTransfer'] = (call, _leg, frame) => {
    transfer(call, frame);
  };

  return {
    join(call, channelId, frame) {
      const leg = newLeg(channelId, frame, clock.now());
      if (call.legs.length >= MOST_LEGS) {
        const oldest = call.legs.findIndex(({ endedAt }, index) => index > 0 && endedAt !== null);
        if (oldest > 0) call.legs.splice(oldest, 1);
      }
      call.legs.push(leg);
      const bridgeId = frame.get('BridgeID');
      if (bridgeId) enter(leg, bridgeId);
      return leg;
    },
    restore(call) {
      for (const leg of liveLegs(call)) if (leg.bridgeId !== null) add(leg, leg.bridgeId);
    },
    refresh(call, channelId, frame) {
      const leg = call.legs.find((one) => one.channelId === channelId && one.endedAt === null);
      if (!leg) return;
      updateLeg(leg, frame, clock.now());
      const bridgeId = frame.get('BridgeID') ?? '';
      if (bridgeId === '') leave(leg);
      else if (bridgeId !== leg.bridgeId) enter(leg, bridgeId);
    },
    see(call, channelId, frame) {
      const handle = handlers[frame.event];
      if (!handle) return;
      const leg = call.legs.find((one) => one.channelId === channelId && one.endedAt === null);
      if (leg) handle(call, leg, frame);
    },
    lose: over,
  };
};
