import { defineAction, optionalText, repeatable, text } from './define.ts';
import type { Touch } from '../types.ts';
import { shared } from './touches.ts';

/** Destination, or To where there is none, is an address such as `pjsip:agent001`; Variable sets headers of the message. */
export const MessageSend = defineAction({
  name: 'MessageSend',
  fields: {
    Destination: optionalText,
    To: optionalText,
    From: optionalText,
    Body: optionalText,
    Base64Body: optionalText,
    Variable: repeatable.optional(),
  },
  classes: ['message'],
  changes: true,
  touches: ({ Destination, To }) => [
    { kind: 'shared', what: 'a message to any address' },
    ...[Destination, To].flatMap((address): Touch[] => (address === undefined ? [] : [{ kind: 'address', address }])),
  ],
});

/** The documentation calls ScreenName JID; Asterisk does not read that (16 and 22). */
export const JabberSend = defineAction({
  name: 'JabberSend',
  fields: { Jabber: text, ScreenName: text, Message: text },
  reply: { kind: 'twice' },
  classes: ['system'],
  changes: true,
  touches: shared('a message to any address'),
});
