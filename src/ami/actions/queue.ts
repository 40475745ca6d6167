import type { Frame } from '../frame.ts';
import { defineAction, list, optionalText } from './define.ts';

const queueReference = (item: Frame) => ({ queue: item.get('Queue') ?? '' });
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
