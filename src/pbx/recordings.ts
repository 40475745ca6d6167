import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  MixMonitor, MixMonitorMute, Monitor, PauseMonitor, StopMixMonitor, StopMonitor, UnpauseMonitor,
} from '../ami/actions/recording.ts'; // prettier-ignore
import { Status } from '../ami/actions/channel.ts';
import { Getvar, Setvar } from '../ami/actions/variable.ts';
import type { GuardedSender } from '../auth/guard.ts';
import type { Clock } from '../lib/clock.ts';
import { GatewayError, isGatewayError } from '../lib/errors.ts';
import type { Turns } from '../lib/turns.ts';

export const RECORDING_FORMATS = ['wav', 'wav49', 'gsm', 'ulaw', 'alaw', 'sln', 'sln16', 'g722', 'ogg'] as const;
export const RECORDING_DIRECTIONS = ['read', 'write', 'both'] as const;
export type RecordingDirection = (typeof RECORDING_DIRECTIONS)[number];

const storedSchema = z.object({
  id: z.string(),
  file: z.string(),
  files: z.array(z.string()),
  format: z.string(),
  mix: z.boolean(),
  muted: z.boolean(),
  direction: z.enum(RECORDING_DIRECTIONS),
  startedAt: z.string(),
});

export type Recording = z.output<typeof storedSchema>;

export interface RecordingRequest {
  /** Relative path without extension; made from the channel and the time where absent. */
  file?: string | undefined;
  format: (typeof RECORDING_FORMATS)[number];
  /** One file for both directions; otherwise one each, `-in` what the channel says and `-out` what it hears. */
  mix: boolean;
}

export interface Recordings {
  start(ref: string, request: RecordingRequest): Promise<Recording>;
  list(ref: string): Promise<Recording[]>;
  /** Muted audio is recorded as silence, in the direction named. */
  mute(ref: string, id: string, change: { muted: boolean; direction: RecordingDirection }): Promise<Recording>;
  stop(ref: string, id: string): Promise<void>;
}

export interface RecordingsOptions {
  sender: GuardedSender;
  clock: Clock;
  /** Actions this PBX has. */
  actions: () => ReadonlySet<string>;
  /** By Uniqueid: two that change the note on a channel at once would each lose the other's. */
  inTurn: Turns;
}

// The channel itself remembers its recordings: a restarted gateway, or a second one, can still stop them.
const LEDGER = 'AMIGW_RECORDINGS';
/** What fits an AMI line beside the header's name. */
const LEDGER_BYTES = 1_000;
const idVariable = (id: string) => `AMIGW_MIXMONITOR_${id.toUpperCase()}`;
const parseLedger = (text: string | undefined): Recording[] => {
  try {
    return z.array(storedSchema).parse(JSON.parse(text === undefined || text === '' ? '[]' : text));
  } catch {
    return [];
  }
};

export const createRecordings = ({ sender, clock, actions, inTurn }: RecordingsOptions): Recordings => {
  const hasMixMonitor = () => !actions().has('Monitor') || actions().has('MixMonitor');

  const getvar = async (channel: string, name: string) =>
    (await sender.send(Getvar({ Channel: channel, Variable: name }))).response.get('Value');

  const read = async (channel: string) => parseLedger(await getvar(channel, LEDGER));

  const write = async (channel: string, recordings: Recording[]) => {
    const Value = JSON.stringify(recordings);
    if (Value.length > LEDGER_BYTES) {
      throw new GatewayError('too-many-recordings', 'The channel has as many recordings as can be noted on it');
    }
    await sender.send(Setvar({ Channel: channel, Variable: LEDGER, Value }));
  };

  const mixMonitorId = async (channel: string, id: string): Promise<string> => {
    const value = await getvar(channel, idVariable(id));
    // Without an id Asterisk would stop or mute every recording of the channel.
    if (value === undefined || value === '')
      throw new GatewayError('no-such-recording', 'The recording is not running');
    return value;
  };

  const find = (recordings: Recording[], id: string): Recording => {
    const recording = recordings.find((candidate) => candidate.id === id);
    if (!recording) throw new GatewayError('no-such-recording', 'The channel has no such recording');
    return recording;
  };

  const uniqueIdOf = async (ref: string): Promise<string> => {
    const { items } = await sender.send(Status({ Channel: ref }));
    const id = items[0]?.get('Uniqueid');
    if (id === undefined) throw new GatewayError('no-such-channel', 'No such channel');
    return id;
  };

  const startMixMonitor = (channel: string, recording: Recording) => {
    const named = `i(${idVariable(recording.id)})`;
    const [input = '', output = ''] = recording.files;
    return sender.send(
      recording.mix
        ? MixMonitor({ Channel: channel, File: input, Options: named })
        : MixMonitor({ Channel: channel, Options: `${named}r(${input})t(${output})` }),
    );
  };

  const startMonitor = (channel: string, { file, format, mix }: Recording) =>
    sender.send(Monitor({ Channel: channel, File: file, Format: format, Mix: mix ? '1' : '0' }));

  const start: Recordings['start'] = async (channel, { file, format, mix }) => {
    const id = randomBytes(6).toString('hex');
    const now = new Date(clock.now()).toISOString();
    const base = file ?? `${now.slice(0, 10)}/${channel.replace(/[^A-Za-z0-9_.-]/g, '_')}-${id}`;
    const recording: Recording = {
      id,
      file: base,
      files: mix ? [`${base}.${format}`] : [`${base}-in.${format}`, `${base}-out.${format}`],
      format,
      mix,
      muted: false,
      direction: 'both',
      startedAt: now,
    };
    const known = await read(channel);
    // A second Monitor is no second recording: it gives the first another name, and is called a success.
    if (!hasMixMonitor() && known.length > 0)
      throw new GatewayError('too-many-recordings', 'This Asterisk records a channel once: stop the other one first');
    // Noted first: a recording nobody could stop would be worse than a note of one that never began.
    await write(channel, [...known, recording]);
    try {
      await (hasMixMonitor() ? startMixMonitor(channel, recording) : startMonitor(channel, recording));
    } catch (error) {
      const mayRun = isGatewayError(error, 'outcome-unknown') || isGatewayError(error, 'ami-desync');
      if (!mayRun) await write(channel, known).catch(() => undefined);
      throw error;
    }
    return recording;
  };

  const mute: Recordings['mute'] = async (channel, id, { muted, direction }) => {
    const recordings = await read(channel);
    const recording = find(recordings, id);
    if (hasMixMonitor()) {
      const MixMonitorID = await mixMonitorId(channel, id);
      await sender.send(
        MixMonitorMute({ Channel: channel, Direction: direction, State: muted ? '1' : '0', MixMonitorID }),
      );
    } else if (direction === 'both') {
      await sender.send(muted ? PauseMonitor({ Channel: channel }) : UnpauseMonitor({ Channel: channel }));
    } else {
      throw new GatewayError('action-unavailable', 'This Asterisk can only mute both directions at once');
    }
    const changed: Recording = { ...recording, muted, direction };
    await write(channel, recordings.map((other) => (other.id === id ? changed : other))); // prettier-ignore
    return changed;
  };

  const stop: Recordings['stop'] = async (channel, id) => {
    const recordings = await read(channel);
    find(recordings, id);
    try {
      if (hasMixMonitor()) {
        await sender.send(StopMixMonitor({ Channel: channel, MixMonitorID: await mixMonitorId(channel, id) }));
      } else {
        await sender.send(StopMonitor({ Channel: channel }));
      }
    } catch (error) {
      // Stopped by the dialplan in the meantime: what was wanted is so.
      if (!isGatewayError(error, 'no-such-recording')) throw error;
    }
    await write(channel, recordings.filter((other) => other.id !== id)); // prettier-ignore
  };

  return {
    start: async (ref, request) => {
      const channel = await uniqueIdOf(ref);
      return inTurn(channel, () => start(channel, request));
    },
    list: (ref) => read(ref),
    mute: async (ref, id, change) => {
      const channel = await uniqueIdOf(ref);
      return inTurn(channel, () => mute(channel, id, change));
    },
    stop: async (ref, id) => {
      const channel = await uniqueIdOf(ref);
      return inTurn(channel, () => stop(channel, id));
    },
  };
};
