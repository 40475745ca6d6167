import type { Frame } from '../ami/frame.ts';
import type { Clock } from '../lib/clock.ts';
import { detached } from '../lib/text.ts';
import { type Call, type CallEvidence, dispositionOf, newEvidence, saysWhy } from './call.ts';
import type { CallFollower } from './call-follower.ts';
import { liveLegs } from './call-observer.ts';

export interface CallProgressOptions {
  call: Call;
  clock: Clock;
  onChange: () => void;
}

/**
 * The state machine of a call that was not placed here. Its first leg counts: it is answered when that is up, and how
 * it ended is told by that leg's cause and by the last Dial.
 */
export const progressOf = ({ call, clock, onChange }: CallProgressOptions): CallFollower => {
  const evidence: CallEvidence = newEvidence();
  let settled = false;

  const look = () => {
    if (settled) return;
    const [first, ...others] = call.legs;
    if (!first) return;
    call.channelName = first.channel;
    if (first.state === 6 && call.answeredAt === null) {
      call.status = 'answered';
      call.answeredAt = clock.now();
    } else if (call.answeredAt === null && [...others, first].some(({ state }) => state === 5)) call.status = 'ringing';
    else if (call.status === 'queued') call.status = 'dialing';
    if (liveLegs(call).length === 0) settle(null);
    else onChange();
  };

  const settle = (reason: string | null) => {
    if (settled) return;
    settled = true;
    const hangup = call.legs[0]?.hangup ?? null;
    const dialled = call.legs.find(({ channelId }) => channelId === evidence.dialledId)?.hangup ?? null;
    // Who was rung last knows why; the caller is told something that his phone can show.
    if (dialled) evidence.cause = dialled.cause;
    call.hangup = call.answeredAt === null && saysWhy(dialled?.cause) ? dialled : hangup;
    // Nobody told a caller who waits that it is over: he has hung up himself.
    if (hangup?.cause === 16 && evidence.dialStatus === null) evidence.cancelled = true;
    call.disposition = reason === null ? dispositionOf(call, evidence) : 'unknown';
    call.reason = reason;
    onChange();
  };

  return {
    get settled() {
      return settled;
    },
    onFrame(frame: Frame) {
      if (frame.event === 'DialEnd') {
        evidence.dialStatus = detached(frame.get('DialStatus') ?? '') || null;
        evidence.dialledId = detached(frame.get('DestUniqueid') ?? '') || null;
      }
      if (frame.event === 'DialState' && frame.get('DialStatus') === 'RINGING' && call.answeredAt === null)
        call.status = 'ringing';
      look();
    },
    apply: look,
    giveUp: settle,
    cancelling() {
      evidence.cancelled = true;
    },
    stop() {},
  };
};
