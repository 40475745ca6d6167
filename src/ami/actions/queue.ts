import { z } from 'zod';
import type { Frame } from '../frame.ts';
import type { ItemReference, Touch } from '../types.ts';
import { defineAction, list, optionalText, text, wholeNumber } from './define.ts';
import { onQueue, onQueueOrAll } from './touches.ts';

/** A waiting caller is a channel as well: a token that sees only some channels sees only those wait. */
const queueReference = (item: Frame): ItemReference => {
  const queue = item.get('Queue') ?? '';
  if (item.event !== 'QueueEntry') return { queue };
  const uniqueId = item.get('Uniqueid') ?? '';
  // A Local channel waits with its far half, whose conversation is named after the near one.
  return { queue, channel: { name: item.get('Channel') ?? '', uniqueId, linkedId: uniqueId.replace(/;2$/, '') } };
};

/** Asterisk lets every account ask; the gateway wants class agent. An unknown queue is a Success without items. */
export const QueueSummary = defineAction({
  name: 'QueueSummary',
  fields: { Queue: optionalText },
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
  fields: { Queue: optionalText, Member: optionalText },
  reply: list('QueueStatusComplete'),
  classes: [],
  scopes: ['agent'],
  observes: true,
  touches: onQueue,
  itemReference: queueReference,
});

/** Rules belong to no queue. They come as plain lines of the Response. */
export const QueueRule = defineAction({
  name: 'QueueRule',
  fields: { Rule: optionalText },
  classes: [],
  scopes: ['agent'],
  observes: true,
  touches: () => [{ kind: 'allQueues' }],
});

/** Without Queue, the statistics of all queues. An unknown queue is a Success. */
export const QueueReset = defineAction({
  name: 'QueueReset',
  fields: { Queue: optionalText },
  classes: [],
  scopes: ['agent'],
  changes: true,
  touches: onQueueOrAll,
});

/** Without one of Members, Rules and Parameters, all three are read anew; rules are those of all queues. */
export const QueueReload = defineAction({
  name: 'QueueReload',
  fields: {
    Queue: optionalText,
    Members: z.enum(['yes', 'no']).optional(),
    Rules: z.enum(['yes', 'no']).optional(),
    Parameters: z.enum(['yes', 'no']).optional(),
  },
  classes: [],
  scopes: ['agent'],
  changes: true,
  slow: true,
  touches: ({ Queue, Members, Rules, Parameters }) => {
    const rulesToo = Rules === 'yes' || (Members !== 'yes' && Parameters !== 'yes');
    return rulesToo ? [...onQueue({ Queue }), { kind: 'allQueues' }] : onQueueOrAll({ Queue });
  },
});

// One line of the log, whose parts have | between them: one before the queue's name would name another queue.
const part = text.regex(/^[^|]*$/, 'must not hold |, which parts the log');

/** Message alone may hold several parts. */
export const QueueLog = defineAction({
  name: 'QueueLog',
  fields: {
    Queue: part,
    Event: part,
    UniqueId: part.optional(),
    Interface: part.optional(),
    Message: optionalText,
  },
  classes: ['agent'],
  changes: true,
  touches: onQueue,
});

const onCaller = ({ Queue, Caller }: { Queue: string; Caller: string }): Touch[] => [
  { kind: 'queue', name: Queue },
  { kind: 'channel', ref: Caller },
];

/** Caller is the name of a channel that waits. */
export const QueueWithdrawCaller = defineAction({
  name: 'QueueWithdrawCaller',
  fields: { Queue: text, Caller: text, WithdrawInfo: optionalText },
  classes: [],
  scopes: ['agent'],
  changes: true,
  touches: onCaller,
});

export const QueueChangePriorityCaller = defineAction({
  name: 'QueueChangePriorityCaller',
  fields: { Queue: text, Caller: text, Priority: wholeNumber, Immediate: z.boolean().optional() },
  classes: [],
  scopes: ['agent'],
  changes: true,
  touches: onCaller,
});
