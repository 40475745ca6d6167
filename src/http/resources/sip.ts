import { z } from 'zod';
import { type Resource, resource, text } from '../routes/resources.ts';

const tag = 'Endpoints';
const sip = 'Where chan_sip is loaded: up to Asterisk 20.';
const skinny = 'Where chan_skinny is loaded: up to Asterisk 20.';
const params = { peer: text.describe('Name of the peer, without SIP/').meta({ example: 'desk-1' }) };
const peer = ({ params: { peer: Peer } }: { params: { peer: string } }) => ({ Peer });

/** The channel drivers that are gone since Asterisk 21. */
export const sipResources: readonly Resource[] = [
  resource({
    route: 'GET /sip/peers',
    id: 'sip.peers',
    tag,
    summary: 'Peers of chan_sip',
    notes: sip,
    action: 'SIPpeers',
    gives: 'list',
  }),
  resource({
    route: 'GET /sip/peers/:peer',
    id: 'sip.peer',
    tag,
    summary: 'One peer of chan_sip',
    notes: `${sip} Says whether there is a secret, never which.`,
    action: 'SIPshowpeer',
    params,
    fields: peer,
    gives: 'one',
  }),
  resource({
    route: 'GET /sip/peers/:peer/status',
    id: 'sip.peerStatus',
    tag,
    summary: 'Whether a peer of chan_sip is reached',
    notes: sip,
    action: 'SIPpeerstatus',
    params,
    fields: peer,
    gives: 'one',
    absent: 'no-such-peer',
  }),
  resource({
    route: 'GET /sip/peer-statuses',
    id: 'sip.peerStatuses',
    tag,
    summary: 'Which peers of chan_sip are reached',
    notes: sip,
    action: 'SIPpeerstatus',
    gives: 'list',
  }),
  resource({
    route: 'POST /sip/peers/:peer/qualify',
    id: 'sip.qualify',
    tag,
    summary: 'Ask a peer of chan_sip whether it is there',
    notes: `${sip} Says that it will be asked: the answer is an event.`,
    action: 'SIPqualifypeer',
    params,
    fields: peer,
    gives: 'done',
  }),
  resource({
    route: 'POST /sip/peers/:peer/notify',
    id: 'sip.notify',
    tag,
    summary: 'Send a SIP NOTIFY by chan_sip',
    notes: `${sip} A name that is no peer is taken for an address: not for tokens that see only some.`,
    action: 'SIPnotify',
    params,
    body: {
      headers: z.record(z.string().max(80), z.string().max(900)),
      callId: text.optional().describe('Within the dialogue of this Call-ID'),
    },
    example: { headers: { Event: 'check-sync' } },
    fields: ({ params: { peer: Channel }, body }) => ({ Channel, Variable: body.headers, 'Call-ID': body.callId }),
    gives: 'done',
  }),
  resource({
    route: 'GET /sip/registrations',
    id: 'sip.registrations',
    tag,
    summary: 'Registrations of chan_sip with others',
    notes: sip,
    action: 'SIPshowregistry',
    gives: 'list',
  }),
  resource({
    route: 'GET /skinny/devices',
    id: 'skinny.devices',
    tag,
    summary: 'Skinny phones',
    notes: skinny,
    action: 'SKINNYdevices',
    gives: 'list',
  }),
  resource({
    route: 'GET /skinny/lines',
    id: 'skinny.lines',
    tag,
    summary: 'Lines of Skinny phones',
    notes: skinny,
    action: 'SKINNYlines',
    gives: 'list',
  }),
];
