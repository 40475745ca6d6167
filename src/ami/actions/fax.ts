import { defineAction, list, wholeNumber } from './define.ts';
import { channelReference, shared } from './touches.ts';

export const FAXSessions = defineAction({
  name: 'FAXSessions',
  reply: list('FAXSessionsComplete'),
  classes: ['call'],
  observes: true,
  itemReference: channelReference,
});

export const FAXSession = defineAction({
  name: 'FAXSession',
  fields: { SessionNumber: wholeNumber },
  reply: { kind: 'event', event: 'FAXSession' },
  classes: ['call'],
  observes: true,
  touches: shared('a fax session'),
});

export const FAXStats = defineAction({
  name: 'FAXStats',
  reply: { kind: 'event', event: 'FAXStats' },
  classes: ['reporting'],
  observes: true,
});
