import { z } from 'zod';
import type { Touch } from '../types.ts';
import { defineAction, optionalText, text, wholeNumber } from './define.ts';
import { onQueueOrAll } from './touches.ts';

interface Member {
  Queue?: string | undefined;
  Interface: string;
}

const onMember = (f: Member): Touch[] => [...onQueueOrAll(f), { kind: 'dialString', dialString: f.Interface }];

/** A member's state may be another phone's, or that of a hint: `PJSIP/agent001`, `hint:101@lab`, `Custom:lamp`. */
const stateOf = (device: string): Touch[] => {
  const hint = /^hint:([^@]*)@?(.*)$/i.exec(device);
  if (hint) return [{ kind: 'dialplan', extension: hint[1] ?? '', context: hint[2] ?? '' }];
  return device.includes('/') ? [{ kind: 'dialString', dialString: device }] : [];
};

export const QueueAdd = defineAction({
  name: 'QueueAdd',
  fields: {
    Queue: text,
    Interface: text,
    Penalty: wholeNumber.optional(),
    Paused: z.boolean().optional(),
    Reason: optionalText,
    MemberName: optionalText,
    StateInterface: optionalText,
    Wrapuptime: wholeNumber.optional(),
  },
  classes: ['agent'],
  changes: true,
  touches: (f) => [...onMember(f), ...(f.StateInterface === undefined ? [] : stateOf(f.StateInterface))],
});

export const QueueRemove = defineAction({
  name: 'QueueRemove',
  fields: { Queue: text, Interface: text },
  classes: ['agent'],
  changes: true,
  touches: onMember,
});

/** Without Queue, in every queue; so are the next two. */
export const QueuePause = defineAction({
  name: 'QueuePause',
  fields: { Queue: optionalText, Interface: text, Paused: z.boolean(), Reason: optionalText },
  classes: ['agent'],
  changes: true,
  touches: onMember,
});

export const QueuePenalty = defineAction({
  name: 'QueuePenalty',
  fields: { Queue: optionalText, Interface: text, Penalty: wholeNumber },
  classes: ['agent'],
  changes: true,
  touches: onMember,
});

export const QueueMemberRingInUse = defineAction({
  name: 'QueueMemberRingInUse',
  fields: { Queue: optionalText, Interface: text, RingInUse: z.boolean() },
  classes: ['agent'],
  changes: true,
  touches: onMember,
});
