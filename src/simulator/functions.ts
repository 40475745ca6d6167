import type { Box } from './box.ts';
import type { Channel } from './channel.ts';
import { keyOf, namesBelow } from './database.ts';

export interface FunctionCall {
  box: Box;
  channel: Channel | undefined;
  argument: string;
}

interface DialplanFunction {
  read: (call: FunctionCall) => string;
  /** False where the value is not taken. */
  write?: (call: FunctionCall, value: string) => boolean;
}

const stored = ({ box, argument }: FunctionCall): string | undefined => {
  const [family = '', ...key] = argument.split('/');
  return box.database.get(keyOf(family, key.join('/')));
};

/** Functions Getvar and Setvar know besides those of a channel, by their names as Asterisk writes them. */
const FUNCTIONS: Readonly<Record<string, DialplanFunction>> = {
  // live_dangerously is off unless somebody turns it on: AMI may neither read nor write through DB().
  DB: { read: () => '', write: () => false },
  DB_EXISTS: {
    read(call) {
      const value = stored(call);
      if (value !== undefined) call.box.setVariable(call.channel ?? null, 'DB_RESULT', value);
      return value === undefined ? '0' : '1';
    },
  },
  DB_KEYS: { read: ({ box, argument }) => namesBelow(box.database, argument).join(',') },
  DEVICE_STATE: {
    read({ box, argument }) {
      const [, extension = '', context = ''] = /^Local\/([^@]+)@([^/]+)/.exec(argument) ?? [];
      const nowhere = argument.startsWith('Local/') && !box.dialplan.find(context, extension);
      return nowhere ? 'INVALID' : box.states.stateOf(argument);
    },
    write: ({ box, argument }, value) => box.states.setDevice(argument, value),
  },
  PRESENCE_STATE: {
    read({ box, argument }) {
      const [provider = '', field = ''] = argument.split(',');
      return box.states.presence(provider)?.[['value', 'subtype', 'message'].indexOf(field)] ?? '';
    },
    write: ({ box, argument }, value) => box.states.setPresence(argument, value),
  },
};

/** The function a variable's name calls, if it is one of these. */
export const findFunction = (name: string): { argument: string; does: DialplanFunction } | undefined => {
  const [, called = '', argument = ''] = /^([A-Z_]+)\((.*)\)$/s.exec(name) ?? [];
  const does = Object.hasOwn(FUNCTIONS, called) ? FUNCTIONS[called] : undefined;
  return does && { argument, does };
};
