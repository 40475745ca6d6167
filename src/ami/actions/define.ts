import { z } from 'zod';
import type { Header } from '../encoder.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Action, AmiClass, Declaration, ItemReference, ReplyKind, Touch } from '../types.ts';
import type { Frame } from '../frame.ts';
import { encodeVariable } from './variable-encoding.ts';

type FieldValue = string | number | boolean | Record<string, string> | undefined;
type Shape = Record<string, z.ZodType<FieldValue>>;

interface Spec<S extends Shape> {
  name: string;
  fields?: S;
  reply?: ReplyKind;
  classes: readonly AmiClass[];
  /** Only where the gateway asks for something else than Asterisk: open actions, powers taken away. */
  scopes?: readonly AmiClass[];
  observes?: boolean;
  changes?: boolean;
  slow?: boolean;
  internal?: boolean;
  touches?: (fields: z.output<z.ZodObject<S>>) => Touch[];
  itemReference?: (item: Frame) => ItemReference;
}

export interface ActionFactory<S extends Shape> extends Declaration {
  /** Checks the fields and gives an action to send. Throws `invalid-request`. */
  (fields: z.input<z.ZodObject<S>>): Action;
  readonly fields: z.ZodObject<S>;
}

export const plain: ReplyKind = { kind: 'plain' };
export const list = (complete: string): ReplyKind => ({ kind: 'list', complete });

export const text = z.string().min(1);
export const optionalText = z.string().min(1).optional();
export const wholeNumber = z.int().min(0);
/** `Variable:` headers, one a variable. The names are judged by the guard. */
export const variables = z.record(z.string().min(1), z.string()).optional();

const toHeaders = (fields: Record<string, FieldValue>): Header[] => {
  const headers: Header[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (typeof value === 'object') {
      for (const [variable, content] of Object.entries(value)) headers.push([name, encodeVariable(variable, content)]);
    } else {
      headers.push([name, String(value)]);
    }
  }
  return headers;
};

export const defineAction = <S extends Shape = Record<string, never>>(spec: Spec<S>): ActionFactory<S> => {
  const fields = z.strictObject(spec.fields ?? ({} as S));
  const declaration = {
    reply: spec.reply ?? plain,
    classes: spec.classes,
    scopes: spec.scopes ?? spec.classes,
    observes: spec.observes ?? false,
    changes: spec.changes ?? false,
    slow: spec.slow ?? false,
    internal: spec.internal ?? false,
    itemReference: spec.itemReference,
    fields,
  };
  const make = (input: z.input<typeof fields>): Action => {
    const parsed = fields.safeParse(input);
    if (!parsed.success) {
      throw new GatewayError('invalid-request', `${spec.name}: ${z.prettifyError(parsed.error)}`);
    }
    return {
      declaration: factory,
      headers: toHeaders(parsed.data as Record<string, FieldValue>),
      touches: spec.touches?.(parsed.data) ?? [],
    };
  };
  // Function.name is not writable, so it is defined rather than assigned.
  const factory: ActionFactory<S> = Object.defineProperty(Object.assign(make, declaration), 'name', {
    value: spec.name,
  });
  return factory;
};
