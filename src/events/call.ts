import type { Frame } from '../ami/frame.ts';

export const CALL_STATUSES = ['queued', 'dialing', 'ringing', 'answered', 'ended'] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

export const CALL_DISPOSITIONS = [
  'answered',
  'busy',
  'no-answer',
  'congestion',
  'failed',
  'cancelled',
  'unknown',
] as const;
export type CallDisposition = (typeof CALL_DISPOSITIONS)[number];

/** What was asked for when the call was placed; given back with it. */
export interface CallRequest {
  channel: string;
  context: string | null;
  extension: string | null;
  priority: number | null;
  application: string | null;
  data: string | null;
  callerId: string | null;
  ringTimeoutSeconds: number;
  variables: Record<string, string>;
  accountCode: string | null;
  codecs: string[];
  earlyMedia: boolean;
}

/** A call this gateway placed. Times are milliseconds since the epoch. */
export interface Call {
  readonly id: string;
  readonly pbx: string;
  /** Subject of the token that placed it. */
  readonly owner: string;
  readonly request: CallRequest;
  /** Uniqueid the gateway chose for the first channel. */
  readonly originalChannelId: string;
  status: CallStatus;
  disposition: CallDisposition | null;
  /** Uniqueid of the channel that carries the call now: a Local channel may have been optimised away. */
  channelId: string;
  channelName: string | null;
  hangup: { cause: number; text: string } | null;
  readonly createdAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  /** Why the end is `unknown`, where it is. */
  reason: string | null;
}

export const newCall = (known: Pick<Call, 'id' | 'pbx' | 'owner' | 'request' | 'createdAt' | 'channelId'>): Call => ({
  ...known,
  originalChannelId: known.channelId,
  status: 'queued',
  disposition: null,
  channelName: null,
  hangup: null,
  answeredAt: null,
  endedAt: null,
  reason: null,
});

/** Asterisk gives the other half of a Local channel this Uniqueid where only ChannelId was chosen. */
export const farHalfOf = (call: Call): string => `${call.originalChannelId};2`;

/** What is known of a call besides what is shown. */
export interface CallEvidence {
  /** Asterisk hung its channel up. */
  hungUp: boolean;
  /** The same of the far half of a Local pair, which alone knows why it ended. */
  farHalf: 'none' | 'up' | 'hungUp';
  /** Outcome of Originate: nothing yet, or the reason number of its OriginateResponse. */
  originate: { success: boolean; reason: number } | null;
  dialStatus: string | null;
  cancelled: boolean;
  /** The channel that takes over where Asterisk optimises the Local channel away. */
  successor: { id: string; name: string } | null;
}

export const newEvidence = (): CallEvidence => ({
  hungUp: false,
  farHalf: 'none',
  originate: null,
  dialStatus: null,
  cancelled: false,
  successor: null,
});

// OriginateResponse carries the last control frame of the far end, not a cause: 5 busy, 8 congestion, 3 still ringing.
const BY_REASON: Record<number, CallDisposition> = { 1: 'no-answer', 3: 'no-answer', 5: 'busy', 8: 'congestion' };
const BY_CAUSE: Record<number, CallDisposition> = {
  17: 'busy',
  18: 'no-answer',
  19: 'no-answer',
  21: 'busy',
  34: 'congestion',
  42: 'congestion',
};
const BY_DIAL_STATUS: Record<string, CallDisposition> = {
  BUSY: 'busy',
  CONGESTION: 'congestion',
  NOANSWER: 'no-answer',
};

/** How a call that is over ended, from all that was seen of it. */
export const dispositionOf = (call: Call, evidence: CallEvidence): CallDisposition => {
  if (call.answeredAt !== null) return 'answered';
  if (evidence.cancelled) return 'cancelled';
  return (
    BY_REASON[evidence.originate?.reason ?? -1] ??
    BY_CAUSE[call.hangup?.cause ?? -1] ??
    BY_DIAL_STATUS[evidence.dialStatus ?? ''] ??
    'failed'
  );
};

/** Uniqueid of the channel an event is about, as far as it matters for a placed call. */
export const subjectOf = (frame: Frame): string | undefined => {
  switch (frame.event) {
    case 'DialBegin':
    case 'DialState':
    case 'DialEnd':
      return frame.get('DestUniqueid');
    case 'LocalOptimizationBegin':
      return frame.get('LocalOneUniqueid');
    default:
      return frame.get('Uniqueid');
  }
};
