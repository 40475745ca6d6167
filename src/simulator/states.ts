import type { Channel } from './channel.ts';
import { type DeviceState, DEVICE_STATES, EXTENSION_STATUS, aggregate, ofChannel } from './device-state.ts';
import type { Fields } from './wire.ts';
import type { Scenario } from './scenario.ts';

export interface StatesOptions {
  scenario: Scenario;
  database: Map<string, string>;
  event: (eventClass: string, name: string, fields: Fields) => void;
}

export interface Hint {
  context: string;
  extension: string;
  devices: string;
}

const CUSTOM = 'Custom:';
const PRESENCE = 'CustomPresence:';
const PRESENCES = ['not_set', 'unavailable', 'available', 'away', 'xa', 'chat', 'dnd'];

const keyOfCustom = (device: string) => `/CustomDevstate/${device.slice(CUSTOM.length)}`;
const keyOfPresence = (provider: string) => `/CustomPresence/${provider.slice(PRESENCE.length)}`;

/** State, subtype and message: `away,sub,text`. */
const splitPresence = (text: string): [state: string, subtype: string, message: string] => {
  const [state = '', subtype = '', ...message] = text.split(',');
  return [state, subtype, message.join(',')];
};

/** Devices, the extensions that show them, and presence. Custom ones live in AstDB, as in Asterisk. */
export const createStates = ({ scenario, database, event }: StatesOptions) => {
  const hints: Hint[] = Object.entries(scenario.hints).flatMap(([context, extensions]) =>
    Object.entries(extensions).map(([extension, devices]) => ({ context, extension, devices })),
  );

  const channels = new Map<string, Set<Channel>>();
  const stateOf = (device: string): DeviceState => {
    if (device.startsWith(CUSTOM)) return DEVICE_STATES.find((state) => state === database.get(keyOfCustom(device))?.toUpperCase()) ?? 'UNKNOWN'; // prettier-ignore
    const own = [...(channels.get(device) ?? [])];
    if (device.startsWith('Local/')) return own.some(({ half }) => half && !half.hungUp) ? 'INUSE' : 'NOT_INUSE';
    const endpoint = device.startsWith('PJSIP/') ? scenario.endpoints[device.slice('PJSIP/'.length)] : undefined;
    if (!endpoint) return 'INVALID';
    if (own.length > 0) return aggregate(own.map(ofChannel));
    return endpoint.does === 'unregistered' ? 'UNAVAILABLE' : 'NOT_INUSE';
  };
  const statusOf = (hint: Hint) => EXTENSION_STATUS[aggregate(hint.devices.split('&').map(stateOf))];
  const hintFields = (hint: Hint): Fields => {
    const [status, text] = statusOf(hint);
    return [['Exten', hint.extension], ['Context', hint.context], ['Hint', hint.devices], ['Status', status], ['StatusText', text]]; // prettier-ignore
  };

  const phones = Object.keys(scenario.endpoints).map((name) => `PJSIP/${name}`);
  const custom = () => [...database.keys()].flatMap((key) => /^\/CustomDevstate\/(.+)$/s.exec(key)?.[1] ?? []).map((name) => CUSTOM + name); // prettier-ignore
  const known = new Map<string, DeviceState>([...phones, ...custom()].map((device) => [device, stateOf(device)]));
  const shown = new Map<Hint, number>(hints.map((hint) => [hint, statusOf(hint)[0]]));

  const announce = (device: string) => {
    const state = stateOf(device);
    // Asterisk does not remember the state of a Local channel: it tells it each time.
    if (!device.startsWith('Local/')) {
      if (known.get(device) === state) return;
      known.set(device, state);
    }
    event('call', 'DeviceStateChange', [['Device', device], ['State', state]]); // prettier-ignore
    for (const hint of hints) {
      const [status] = statusOf(hint);
      if (!hint.devices.split('&').includes(device) || shown.get(hint) === status) continue;
      shown.set(hint, status);
      event('call', 'ExtensionStatus', hintFields(hint));
    }
  };

  const presenceOf = (provider: string) => splitPresence(database.get(keyOfPresence(provider)) ?? 'not_set');
  const presenceFields = (provider: string): Fields => {
    const [state, subtype, message] = presenceOf(provider);
    return [['Presentity', provider], ['Status', state], ['Subtype', subtype], ['Message', message]]; // prettier-ignore
  };

  return {
    stateOf,
    channelAdded(channel: Channel) {
      channels.set(channel.device, (channels.get(channel.device) ?? new Set()).add(channel));
    },
    channelChanged: ({ device }: Channel) => {
      announce(device);
    },
    channelGone(channel: Channel) {
      const own = channels.get(channel.device);
      own?.delete(channel);
      if (own?.size === 0) channels.delete(channel.device);
      announce(channel.device);
    },
    /** False where there is no such state, or the device is not one that can be set. */
    setDevice(device: string, value: string): boolean {
      const state = DEVICE_STATES.find((name) => name === value.toUpperCase());
      if (!device.startsWith(CUSTOM) || !state || state === 'UNKNOWN') return false;
      database.set(keyOfCustom(device), value);
      announce(device);
      return true;
    },
    devices: (): Fields[] => [...known].map(([device, state]) => [['Device', device], ['State', state]]), // prettier-ignore
    extensions: (): Fields[] => hints.map(hintFields),
    extension(context: string, extension: string): Fields {
      const hint = hints.find((known) => known.context === context && known.extension === extension);
      if (hint) return hintFields(hint);
      return [['Exten', extension], ['Context', context], ['Hint', ''], ['Status', -1], ['StatusText', 'Unknown']]; // prettier-ignore
    },
    /** Undefined where nobody provides it. */
    presence: (provider: string) => (provider.startsWith(PRESENCE) ? presenceOf(provider) : undefined),
    setPresence(provider: string, value: string): boolean {
      if (!provider.startsWith(PRESENCE) || !PRESENCES.includes(splitPresence(value)[0])) return false;
      database.set(keyOfPresence(provider), value);
      event('call', 'PresenceStateChange', presenceFields(provider));
      return true;
    },
    presences: (): Fields[] =>
      [...database.keys()].flatMap((key) => {
        const name = /^\/CustomPresence\/(.+)$/s.exec(key)?.[1];
        return name === undefined ? [] : [presenceFields(PRESENCE + name)];
      }),
  };
};

export type States = ReturnType<typeof createStates>;
