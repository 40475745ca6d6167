import { defineAction, list, optionalText, repeatable, text } from './define.ts';
import { phoneReference, shared } from './touches.ts';
import type { Touch } from '../types.ts';

// chan_sip, gone from Asterisk 21 on.
const onPeer = ({ Peer }: { Peer?: string | undefined }): Touch[] =>
  Peer === undefined ? [] : [{ kind: 'endpoint', technology: 'SIP', name: Peer.replace(/^sip\//i, '') }];

export const SIPpeers = defineAction({
  name: 'SIPpeers',
  reply: list('PeerlistComplete'),
  classes: ['system', 'reporting'],
  observes: true,
  itemReference: phoneReference('SIP', 'ObjectName'),
});

/** Items name their peer with its technology. */
export const SIPpeerstatus = defineAction({
  name: 'SIPpeerstatus',
  fields: { Peer: optionalText },
  reply: list('SIPpeerstatusComplete'),
  classes: ['system'],
  observes: true,
  touches: onPeer,
  itemReference: (item) => ({ dialString: item.get('Peer') ?? '' }),
});

/** Says whether there is a secret, never which. */
export const SIPshowpeer = defineAction({
  name: 'SIPshowpeer',
  fields: { Peer: text },
  classes: ['system', 'reporting'],
  observes: true,
  touches: onPeer,
});

export const SIPqualifypeer = defineAction({
  name: 'SIPqualifypeer',
  fields: { Peer: text },
  classes: ['system', 'reporting'],
  changes: true,
  touches: onPeer,
});

export const SIPshowregistry = defineAction({
  name: 'SIPshowregistry',
  reply: list('RegistrationsComplete'),
  classes: ['system', 'reporting'],
  observes: true,
  touches: shared('the list of registrations'),
});

/** Channel is a peer, or any address. */
export const SIPnotify = defineAction({
  name: 'SIPnotify',
  fields: { Channel: text, Variable: repeatable, 'Call-ID': optionalText },
  classes: ['system'],
  changes: true,
  touches: shared('a notification to any address'),
});
