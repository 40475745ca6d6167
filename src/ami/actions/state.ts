import { defineAction, list, text } from './define.ts';
import { shared } from './touches.ts';

/** Devices are phones (`PJSIP/agent001`), and also `Queue:sales`, `Custom:lamp` and the like. */
export const DeviceStateList = defineAction({
  name: 'DeviceStateList',
  reply: list('DeviceStateListComplete'),
  classes: ['call', 'reporting'],
  observes: true,
  itemReference: (item) => ({ dialString: item.get('Device') ?? '' }),
});

/** No hint, or no such extension, is a Success with the status -1. */
export const ExtensionState = defineAction({
  name: 'ExtensionState',
  fields: { Exten: text, Context: text },
  classes: ['call', 'reporting'],
  observes: true,
  touches: ({ Exten, Context }) => [{ kind: 'dialplan', context: Context, extension: Exten }],
});

export const ExtensionStateList = defineAction({
  name: 'ExtensionStateList',
  reply: list('ExtensionStateListComplete'),
  classes: ['call', 'reporting'],
  observes: true,
  itemReference: (item) => ({
    context: item.get('Context') ?? '',
    extension: item.get('Exten') ?? '',
    dialString: item.get('Hint') ?? '',
  }),
});

export const PresenceState = defineAction({
  name: 'PresenceState',
  fields: { Provider: text },
  classes: ['call', 'reporting'],
  observes: true,
  touches: shared('presence'),
});

export const PresenceStateList = defineAction({
  name: 'PresenceStateList',
  reply: list('PresenceStateListComplete'),
  classes: ['call', 'reporting'],
  observes: true,
  touches: shared('presence'),
});
