import type { Frame } from '../ami/frame.ts';
import type { CancelTimer, Clock } from '../lib/clock.ts';
import { detached } from '../lib/text.ts';
import { type Call, type CallStatus, dispositionOf, farHalfOf, newEvidence } from './call.ts';

/** A live channel, as a look at the PBX shows it. */
export interface LiveChannel {
  uniqueId: string;
  name: string;
  /** Asterisk's channel state: 5 ringing, 6 up. */
  state: number;
  /** The item it was read from. */
  frame?: Frame;
}

export interface CallFollowerOptions {
  call: Call;
  clock: Clock;
  /** Status, channel, times or outcome changed. */
  onChange: () => void;
  /** Events of this channel matter to the call from now on. */
  onFollowing: (channelId: string) => void;
}

export interface CallFollower {
  /** The outcome is known; the call ends once its last leg is gone. */
  readonly settled: boolean;
  onFrame(frame: Frame): void;
  /** Takes over what a look at the PBX showed. */
  apply(live: LiveChannel): void;
  /** Ends the call as `unknown`, for a reason. */
  giveUp(reason: string): void;
  /** Its end is ordered. What is returned takes that back: the order came too late. */
  cancelling(): () => void;
  stop(): void;
}

/** Hangups and OriginateResponse come in any order, even before Newchannel; the rest is waited for this long. */
const SETTLE_MS = 500;

const ORDER: readonly CallStatus[] = ['queued', 'dialing', 'ringing', 'answered', 'ended'];

/** The state machine of one placed call: events in, status out. */
export const followCall = ({ call, clock, onChange, onFollowing }: CallFollowerOptions): CallFollower => {
  const evidence = newEvidence();
  let cancelSettling: CancelTimer = () => {};
  let settled = false;

  const advance = (status: 'dialing' | 'ringing') => {
    if (ORDER.indexOf(call.status) >= ORDER.indexOf(status)) return;
    call.status = status;
    onChange();
  };

  const answer = () => {
    if (call.answeredAt !== null || settled) return;
    call.status = 'answered';
    call.answeredAt = clock.now();
    onChange();
  };

  const end = (reason: string | null) => {
    if (settled) return;
    cancelSettling();
    call.disposition = reason === null ? dispositionOf(call, evidence) : 'unknown';
    call.reason = reason;
    settled = true;
    onChange();
  };

  /** Ends the call when all is known of its end, or a little later with what is known by then. */
  const endWhenTold = () => {
    const outcomeKnown = call.answeredAt !== null || evidence.originate !== null;
    if (evidence.hungUp && outcomeKnown && evidence.farHalf !== 'up') {
      end(null);
      return;
    }
    cancelSettling();
    cancelSettling = clock.setTimeout(() => {
      end(null);
    }, SETTLE_MS);
  };

  const noteCause = (frame: Frame) => {
    const cause = Number(frame.get('Cause') ?? 0);
    // Of a Local pair only the far half knows why, and either may be hung up first.
    if (call.hangup === null || call.hangup.cause === 0)
      call.hangup = { cause, text: detached(frame.get('Cause-txt') ?? '') };
  };

  const onFarHalf = (frame: Frame) => {
    if (frame.event === 'Newchannel') evidence.farHalf = 'up';
    if (frame.event !== 'Hangup') return;
    evidence.farHalf = 'hungUp';
    if (call.channelId !== call.originalChannelId) return;
    noteCause(frame);
    if (evidence.hungUp) endWhenTold();
  };

  const onHangup = (frame: Frame) => {
    const gone = frame.get('Uniqueid');
    if (gone === evidence.successor?.id) evidence.successor = null;
    if (gone !== call.channelId) return;
    if (evidence.successor) {
      call.channelId = evidence.successor.id;
      call.channelName = evidence.successor.name;
      evidence.successor = null;
      return;
    }
    evidence.hungUp = true;
    noteCause(frame);
    endWhenTold();
  };

  const onOriginateResponse = (frame: Frame) => {
    const success = frame.get('Response') === 'Success';
    evidence.originate = { success, reason: Number(frame.get('Reason') ?? 0) };
    if (!success) endWhenTold();
    // It can overtake Newchannel, which then is on its way: an answered call has a channel with a name.
    else if (call.status !== 'queued') answer();
  };

  const handlers: Record<string, (frame: Frame) => void> = {
    Newchannel: (frame) => {
      call.channelName = detached(frame.get('Channel') ?? '') || null;
      advance('dialing');
      if (evidence.originate?.success) answer();
    },
    Rename: (frame) => {
      call.channelName = detached(frame.get('Newname') ?? '') || call.channelName;
    },
    Newstate: (frame) => {
      if (frame.get('ChannelState') === '6') answer();
      else if (frame.get('ChannelState') === '5') advance('ringing');
    },
    DialBegin: () => {
      advance('dialing');
    },
    DialState: (frame) => {
      if (frame.get('DialStatus') === 'RINGING') advance('ringing');
    },
    DialEnd: (frame) => {
      evidence.dialStatus = detached(frame.get('DialStatus') ?? '') || null;
    },
    LocalOptimizationBegin: (frame) => {
      // The pair goes away once optimised; what stands behind its far half carries the call on. LocalOptimizationEnd
      // tells nothing: it says `Success: No` where all went well (16.28 and 22.10).
      const id = detached(frame.get('SourceUniqueid') ?? '');
      evidence.successor = { id, name: detached(frame.get('SourceChannel') ?? '') };
      onFollowing(id);
    },
    OriginateResponse: onOriginateResponse,
    Hangup: onHangup,
  };

  return {
    get settled() {
      return settled;
    },
    onFrame(frame) {
      if (settled) return;
      if (frame.get('Uniqueid') === farHalfOf(call)) onFarHalf(frame);
      else handlers[frame.event]?.(frame);
    },
    apply(live) {
      call.channelName = detached(live.name);
      if (live.state === 6) answer();
      else advance(live.state === 5 ? 'ringing' : 'dialing');
    },
    giveUp(reason) {
      end(reason);
    },
    cancelling() {
      evidence.cancels += 1;
      return () => {
        evidence.cancels -= 1;
      };
    },
    stop() {
      cancelSettling();
    },
  };
};
