import type { Fields } from '../wire.ts';
import { type Answer, error, type SimulatedAction, success } from './define.ts';

const classes = ['call', 'reporting'];

const list = (message: string, event: string, complete: string, items: Fields[]): Answer => ({
  kind: 'list',
  message,
  complete,
  items: items.map((item) => [['Event', event], ...item]),
});

export const stateActions: SimulatedAction[] = [
  {
    name: 'DeviceStateList',
    classes,
    synopsis: 'List the current known device states.',
    run: ({ box }) =>
      list('Device State Changes will follow', 'DeviceStateChange', 'DeviceStateListComplete', box.states.devices()),
  },
  {
    name: 'ExtensionState',
    classes,
    synopsis: 'Check Extension Status.',
    run: ({ box, get }) => {
      if (get('Exten') === '') return error('Extension not specified');
      return success('Extension Status', box.states.extension(get('Context') || 'default', get('Exten')));
    },
  },
  {
    name: 'ExtensionStateList',
    classes,
    synopsis: 'List the current known extension states.',
    run: ({ box }) =>
      list('Extension Statuses will follow', 'ExtensionStatus', 'ExtensionStateListComplete', box.states.extensions()),
  },
  {
    name: 'PresenceState',
    classes,
    synopsis: 'Check Presence State',
    run: ({ box, get }) => {
      const provider = get('Provider');
      if (provider === '') return error('No provider specified');
      const found = box.states.presence(provider);
      if (!found) return error(`Invalid provider ${provider} or provider in invalid state`);
      const [state, subtype, message] = found;
      const more: Fields = message === '' ? [] : [['Message', message], ['PresenceMessage', message]]; // prettier-ignore
      return success('Presence State', [['State', state], ...(subtype === '' ? [] : [['Subtype', subtype] as const]), ...more]); // prettier-ignore
    },
  },
  {
    name: 'PresenceStateList',
    classes,
    synopsis: 'List the current known presence states.',
    run: ({ box }) =>
      list('Presence State Changes will follow', 'PresenceStateChange', 'PresenceStateListComplete', box.states.presences()), // prettier-ignore
  },
];
