import { z } from 'zod';
import type { Touch } from '../types.ts';
import { defineAction, list, optionalText, repeatable, text } from './define.ts';
import { onChannel, onEndpoint, phoneReference, shared } from './touches.ts';

export const PJSIPShowEndpoints = defineAction({
  name: 'PJSIPShowEndpoints',
  reply: list('EndpointListComplete'),
  classes: ['system'],
  observes: true,
  itemReference: phoneReference('PJSIP', 'ObjectName'),
});

/** Not an observing action: items hold the endpoint's passwords. */
export const PJSIPShowEndpoint = defineAction({
  name: 'PJSIPShowEndpoint',
  fields: { Endpoint: text },
  reply: list('EndpointDetailComplete'),
  classes: ['system'],
  touches: onEndpoint,
});

export const PJSIPShowContacts = defineAction({
  name: 'PJSIPShowContacts',
  reply: list('ContactListComplete'),
  classes: ['system'],
  observes: true,
  itemReference: phoneReference('PJSIP', 'Endpoint'),
});

export const PJSIPShowAors = defineAction({
  name: 'PJSIPShowAors',
  reply: list('AorListComplete'),
  classes: ['system'],
  observes: true,
  touches: shared('the list of AORs'),
});

/** Items hold passwords. */
export const PJSIPShowAuths = defineAction({
  name: 'PJSIPShowAuths',
  reply: list('AuthListComplete'),
  classes: ['system'],
  touches: shared('the list of authentications'),
});

export const PJSIPShowRegistrationsInbound = defineAction({
  name: 'PJSIPShowRegistrationsInbound',
  reply: list('InboundRegistrationDetailComplete'),
  classes: ['system'],
  observes: true,
  touches: shared('the list of registrations'),
});

export const PJSIPShowRegistrationInboundContactStatuses = defineAction({
  name: 'PJSIPShowRegistrationInboundContactStatuses',
  reply: list('ContactStatusDetailComplete'),
  classes: ['system'],
  observes: true,
  itemReference: phoneReference('PJSIP', 'EndpointName'),
});

/** AuthDetail among the items holds passwords. */
export const PJSIPShowRegistrationsOutbound = defineAction({
  name: 'PJSIPShowRegistrationsOutbound',
  reply: list('OutboundRegistrationDetailComplete'),
  classes: ['system', 'reporting'],
  touches: shared('the list of registrations'),
});

export const PJSIPShowSubscriptionsInbound = defineAction({
  name: 'PJSIPShowSubscriptionsInbound',
  reply: list('InboundSubscriptionDetailComplete'),
  classes: ['system'],
  observes: true,
  itemReference: phoneReference('PJSIP', 'Endpoint'),
});

export const PJSIPShowSubscriptionsOutbound = defineAction({
  name: 'PJSIPShowSubscriptionsOutbound',
  reply: list('OutboundSubscriptionDetailComplete'),
  classes: ['system'],
  observes: true,
  itemReference: phoneReference('PJSIP', 'Endpoint'),
});

export const PJSIPShowResourceLists = defineAction({
  name: 'PJSIPShowResourceLists',
  reply: list('ResourceListDetailComplete'),
  classes: ['system'],
  observes: true,
  touches: shared('the resource lists'),
});

export const PJSIPShowMaintenance = defineAction({
  name: 'PJSIPShowMaintenance',
  fields: { Endpoint: optionalText },
  reply: list('PJSIPMaintenanceStatusComplete'),
  classes: ['system', 'reporting'],
  observes: true,
  touches: ({ Endpoint }) => (Endpoint === undefined ? [] : onEndpoint({ Endpoint })),
  itemReference: phoneReference('PJSIP', 'Endpoint'),
});

/** The endpoint `all` stands for every one. */
export const PJSIPSetMaintenance = defineAction({
  name: 'PJSIPSetMaintenance',
  fields: { Endpoint: text, State: z.enum(['on', 'off']) },
  classes: ['system'],
  changes: true,
  touches: ({ Endpoint }) =>
    Endpoint.toLowerCase() === 'all' ? [{ kind: 'shared', what: 'every endpoint' }] : onEndpoint({ Endpoint }),
});

/** Success says that the phone will be asked, not that it answered. */
export const PJSIPQualify = defineAction({
  name: 'PJSIPQualify',
  fields: { Endpoint: text },
  classes: ['system', 'reporting'],
  changes: true,
  touches: onEndpoint,
});

const registrationAction = (name: string) =>
  defineAction({
    name,
    fields: { Registration: text },
    classes: ['system', 'reporting'],
    changes: true,
    touches: shared('a registration'),
  });

/** `*all` stands for every registration. */
export const PJSIPRegister = registrationAction('PJSIPRegister');
export const PJSIPUnregister = registrationAction('PJSIPUnregister');

/** One of Endpoint, URI and Channel; Option names an entry of pjsip_notify.conf, Variable is the headers themselves. */
export const PJSIPNotify = defineAction({
  name: 'PJSIPNotify',
  fields: {
    Endpoint: optionalText,
    URI: optionalText,
    Channel: optionalText,
    Option: optionalText,
    Variable: repeatable.optional(),
  },
  classes: ['system'],
  changes: true,
  touches: ({ Endpoint, URI, Channel }) => {
    const touches: Touch[] = [];
    if (Endpoint !== undefined) touches.push(...onEndpoint({ Endpoint }));
    if (Channel !== undefined) touches.push({ kind: 'channel', ref: Channel });
    if (URI !== undefined) touches.push({ kind: 'shared', what: 'a notification to any address' });
    return touches;
  },
});

/** Cause is a SIP status from 400 to 699, or one of Asterisk's names for them. */
export const PJSIPHangup = defineAction({
  name: 'PJSIPHangup',
  fields: { Channel: text, Cause: text },
  classes: ['system', 'call'],
  changes: true,
  touches: onChannel,
});
