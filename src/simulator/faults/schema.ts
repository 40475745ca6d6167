import { z } from 'zod';
import type { Fault, FaultKind } from './kinds.ts';

const milliseconds = z.int().min(0).max(3_600_000);
const bytes = z
  .int()
  .min(1)
  .max(1024 * 1024 * 1024)
  .optional();
const action = z.string().min(1).optional();
const strike = { action, times: z.int().min(1).optional() };
const classes = z.string().optional();

interface Described {
  description: string;
  parameters: z.ZodType<object>;
}

/** Every fault: what it does and what it takes. */
export const FAULTS: Readonly<Record<FaultKind, Described>> = {
  delay: { description: 'Every reply comes so much later.', parameters: z.strictObject({ ms: milliseconds }) },
  freeze: { description: 'Takes nothing and says nothing until it ends.', parameters: z.strictObject({}) },
  'half-open': { description: 'New connections are taken and never answered.', parameters: z.strictObject({}) },
  'cut-mid-frame': {
    description: 'Half of the reply, then the end of the connection.',
    parameters: z.strictObject(strike),
  },
  'cut-before-reply': {
    description: 'The action is carried out; the connection ends instead of the reply.',
    parameters: z.strictObject(strike),
  },
  'cut-after-write': {
    description: 'The action is thrown away; the connection ends.',
    parameters: z.strictObject(strike),
  },
  'duplicate-reply': { description: 'The reply comes twice.', parameters: z.strictObject(strike) },
  'reply-out-of-order': {
    description: 'The reply waits until another has overtaken it.',
    parameters: z.strictObject(strike),
  },
  'forged-frames': {
    description: 'A message nobody asked for, behind the reply to the action, or now where none is named.',
    parameters: z.strictObject({ frame: z.enum(['response', 'event']), action }),
  },
  garbage: {
    description: 'Random bytes before the reply to the action, or now where none is named.',
    parameters: z.strictObject({ bytes, action }),
  },
  'byte-by-byte': { description: 'Everything is sent one byte at a time.', parameters: z.strictObject({}) },
  'long-list': {
    description: 'A list reply grows to so many bytes, 10 MB where not said.',
    parameters: z.strictObject({ ...strike, bytes }),
  },
  'event-flood': {
    description: 'So many events a second for whoever wants class call.',
    parameters: z.strictObject({ perSecond: z.int().min(1).max(1_000_000) }),
  },
  'permissions-changed': {
    description: 'Other classes for a user, from its next login on.',
    parameters: z.strictObject({ user: z.string().min(1), read: classes, write: classes }),
  },
  restart: {
    description: 'Drops all, forgets all, counts Uniqueids anew, and listens again after a while.',
    parameters: z.strictObject({ downMs: milliseconds }),
  },
  'login-refused': { description: 'Every login fails.', parameters: z.strictObject({}) },
  'acl-close': { description: 'New connections are closed before the greeting.', parameters: z.strictObject({}) },
  authlimit: {
    description: 'The same beyond so many connections that have not logged in.',
    parameters: z.strictObject({ most: z.int().min(0) }),
  },
};

const isKind = (name: string): name is FaultKind => Object.hasOwn(FAULTS, name);

/** The fault of a name with its parameters, or why there is none. */
export const parseFault = (name: string, parameters: unknown): Fault | { error: string; unknown: boolean } => {
  if (!isKind(name)) return { error: `There is no fault ${name}: see GET /faults`, unknown: true };
  const parsed = FAULTS[name].parameters.safeParse(parameters);
  if (!parsed.success) return { error: `${name}: ${z.prettifyError(parsed.error)}`, unknown: false };
  return { kind: name, ...parsed.data } as Fault;
};
