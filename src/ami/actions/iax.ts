import { defineAction, list } from './define.ts';
import { phoneReference, shared } from './touches.ts';

const peers = (name: string) =>
  defineAction({
    name,
    reply: list('PeerlistComplete'),
    classes: ['system', 'reporting'],
    observes: true,
    itemReference: phoneReference('IAX2', 'ObjectName'),
  });

export const IAXpeers = peers('IAXpeers');
export const IAXpeerlist = peers('IAXpeerlist');

export const IAXregistry = defineAction({
  name: 'IAXregistry',
  reply: list('RegistrationsComplete'),
  classes: ['system', 'reporting'],
  observes: true,
  touches: shared('the list of registrations'),
});

/** Answers without Response and ActionID, so that no answer can be told from a torn stream: nobody may send it. */
export const IAXnetstats = defineAction({ name: 'IAXnetstats', classes: ['system', 'reporting'], internal: true });
