import { defineAction, list, optionalText, text } from './define.ts';
import { channelReference, onChannel, shared } from './touches.ts';

// Asterisk lets every account do all of these; the gateway wants a class.
export const BridgeList = defineAction({
  name: 'BridgeList',
  fields: { BridgeType: optionalText },
  reply: list('BridgeListComplete'),
  classes: [],
  scopes: ['call'],
  observes: true,
  touches: shared('the list of bridges'),
});

export const BridgeInfo = defineAction({
  name: 'BridgeInfo',
  fields: { BridgeUniqueid: text },
  reply: list('BridgeInfoComplete'),
  classes: [],
  scopes: ['call'],
  observes: true,
  itemReference: channelReference,
});

export const BridgeDestroy = defineAction({
  name: 'BridgeDestroy',
  fields: { BridgeUniqueid: text },
  classes: [],
  scopes: ['call'],
  changes: true,
  touches: shared('a bridge'),
});

/** Without BridgeUniqueid, from the bridge the channel is in. */
export const BridgeKick = defineAction({
  name: 'BridgeKick',
  fields: { BridgeUniqueid: optionalText, Channel: text },
  classes: [],
  scopes: ['call'],
  changes: true,
  touches: onChannel,
});

export const BridgeTechnologyList = defineAction({
  name: 'BridgeTechnologyList',
  reply: list('BridgeTechnologyListComplete'),
  classes: [],
  scopes: ['system'],
  observes: true,
});

const technologyAction = (name: string) =>
  defineAction({
    name,
    fields: { BridgeTechnology: text },
    classes: [],
    scopes: ['system'],
    changes: true,
    touches: shared('a bridge technology'),
  });

export const BridgeTechnologySuspend = technologyAction('BridgeTechnologySuspend');
export const BridgeTechnologyUnsuspend = technologyAction('BridgeTechnologyUnsuspend');
