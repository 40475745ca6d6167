import type { Frame } from '../ami/frame.ts';
import { detached } from '../lib/text.ts';
import { unescape } from './field-types.ts';

export interface Party {
  number: string | null;
  name: string | null;
}

/** One channel's part in a call. Times are milliseconds since the epoch. */
export interface Leg {
  readonly channelId: string;
  channel: string;
  /** Asterisk's channel state: 5 ringing, 6 up. */
  state: number;
  caller: Party;
  connectedLine: Party;
  /** Where it entered the dialplan. */
  readonly context: string | null;
  readonly extension: string | null;
  bridgeId: string | null;
  /** Channels in the same bridge, of this call or another; absent where it was kept before this was. */
  talkingTo?: readonly string[];
  held: boolean;
  readonly startedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  hangup: { cause: number; text: string } | null;
}

const text = (value: string | undefined): string | null =>
  value === undefined || value === '' || value === '<unknown>' ? null : detached(unescape(value));

/** Takes over state and parties from an event or list item that shows the channel. */
export const updateLeg = (leg: Leg, frame: Frame, now: number): void => {
  const channel = frame.get('Channel');
  if (channel !== undefined && channel !== leg.channel) leg.channel = detached(channel);
  leg.state = Number(frame.get('ChannelState') ?? leg.state);
  if (leg.state === 6) leg.answeredAt ??= now;
  leg.caller = { number: text(frame.get('CallerIDNum')), name: text(frame.get('CallerIDName')) };
  leg.connectedLine = { number: text(frame.get('ConnectedLineNum')), name: text(frame.get('ConnectedLineName')) };
};

export const newLeg = (channelId: string, frame: Frame, now: number): Leg => {
  const leg: Leg = {
    channelId: detached(channelId),
    channel: '',
    state: 0,
    caller: { number: null, name: null },
    connectedLine: { number: null, name: null },
    context: text(frame.get('Context')),
    extension: text(frame.get('Exten')),
    bridgeId: null,
    talkingTo: [],
    held: false,
    startedAt: now,
    answeredAt: null,
    endedAt: null,
    hangup: null,
  };
  updateLeg(leg, frame, now);
  return leg;
};
