import type { Frame } from '../frame.ts';
import type { ItemReference } from '../types.ts';
import { defineAction, list, optionalText } from './define.ts';

/** A waiting caller is a channel as well: a token that sees only some channels sees only those wait. */
const queueReference = (item: Frame): ItemReference => {
  const queue = item.get('Queue') ?? '';
  if (item.event !== 'QueueEntry') return { queue };
  const uniqueId = item.get('Uniqueid') ?? '';
  // A Local channel waits with its far half, whose conversation is named after the near one.
  return { queue, channel: { name: item.get('Channel') ?? '', uniqueId, linkedId: uniqueId.replace(/;2$/, '') } };
};
const fields = { Queue: optionalText };
const onQueue = ({ Queue }: { Queue?: string | undefined }) =>
  Queue === undefined ? [] : [{ kind: 'queue', name: Queue } as const];

/** Asterisk lets every account ask; the gateway wants class agent. An unknown queue is a Success without items. */
export const QueueSummary = defineAction({
  name: 'QueueSummary',
  fields,
  reply: list('QueueSummaryComplete'),
  classes: [],
  scopes: ['agent'],
  observes: true,
  touches: onQueue,
  itemReference: queueReference,
});

/** Items are QueueParams, QueueMember and QueueEntry. */
export const QueueStatus = defineAction({
  name: 'QueueStatus',
  fields,
  reply: list('QueueStatusComplete'),
  classes: [],
  scopes: ['agent'],
  observes: true,
  touches: onQueue,
  itemReference: queueReference,
});
