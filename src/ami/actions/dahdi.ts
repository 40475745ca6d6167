import { defineAction, list, optionalText, text } from './define.ts';
import { channelReference, shared } from './touches.ts';

// Asterisk lets every account do all of these; the gateway wants class system.
export const DAHDIShowChannels = defineAction({
  name: 'DAHDIShowChannels',
  fields: { DAHDIChannel: optionalText },
  reply: list('DAHDIShowChannelsComplete'),
  classes: [],
  scopes: ['system'],
  observes: true,
  itemReference: channelReference,
});

export const DAHDIShowStatus = defineAction({
  name: 'DAHDIShowStatus',
  reply: list('DAHDIShowStatusComplete'),
  classes: [],
  scopes: ['system'],
  observes: true,
  touches: shared('the list of spans'),
});

const lineAction = (name: string) =>
  defineAction({
    name,
    fields: { DAHDIChannel: text },
    classes: [],
    scopes: ['system'],
    changes: true,
    touches: shared('a DAHDI line'),
  });

export const DAHDIDNDon = lineAction('DAHDIDNDon');
export const DAHDIDNDoff = lineAction('DAHDIDNDoff');
export const DAHDIHangup = lineAction('DAHDIHangup');
export const DAHDITransfer = lineAction('DAHDITransfer');

/** Dials digits on a line that is already in use; where they lead is the far end's to say. */
export const DAHDIDialOffhook = defineAction({
  name: 'DAHDIDialOffhook',
  fields: { DAHDIChannel: text, Number: text },
  classes: [],
  scopes: ['system'],
  changes: true,
  touches: shared('a DAHDI line'),
});

/** Ends every call on DAHDI. */
export const DAHDIRestart = defineAction({
  name: 'DAHDIRestart',
  classes: [],
  scopes: ['system'],
  changes: true,
  slow: true,
  touches: shared('every DAHDI line'),
});
