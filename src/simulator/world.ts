import type { Clock } from '../lib/clock.ts';
import { createBridges } from './bridge.ts';
import { type Channel, snapshot, STATE } from './channel.ts';
import { CAUSE_TEXT } from './causes.ts';
import { createConferences } from './conference.ts';
import { createParking } from './parking.ts';
import { createQueues } from './queue.ts';
import type { Database } from './database.ts';
import { type Release, RELEASES } from './release.ts';
import type { Scenario } from './scenario.ts';
import { createStates } from './states.ts';
import type { Fields } from './wire.ts';

/** In C's way, as VarSet tells values. */
const escaped = (value: string) =>
  value.replace(/[\\"\n\r\t]/g, (sign) => ({ '\n': '\\n', '\r': '\\r', '\t': '\\t' })[sign] ?? `\\${sign}`);

const NORMAL = 16;

export interface EventSink {
  (eventClass: string, fields: Fields): void;
}

/** Told of every event of a channel. */
export type ChannelObserver = (channel: Channel, eventName: string) => void;

export interface WorldOptions {
  scenario: Scenario;
  release: Release;
  clock: Clock;
  emit: EventSink;
  /** AstDB: it survives a restart. */
  database?: Database;
}

export interface NewChannel {
  technology: string;
  resource: string;
  suffix?: string;
  uniqueId?: string | undefined;
  linkedId?: string | undefined;
  context: string;
  extension: string;
  state: number;
}

/** Everything there is on the simulated box. Channel names and ids are never used twice in one run. */
export const createWorld = ({ scenario, release, clock, emit, database = new Map() }: WorldOptions) => {
  const channels = new Map<string, Channel>();
  const globals = new Map<string, string>();
  const startedAt = clock.now();
  let counter = 0;
  let processedCalls = 0;
  const names = new Map<string, number>();

  const queues = createQueues(scenario, startedAt);
  const observers = new Set<ChannelObserver>();

  const event = (eventClass: string, name: string, fields: Fields) => {
    emit(eventClass, [['Event', name], ['Privilege', `${eventClass},all`], ...fields]); // prettier-ignore
  };
  const onChannel = (channel: Channel, name: string, more: Fields = [], eventClass = 'call') => {
    event(eventClass, name, [...snapshot(channel), ...more]);
    for (const observe of observers) observe(channel, name);
  };

  const bridges = createBridges(event);
  const parking = createParking(scenario, { clock, bridges, event });
  const conferences = createConferences(bridges, event);
  const states = createStates({ scenario, database, event });

  const nextId = () => `${Math.floor(startedAt / 1_000)}.${counter++}`;

  const serial = (kind: string): string => {
    const number = names.get(kind) ?? 0;
    names.set(kind, number + 1);
    return number.toString(16).padStart(8, '0');
  };

  const addChannel = (options: NewChannel & { serial?: string }): Channel => {
    const uniqueId = options.uniqueId ?? nextId();
    const suffix = options.suffix ?? '';
    const channel: Channel = {
      name: `${options.technology}/${options.resource}-${options.serial ?? serial(options.technology)}${suffix}`,
      uniqueId,
      linkedId: options.linkedId ?? uniqueId,
      technology: options.technology,
      device: `${options.technology}/${options.resource}`,
      createdAt: clock.now(),
      state: options.state,
      callerNumber: '',
      callerName: '',
      connectedNumber: '',
      connectedName: '',
      accountCode: '',
      context: options.context,
      extension: options.extension,
      priority: 1,
      inDialplan: false,
      application: '',
      data: '',
      bridgeId: '',
      variables: new Map(),
      half: null,
      keys: '',
      onKey: null,
      onProgress: null,
      stop: () => {},
      onHangup: [],
      recordings: new Map(),
      hungUp: false,
      cause: 0,
      moving: false,
    };
    channels.set(uniqueId, channel);
    processedCalls += 1;
    states.channelAdded(channel);
    onChannel(channel, 'Newchannel');
    return channel;
  };

  const setState = (channel: Channel, state: number) => {
    if (channel.hungUp || channel.state === state) return;
    channel.state = state;
    onChannel(channel, 'Newstate');
    states.channelChanged(channel);
  };

  /** The other half of a Local pair goes with it, of another cause where it is given one. */
  const hangUp = (channel: Channel, cause: number, halfCause = cause) => {
    if (channel.hungUp) return;
    channel.hungUp = true;
    channel.cause = cause;
    channel.stop();
    for (const done of channel.onHangup.splice(0)) done();
    channels.delete(channel.uniqueId);
    if (channel.inDialplan) onChannel(channel, 'SoftHangupRequest', [['Cause', NORMAL]]);
    onChannel(channel, 'Hangup', [['Cause', cause], ['Cause-txt', CAUSE_TEXT[cause] ?? 'Unknown']]); // prettier-ignore
    states.channelGone(channel);
    const { half } = channel;
    if (half && !half.hungUp) {
      onChannel(half, 'HangupRequest', [['Cause', halfCause]]);
      hangUp(half, halfCause);
    }
  };

  return {
    scenario,
    release,
    traits: RELEASES[release],
    clock,
    startedAt,
    channels,
    globals,
    queues,
    bridges,
    conferences,
    parking,
    observers,
    database,
    states,
    event,
    onChannel,
    nextId,
    serial,
    addChannel,
    setState,
    hangUp,
    /** By Uniqueid, or by name in any case. */
    find: (ref: string): Channel | undefined =>
      channels.get(ref) ?? [...channels.values()].find(({ name }) => name.toLowerCase() === ref.toLowerCase()),
    setVariable(channel: Channel | null, name: string, value: string) {
      const bare = name.replace(/^_{1,2}/, '');
      const shown: Fields = [['Variable', name], ['Value', escaped(value)]]; // prettier-ignore
      if (channel) {
        channel.variables.delete(bare);
        channel.variables.set(bare, value);
        onChannel(channel, 'VarSet', shown, 'dialplan');
      } else {
        globals.set(bare, value);
        event('dialplan', 'VarSet', [['Channel', 'none'], ['Uniqueid', 'none'], ...shown]); // prettier-ignore
      }
    },
    processedCalls: () => processedCalls,
    isUp: (channel: Channel) => channel.state === STATE.up,
  };
};

export type World = ReturnType<typeof createWorld>;
