import { defineAction } from './define.ts';

export const CoreStatus = defineAction({ name: 'CoreStatus', classes: ['system', 'reporting'], observes: true });
export const CoreSettings = defineAction({ name: 'CoreSettings', classes: ['system', 'reporting'], observes: true });
/** One header an action, its name the action's, its value a description with the classes. */
export const ListCommands = defineAction({
  name: 'ListCommands',
  classes: [],
  scopes: ['system', 'reporting'],
  observes: true,
});
export const Ping = defineAction({ name: 'Ping', classes: [], scopes: ['system', 'reporting'], observes: true });
