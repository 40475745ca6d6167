import type { Frame } from '../ami/frame.ts';
import type { Leg } from './leg.ts';

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

export interface Hangup {
  cause: number;
  text: string;
}

/** A recording as its events tell it. */
export interface CallRecording {
  channel: string;
  startedAt: number;
  endedAt: number | null;
}

/** A call on the PBX: all channels of one Linkedid, placed here or not. Times are milliseconds since the epoch. */
export interface Call {
  readonly id: string;
  readonly pbx: string;
  /** Subject of the token that placed it; null for a call placed elsewhere. */
  readonly owner: string | null;
  readonly request: CallRequest | null;
  linkedId: string;
  /** Uniqueid of its first channel; for a placed call the one the gateway chose. */
  readonly originalChannelId: string;
  status: CallStatus;
  disposition: CallDisposition | null;
  /** Uniqueid of the channel that carries the call now: a Local channel may have been optimised away. */
  channelId: string;
  channelName: string | null;
  hangup: Hangup | null;
  readonly createdAt: number;
  answeredAt: number | null;
  /** When two of its legs first talked. */
  bridgedAt: number | null;
  endedAt: number | null;
  /** Why the end is `unknown`, where it is. */
  reason: string | null;
  legs: Leg[];
  queue: string | null;
  agent: string | null;
  /** Id of the call from which a party was transferred here. */
  transferredFrom: string | null;
  recordings: CallRecording[];
}

export const newCall = (
  known: Pick<Call, 'id' | 'pbx' | 'owner' | 'request' | 'createdAt' | 'channelId'> & { linkedId?: string },
): Call => ({
  ...known,
  linkedId: known.linkedId ?? known.channelId,
  originalChannelId: known.channelId,
  status: 'queued',
  disposition: null,
  channelName: null,
  hangup: null,
  answeredAt: null,
  bridgedAt: null,
  endedAt: null,
  reason: null,
  legs: [],
  queue: null,
  agent: null,
  transferredFrom: null,
  recordings: [],
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
  /** Uniqueid of the channel that the last Dial rang. */
  dialledId: string | null;
  /** Its hangup cause; null where the call's own is what counts. */
  cause: number | null;
  cancelled: boolean;
  /** The channel that takes over where Asterisk optimises the Local channel away. */
  successor: { id: string; name: string } | null;
}

export const newEvidence = (): CallEvidence => ({
  hungUp: false,
  farHalf: 'none',
  originate: null,
  dialStatus: null,
  dialledId: null,
  cause: null,
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
  CANCEL: 'cancelled',
  CONGESTION: 'congestion',
  NOANSWER: 'no-answer',
};

/** Causes that say nothing, or merely that it is over: none, normal clearing, answered elsewhere, interworking. */
const VAGUE_CAUSES = new Set([0, 16, 26, 127]);
export const saysWhy = (cause = 0): boolean => !VAGUE_CAUSES.has(cause);

/** How a call that is over ended, from all that was seen of it. */
export const dispositionOf = (call: Call, evidence: CallEvidence): CallDisposition => {
  if (call.answeredAt !== null) return 'answered';
  if (evidence.cancelled) return 'cancelled';
  const byReason = BY_REASON[evidence.originate?.reason ?? -1];
  if (byReason) return byReason;
  // Dial says NOANSWER of a phone that declined, and of a number that does not exist.
  const cause = evidence.cause ?? call.hangup?.cause ?? 0;
  if (saysWhy(cause)) return BY_CAUSE[cause] ?? 'failed';
  return BY_DIAL_STATUS[evidence.dialStatus ?? ''] ?? 'failed';
};

const SUBJECT: Readonly<Record<string, string>> = {
  AttendedTransfer: 'OrigTransfererUniqueid',
  BlindTransfer: 'TransfererUniqueid',
  DialBegin: 'DestUniqueid',
  DialState: 'DestUniqueid',
  DialEnd: 'DestUniqueid',
  LocalBridge: 'LocalOneUniqueid',
  LocalOptimizationBegin: 'LocalOneUniqueid',
  LocalOptimizationEnd: 'LocalOneUniqueid',
  ParkedCall: 'ParkeeUniqueid',
  ParkedCallGiveUp: 'ParkeeUniqueid',
  ParkedCallTimeOut: 'ParkeeUniqueid',
  UnParkedCall: 'ParkeeUniqueid',
};

/** Uniqueid of the channel an event is about, as far as it matters for a call. */
export const subjectOf = (frame: Frame): string | undefined => {
  const header = SUBJECT[frame.event];
  return frame.get(header ?? 'Uniqueid');
};
