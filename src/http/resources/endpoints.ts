import { z } from 'zod';
import { by, type Resource, resource, text } from '../routes/resources.ts';

const tag = 'Endpoints';
const list = (route: string, id: string, summary: string, action: string, events?: string[]): Resource =>
  resource({
    route: `GET ${route}`,
    id,
    tag,
    summary,
    action,
    gives: 'list',
    emptyOn: ['nothing-found'],
    ...(events ? { events } : {}),
  });
const endpoint = ({ params }: { params: { id: string } }) => ({ Endpoint: params.id });
const registration = { name: text.describe('Name of the registration') };

/** PJSIP. What Asterisk keeps secret is left out everywhere. */
export const endpointResources: readonly Resource[] = [
  list('/endpoints', 'endpoints.list', 'PJSIP endpoints', 'PJSIPShowEndpoints'),
  resource({
    route: 'GET /endpoints/:id',
    id: 'endpoints.get',
    tag,
    summary: 'An endpoint, with its AORs, contacts and transports',
    notes: 'One item for each; `passwords` and other secrets are left out.',
    action: 'PJSIPShowEndpoint',
    params: by.endpoint,
    fields: endpoint,
    gives: 'list',
  }),
  resource({
    route: 'POST /endpoints/:id/qualify',
    id: 'endpoints.qualify',
    tag,
    summary: 'Ask a phone whether it is there',
    notes: 'Says that it will be asked: the answer is an event.',
    action: 'PJSIPQualify',
    params: by.endpoint,
    fields: endpoint,
    gives: 'done',
  }),
  resource({
    route: 'POST /endpoints/:id/notify',
    id: 'endpoints.notify',
    tag,
    summary: 'Send a SIP NOTIFY',
    action: 'PJSIPNotify',
    params: by.endpoint,
    body: {
      option: text.optional().describe('Entry of pjsip_notify.conf'),
      headers: z.record(z.string().max(80), z.string().max(900)).optional(),
    },
    example: { headers: { Event: 'check-sync' } },
    fields: ({ params, body }) => ({ Endpoint: params.id, Option: body.option, Variable: body.headers }),
    gives: 'done',
  }),
  resource({
    route: 'PUT /endpoints/:id/maintenance',
    id: 'endpoints.maintenance',
    tag,
    summary: 'Take an endpoint out of use, or in again',
    notes: 'Asterisk 22 and later.',
    action: 'PJSIPSetMaintenance',
    params: by.endpoint,
    body: { state: z.enum(['on', 'off']) },
    example: { state: 'on' },
    fields: ({ params, body }) => ({ Endpoint: params.id, State: body.state }),
    gives: 'done',
  }),
  list('/contacts', 'contacts.list', 'Where phones are reached', 'PJSIPShowContacts'),
  list('/aors', 'aors.list', 'Addresses of record', 'PJSIPShowAors'),
  list('/auths', 'auths.list', 'Authentications, without their secrets', 'PJSIPShowAuths'),
  list('/registrations/inbound', 'registrations.inbound', 'Registrations of phones', 'PJSIPShowRegistrationsInbound', [
    'InboundRegistrationDetail',
  ]),
  list(
    '/registrations/outbound',
    'registrations.outbound',
    'Registrations with others',
    'PJSIPShowRegistrationsOutbound',
    ['OutboundRegistrationDetail'],
  ),
  resource({
    route: 'POST /registrations/outbound/:name/register',
    id: 'registrations.register',
    tag,
    summary: 'Register now',
    action: 'PJSIPRegister',
    params: registration,
    fields: ({ params }) => ({ Registration: params.name }),
    gives: 'done',
  }),
  resource({
    route: 'POST /registrations/outbound/:name/unregister',
    id: 'registrations.unregister',
    tag,
    summary: 'Unregister',
    action: 'PJSIPUnregister',
    params: registration,
    fields: ({ params }) => ({ Registration: params.name }),
    gives: 'done',
  }),
  list('/subscriptions/inbound', 'subscriptions.inbound', 'Subscriptions of phones', 'PJSIPShowSubscriptionsInbound', [
    'InboundSubscriptionDetail',
  ]),
  list(
    '/subscriptions/outbound',
    'subscriptions.outbound',
    'Subscriptions with others',
    'PJSIPShowSubscriptionsOutbound',
    ['OutboundSubscriptionDetail'],
  ),
  list('/resource-lists', 'resourceLists.list', 'Resource lists', 'PJSIPShowResourceLists'),
  list('/iax/peers', 'iax.peers', 'IAX2 peers', 'IAXpeerlist'),
  list('/iax/registrations', 'iax.registrations', 'IAX2 registrations', 'IAXregistry'),
];
