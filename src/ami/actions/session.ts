import { defineAction, optionalText, text, wholeNumber } from './define.ts';

export const Challenge = defineAction({
  name: 'Challenge',
  fields: { AuthType: text },
  classes: [],
  internal: true,
});

/** Events takes a mask: `off`, `on`, or classes such as `system,call`. */
export const Login = defineAction({
  name: 'Login',
  fields: { AuthType: text, Username: text, Key: text, Events: optionalText },
  classes: [],
  internal: true,
});

export const Logoff = defineAction({ name: 'Logoff', classes: [], internal: true });

export const Events = defineAction({ name: 'Events', fields: { EventMask: text }, classes: [], internal: true });

/** Filters can only be added, and stay with the connection. */
export const Filter = defineAction({
  name: 'Filter',
  fields: { Operation: text, Filter: text, MatchCriteria: optionalText },
  classes: ['system'],
  internal: true,
});

/** Holds up its connection until something happens. */
export const WaitEvent = defineAction({
  name: 'WaitEvent',
  fields: { Timeout: wholeNumber },
  classes: [],
  internal: true,
});
