import type { Header } from './encoder.ts';
import type { Frame } from './frame.ts';

/** The privilege classes of manager.conf that can be named there. */
export const AMI_CLASSES = [
  'system', 'call', 'log', 'verbose', 'command', 'agent', 'user', 'config', 'dtmf', 'reporting',
  'cdr', 'dialplan', 'originate', 'agi', 'cc', 'aoc', 'test', 'security', 'message',
] as const; // prettier-ignore

export type AmiClass = (typeof AMI_CLASSES)[number];

/** What an action reaches. The guard judges these, never header names. */
export type Touch =
  | { kind: 'channel'; ref: string }
  | { kind: 'dial'; dialString: string }
  /** As `dial`, without a call being placed now: a member of a queue, where a parked call returns to. */
  | { kind: 'dialString'; dialString: string }
  | { kind: 'dialplan'; context: string; extension: string }
  | { kind: 'application'; name: string; data: string }
  | { kind: 'variable'; name: string; access: 'read' | 'write'; value?: string }
  /** Something that belongs to everybody: global variables, a bridge, a module, a log. */
  | { kind: 'shared'; what: string }
  | { kind: 'callerId'; value: string }
  | { kind: 'queue'; name: string }
  | { kind: 'allQueues' }
  | { kind: 'endpoint'; name: string; technology: 'PJSIP' | 'SIP' | 'IAX2' | 'SKINNY' }
  | { kind: 'mailbox'; name: string }
  | { kind: 'configFile'; name: string }
  /** The empty name stands for every family. */
  | { kind: 'databaseFamily'; name: string }
  /** All that is below a place, and below others that are no more than like it: SQL's LIKE finds them. */
  | { kind: 'databaseTree'; family: string; key?: string | undefined }
  /** Keys pressed as if by who has the phone: Asterisk may transfer, park or record at them. */
  | { kind: 'keys' }
  /** Where a text message goes: `pjsip:agent001`. */
  | { kind: 'address'; address: string }
  | { kind: 'command'; line: string };

/** What one item of a list reply belongs to; items a token may not see are left out. */
export interface ItemReference {
  channel?: { name: string; uniqueId: string; linkedId: string };
  queue?: string;
  context?: string;
  extension?: string;
  /** A phone, whether in a call or not, as it would be dialled. */
  dialString?: string;
  databaseFamily?: string;
}

export type ReplyKind =
  /** Response alone, its data (if any) in its own headers. */
  | { kind: 'plain' }
  /**
   * Response, items, and an event that completes the list; where it is absent when empty, perhaps the Response alone.
   * Where they run together, no blank line stands between them.
   */
  | { kind: 'list'; complete: string; absentWhenEmpty?: true; runTogether?: true }
  /** Response, then one event with the data. */
  | { kind: 'event'; event: string }
  /** A Response that says that it will be tried and, unless that is an Error, a second one that counts. */
  | { kind: 'twice' }
  /** As Asterisk announces it: `EventList: start`, or the Response alone. */
  | { kind: 'any' };

export interface Declaration {
  readonly name: string;
  readonly reply: ReplyKind;
  /** Classes of which Asterisk wants one from the AMI account; none: any account. */
  readonly classes: readonly AmiClass[];
  /** Classes of which the gateway wants one from the token, as `write:<class>`. */
  readonly scopes: readonly AmiClass[];
  /** Only observes live state: `read:<class>` is enough. */
  readonly observes: boolean;
  readonly changes: boolean;
  /** May take long and would hold up a connection: goes to the slow lane. */
  readonly slow: boolean;
  /** Belongs to the connection itself; no token may send it. */
  readonly internal: boolean;
  /** Known by name alone. */
  readonly raw?: true;
  readonly itemReference?: (item: Frame) => ItemReference;
}

/** One action ready to be judged and sent. Made by a declaration, never by hand. */
export interface Action {
  readonly declaration: Declaration;
  readonly headers: readonly Header[];
  readonly touches: readonly Touch[];
}

export interface Reply {
  readonly actionId: string;
  readonly response: Frame;
  readonly items: readonly Frame[];
  /** The event that completed the list: of a few, it says more than how many there were. */
  readonly complete?: Frame;
}

export interface SendOptions {
  signal?: AbortSignal;
  timeoutMs?: number;
}

/** The one contract of this gateway: connection, pool, guard and the tests' doubles all are Senders. */
export interface Sender {
  /** Rejects with a GatewayError; an AMI `Response: Error` is one too. */
  send(action: Action, options?: SendOptions): Promise<Reply>;
}

/** What a PBX said it is and can do, asked anew at each login. */
export interface Capabilities {
  /** Such as `5.0.4` (16) or `11.0.0` (22); the release and it are null without class system or reporting. */
  amiVersion: string | null;
  /** Free text behind the digits on packaged builds, such as `22.10.1~dfsg+~cs6.16-1`. */
  release: string | null;
  /** Action names this account may use. ListCommands leaves out what the account may not run. */
  actions: ReadonlySet<string>;
  settings: Readonly<Record<string, string>>;
}
