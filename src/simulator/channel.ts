import type { Fields } from './wire.ts';

export const STATE = { down: 0, ring: 4, ringing: 5, up: 6, busy: 7 } as const;
const STATE_TEXT: Readonly<Record<number, string>> = { 0: 'Down', 4: 'Ring', 5: 'Ringing', 6: 'Up', 7: 'Busy' };

export interface Channel {
  readonly name: string;
  readonly uniqueId: string;
  linkedId: string;
  readonly technology: string;
  /** What it belongs to: `PJSIP/agent001`, `Local/100@office`. */
  readonly device: string;
  readonly createdAt: number;
  state: number;
  callerNumber: string;
  callerName: string;
  connectedNumber: string;
  connectedName: string;
  accountCode: string;
  context: string;
  extension: string;
  priority: number;
  /** Runs in the dialplan, rather than one application alone. */
  inDialplan: boolean;
  application: string;
  data: string;
  bridgeId: string;
  variables: Map<string, string>;
  /** The other half of a Local channel. */
  half: Channel | null;
  /** Keys the other side has sent and no application has read. */
  keys: string;
  onKey: (() => void) | null;
  /** Told when the far side wants something of the one who dials: answered, ringing, busy, congestion. */
  onProgress: ((progress: Progress) => void) | null;
  /** Ends whatever the channel is doing. */
  stop: () => void;
  /** Runs when the channel is hung up, before its Hangup event. */
  onHangup: (() => void)[];
  recordings: Map<string, string>;
  hungUp: boolean;
  /** Of its hangup; before that, of what it dialled last. */
  cause: number;
  /** Being redirected: what it was joined to lets it go. */
  moving: boolean;
}

export type Progress = 'ringing' | 'answered' | 'busy' | 'congestion';

const known = (text: string) => (text === '' ? '<unknown>' : text);

/** The headers nearly every channel event carries, in Asterisk's order. */
export const snapshot = (channel: Channel, prefix = ''): Fields =>
  [
    ['Channel', channel.name],
    ['ChannelState', channel.state],
    ['ChannelStateDesc', stateText(channel)],
    ['CallerIDNum', known(channel.callerNumber)],
    ['CallerIDName', known(channel.callerName)],
    ['ConnectedLineNum', known(channel.connectedNumber)],
    ['ConnectedLineName', known(channel.connectedName)],
    ['Language', 'en'],
    ['AccountCode', channel.accountCode],
    ['Context', channel.context],
    ['Exten', channel.extension],
    ['Priority', channel.priority],
    ['Uniqueid', channel.uniqueId],
    ['Linkedid', channel.linkedId],
  ].map(([name, value]) => [`${prefix}${name ?? ''}`, value ?? ''] as const);

export const stateText = ({ state }: Channel): string => STATE_TEXT[state] ?? 'Unknown';
