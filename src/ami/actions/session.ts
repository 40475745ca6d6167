import { defineAction, optionalText, text } from './define.ts';

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
