import { defineAction, text } from './define.ts';
import { shared } from './touches.ts';

// chan_skinny, gone from Asterisk 21 on.
const skinnyList = (name: string, complete: string) =>
  defineAction({
    name,
    // Asterisk forgets the blank line behind each item.
    reply: { kind: 'list', complete, runTogether: true },
    classes: ['system', 'reporting'],
    observes: true,
    touches: shared('the list of Skinny phones'),
  });

export const SKINNYdevices = skinnyList('SKINNYdevices', 'DevicelistComplete');
export const SKINNYlines = skinnyList('SKINNYlines', 'LinelistComplete');

// Both answer without Response and ActionID, so that no answer can be told from a torn stream: nobody may send them.
export const SKINNYshowdevice = defineAction({
  name: 'SKINNYshowdevice',
  fields: { Device: text },
  classes: ['system', 'reporting'],
  internal: true,
});

export const SKINNYshowline = defineAction({
  name: 'SKINNYshowline',
  fields: { Line: text },
  classes: ['system', 'reporting'],
  internal: true,
});
