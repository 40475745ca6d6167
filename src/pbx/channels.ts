import { CoreShowChannels, Hangup, PlayDTMF, Redirect, Status } from '../ami/actions/channel.ts';
import type { Frame } from '../ami/frame.ts';
import type { GuardedSender } from '../auth/guard.ts';
import { HANGUP_CAUSES, type HangupCauseName } from '../events/hangup-causes.ts';
import { type Clock, sleep } from '../lib/clock.ts';
import { GatewayError, isGatewayError } from '../lib/errors.ts';
import { clockToSeconds, type DialplanPlace, integer, mustExist, type Party, party, textOrNull } from './shared.ts';

export const CHANNEL_STATES = [
  'down', 'reserved', 'off-hook', 'dialing', 'ring', 'ringing', 'up', 'busy', 'dialing-off-hook', 'pre-ring', 'unknown',
] as const; // prettier-ignore
export type ChannelState = (typeof CHANNEL_STATES)[number];

export interface Channel {
  /** Uniqueid. */
  id: string;
  pbx: string;
  name: string;
  state: ChannelState;
  caller: Party;
  connectedLine: Party;
  accountCode: string | null;
  language: string | null;
  context: string | null;
  extension: string | null;
  priority: number;
  application: string | null;
  applicationData: string | null;
  linkedId: string;
  bridgeId: string | null;
  durationSeconds: number | null;
}

export interface ChannelFilter {
  context?: string | undefined;
  state?: ChannelState | undefined;
  /** Beginning of the channel's name, such as `PJSIP/carrier-`. */
  prefix?: string | undefined;
}

export interface RedirectRequest extends DialplanPlace {
  extra?: (DialplanPlace & { channel: string }) | undefined;
}

export interface Channels {
  list(filter: ChannelFilter): Promise<Channel[]>;
  get(ref: string, variables: readonly string[]): Promise<Channel & { variables: Record<string, string | null> }>;
  hangup(ref: string, cause?: number | HangupCauseName): Promise<void>;
  /** Moves one leg, or two at once. Rejects with `no-such-extension` before anything moves. */
  redirect(ref: string, request: RedirectRequest): Promise<void>;
  /** Plays keys one after another; resolves when the last is queued. */
  dtmf(ref: string, digits: string, durationMs: number): Promise<void>;
}

export interface ChannelsOptions {
  pbx: string;
  sender: GuardedSender;
  /** Whether the dialplan has the place; Redirect does not ask. */
  dialplanHas: (place: DialplanPlace) => Promise<boolean>;
  clock: Clock;
}

/** Pause between two keys, so that the far end hears them apart. */
const DTMF_GAP_MS = 100;

export const createChannels = ({ pbx, sender, dialplanHas, clock }: ChannelsOptions): Channels => {
  const toChannel = (item: Frame): Channel => ({
    id: item.get('Uniqueid') ?? '',
    pbx,
    name: item.get('Channel') ?? '',
    state: CHANNEL_STATES[integer(item, 'ChannelState')] ?? 'unknown',
    caller: party(item, 'CallerID'),
    connectedLine: party(item, 'ConnectedLine'),
    accountCode: textOrNull(item.get('AccountCode')),
    language: textOrNull(item.get('Language')),
    context: textOrNull(item.get('Context')),
    extension: textOrNull(item.get('Exten')),
    priority: integer(item, 'Priority'),
    application: textOrNull(item.get('Application')),
    applicationData: textOrNull(item.get('ApplicationData') ?? item.get('Data')),
    linkedId: item.get('Linkedid') ?? '',
    bridgeId: textOrNull(item.get('BridgeID')),
    durationSeconds: clockToSeconds(item.get('Duration')) ?? integer(item, 'Seconds'),
  });

  return {
    async list({ context, state, prefix }) {
      const { items } = await sender.send(CoreShowChannels({}));
      return items
        .map(toChannel)
        .filter(
          (channel) =>
            (context === undefined || channel.context === context) &&
            (state === undefined || channel.state === state) &&
            (prefix === undefined || channel.name.startsWith(prefix)),
        );
    },
    async get(ref, variables) {
      const wanted = variables.length > 0 ? { Variables: variables.join(',') } : {};
      const { items } = await sender.send(Status({ Channel: ref, ...wanted }));
      const item = items[0];
      if (!item) throw new GatewayError('no-such-channel', 'No such channel');
      const values = new Map(item.all('Variable').map((line) => splitAtFirst(line, '=')));
      return {
        ...toChannel(item),
        variables: Object.fromEntries(variables.map((name) => [name, textOrNull(values.get(name))])),
      };
    },
    async hangup(ref, cause) {
      const number = typeof cause === 'string' ? HANGUP_CAUSES[cause] : cause;
      await sender.send(Hangup({ Channel: ref, Cause: number }));
    },
    async redirect(ref, { extra, ...place }) {
      const action = Redirect({
        Channel: ref,
        Context: place.context,
        Exten: place.extension,
        Priority: place.priority,
        ExtraChannel: extra?.channel,
        ExtraContext: extra?.context,
        ExtraExten: extra?.extension,
        ExtraPriority: extra?.priority,
      });
      // Judged first: a token must not learn what stands in contexts it may not reach.
      await sender.authorize(action);
      await mustExist(place, dialplanHas);
      if (extra) await mustExist(extra, dialplanHas);
      await sender.send(action);
    },
    async dtmf(ref, digits, durationMs) {
      for (const [index, digit] of digits.split('').entries()) {
        if (index > 0) await sleep(clock, durationMs + DTMF_GAP_MS);
        await sender.send(PlayDTMF({ Channel: ref, Digit: digit, Duration: durationMs })).catch((error: unknown) => {
          throw index === 0 ? error : notAllPlayed(error, index);
        });
      }
    },
  };
};

/** Where a retry seems right but would play the first keys twice. */
const notAllPlayed = (error: unknown, played: number): unknown =>
  isGatewayError(error) && error.retryable
    ? new GatewayError('outcome-unknown', `After ${played} keys: ${error.message}`, { cause: error })
    : error;

const splitAtFirst = (text: string, separator: string): [string, string] => {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
};
