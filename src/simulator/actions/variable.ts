import { PRESENTATION } from '../dial.ts';
import { findFunction } from '../functions.ts';
import { readVariable, setCallerId } from '../variables.ts';
import { error, type SimulatedAction, success } from './define.ts';

export const variableActions: SimulatedAction[] = [
  {
    name: 'Getvar',
    classes: ['call', 'reporting'],
    synopsis: 'Gets a channel variable or function value.',
    run: ({ box, get, write }) => {
      const name = get('Variable');
      if (name === '') return error('No variable specified');
      if (/SHELL|EVAL/.test(name) && !write.has('system')) return error('GetVar Access Forbidden: Variable');
      const channel = get('Channel') === '' ? undefined : box.find(get('Channel'));
      if (get('Channel') !== '' && !channel) return error('No such channel');
      return success(undefined, [['Variable', name], ['Value', readVariable(box, channel, name) ?? '']]); // prettier-ignore
    },
  },
  {
    name: 'Setvar',
    classes: ['call'],
    synopsis: 'Sets a channel variable or function value.',
    run: ({ box, get }) => {
      const name = get('Variable');
      if (name === '') return error('No variable specified');
      const channel = get('Channel') === '' ? undefined : box.find(get('Channel'));
      if (get('Channel') !== '' && !channel) return error('No such channel');
      if (!name.endsWith(')')) {
        box.setVariable(channel ?? null, name, get('Value'));
        return success('Variable Set');
      }
      const called = findFunction(name);
      const isSet = called
        ? called.does.write?.({ box, channel, argument: called.argument }, get('Value'))
        : channel && setCallerId(channel, name, get('Value'));
      if (isSet && channel && !called) box.onChannel(channel, 'NewCallerid', PRESENTATION);
      return isSet ? success('Variable Set') : error('Variable not set');
    },
  },
];
