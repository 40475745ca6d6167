import { z } from 'zod';
import type { Header } from '../encoder.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Action, AmiClass, Declaration, ItemReference, ReplyKind, Touch } from '../types.ts';
import type { Frame } from '../frame.ts';
import { encodeVariable } from './variable-encoding.ts';

type Scalar = string | number | boolean;
/** Several headers of one kind, the fields of one record in each. */
type Records = readonly Readonly<Record<string, Scalar | undefined>>[];
type FieldValue = Scalar | Record<string, string | string[]> | Records | undefined;
type Shape = Record<string, z.ZodType<FieldValue>>;
type Encoders<S extends Shape> = {
  readonly [Name in keyof S]?: (value: Exclude<z.output<S[Name]>, undefined>) => Header[];
};

interface Spec<S extends Shape> {
  name: string;
  fields?: S;
  /** How a field becomes headers where it is not one header of its own name. */
  encode?: Encoders<S>;
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
/** Names of those things that Asterisk takes as they are, and of which nothing is a path or a pattern. */
export const identifier = z.string().regex(/^[\w.-]+$/);
/** One variable or SIP header each; a list of values repeats it. */
export const repeatable = z.record(z.string().regex(/^[\w-]+$/), z.union([z.string(), z.array(z.string()).max(100)]));

export const text = z.string().min(1);
export const optionalText = z.string().min(1).optional();
export const wholeNumber = z.int().min(0);
/** `Variable:` headers, one a variable. The names are judged by the guard. */
export const variables = z.record(z.string().min(1), z.string()).optional();

/** Records whose fields become headers of a name that tells their place, such as `Var-000003`. */
export const numbered =
  (nameOf: (field: string, index: number) => string) =>
  (records: Records): Header[] =>
    records.flatMap((record, index) =>
      Object.entries(record).flatMap(([field, value]): Header[] =>
        value === undefined ? [] : [[nameOf(field, index), String(value)]],
      ),
    );

const variableHeaders = (name: string, values: Record<string, string | string[]>): Header[] =>
  Object.entries(values).flatMap(([variable, contents]) =>
    [contents].flat().map((content): Header => [name, encodeVariable(variable, content)]),
  );

type AnyEncoder = (value: FieldValue) => Header[];

const toHeaders = (fields: Record<string, FieldValue>, encoders: Readonly<Record<string, AnyEncoder>>): Header[] => {
  const headers: Header[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const encode = encoders[name];
    if (encode) headers.push(...encode(value));
    else if (typeof value === 'object') headers.push(...variableHeaders(name, value as Record<string, string>));
    else headers.push([name, String(value)]);
  }
  return headers;
};

export const defineAction = <S extends Shape = Record<string, never>>(spec: Spec<S>): ActionFactory<S> => {
  const fields = z.strictObject(spec.fields ?? ({} as S));
  const encoders = (spec.encode ?? {}) as Readonly<Record<string, AnyEncoder>>;
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
      headers: toHeaders(parsed.data as Record<string, FieldValue>, encoders),
      touches: spec.touches?.(parsed.data) ?? [],
    };
  };
  // Function.name is not writable, so it is defined rather than assigned.
  const factory: ActionFactory<S> = Object.defineProperty(Object.assign(make, declaration), 'name', {
    value: spec.name,
  });
  return factory;
};
