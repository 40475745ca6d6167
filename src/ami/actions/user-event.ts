import { z } from 'zod';
import { defineAction, text } from './define.ts';
import { shared } from './touches.ts';

// Asterisk relays every header of the action inside the event, also those an event has of its own.
const RESERVED = new Set([
  'action', 'actionid', 'event', 'eventlist', 'file', 'func', 'line', 'privilege', 'response', 'sequencenumber',
  'suppressevents', 'systemname', 'timestamp', 'userevent',
]); // prettier-ignore

const headerName = z
  .string()
  .regex(/^[\w-]+$/)
  .refine((name) => !RESERVED.has(name.toLowerCase()), 'is a header of the event itself');

/** Headers are free, one each; everybody who reads class user gets them. */
export const UserEvent = defineAction({
  name: 'UserEvent',
  fields: { UserEvent: text, Headers: z.record(headerName, z.string()).optional() },
  encode: { Headers: (headers) => Object.entries(headers) },
  classes: ['user'],
  changes: true,
  touches: shared('an event to everybody'),
});
