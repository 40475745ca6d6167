import type { Box } from '../box.ts';
import type { Fields, Message } from '../wire.ts';

/** What an action is given: the message, the box, and ways to answer. */
export interface Call {
  box: Box;
  message: Message;
  /** First value of a header; empty where absent. */
  get: (name: string) => string;
  actionId: string;
  /** Classes of the user, for the checks inside actions. */
  write: ReadonlySet<string>;
}

export type Answer =
  | { kind: 'success'; message?: string; fields?: Fields }
  | { kind: 'error'; message: string; fields?: Fields }
  | { kind: 'list'; message: string; items: Fields[]; complete: string; more?: Fields; count?: number };

export interface SimulatedAction {
  name: string;
  /** Any one is enough; none: every user may. */
  classes: readonly string[];
  synopsis: string;
  run: (call: Call) => Answer | Promise<Answer>;
}

/** The ActionID of an item where it stands behind the rest. */
export const atTheEnd = (actionId: string): Fields => (actionId === '' ? [] : [['ActionID', actionId]]);

/** A number as C reads it, from the start of a text; undefined where there is none. */
export const leadingNumber = (text: string): number | undefined => {
  const digits = /^\s*[+-]?\d+/.exec(text)?.[0];
  return digits === undefined ? undefined : Number(digits);
};

export const success = (message?: string, fields?: Fields): Answer => ({
  kind: 'success',
  ...(message === undefined ? {} : { message }),
  ...(fields === undefined ? {} : { fields }),
});
export const error = (message: string): Answer => ({ kind: 'error', message });
