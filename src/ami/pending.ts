import type { CancelTimer, Clock } from '../lib/clock.ts';
import { GatewayError } from '../lib/errors.ts';
import { amiError, desyncError, isRefusal, lostError, timeoutError } from './errors.ts';
import type { Frame } from './frame.ts';
import type { Declaration, Reply } from './types.ts';

/** One action that was sent. */
export interface Sent {
  readonly actionId: string;
  readonly declaration: Declaration;
  readonly timeoutMs: number;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: GatewayError) => void;
}

interface Entry extends Sent {
  response: Frame | undefined;
  items: Frame[];
  complete?: Frame;
  /** When its time is over, by the monotonic clock. */
  readonly deadline: number;
  /** Answered by `Response: Error`. */
  failed: boolean;
  /** Its caller has been told; the entry only waits to take the late reply out of the stream. */
  abandoned: boolean;
}

export interface PendingOptions {
  clock: Clock;
  /** Most items of one list reply; more end in `list-too-long`. */
  maxListItems: number;
  /** A message that belongs to no request: a live event, or the tail of a torn one. May throw `ami-desync`. */
  onEvent: (frame: Frame) => void;
}

/**
 * What was sent and not yet answered, in the order it was sent. A session answers strictly in that order,
 * so a Response that is not for the oldest entry is forged (values are not escaped) or the stream is lost.
 */
export class Pending {
  readonly #options: PendingOptions;
  readonly #entries: Entry[] = [];
  /** Answered within the bytes being read now; a forged tail in the same bytes can still spoil the last. */
  #settling: Entry[] = [];
  #abandoned = 0;
  /** When the timer goes off: at the earliest deadline or before. One for all, as one for each would be dear. */
  #alarm = Infinity;
  #cancelAlarm: CancelTimer = () => {};

  constructor(options: PendingOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Requests whose time was over before their reply came. */
  get overdue(): number {
    return this.#abandoned;
  }

  add({ actionId, declaration, timeoutMs, resolve, reject }: Sent): void {
    const deadline = this.#options.clock.monotonic() + timeoutMs;
    this.#entries.push({
      actionId,
      declaration,
      timeoutMs,
      resolve,
      reject,
      deadline,
      response: undefined,
      items: [],
      failed: false,
      abandoned: false,
    });
    this.#wakeAt(deadline);
  }

  #wakeAt(deadline: number): void {
    if (deadline >= this.#alarm) return;
    const { clock } = this.#options;
    this.#cancelAlarm();
    this.#alarm = deadline;
    this.#cancelAlarm = clock.setTimeout(() => {
      this.#alarm = Infinity;
      this.#expire(clock.monotonic());
    }, deadline - clock.monotonic());
  }

  #expire(now: number): void {
    for (const entry of this.#entries) {
      if (entry.abandoned) continue;
      if (entry.deadline > now) this.#wakeAt(entry.deadline);
      else {
        const { declaration, timeoutMs } = entry;
        this.#abandon(entry, timeoutError(declaration.name, declaration.changes, timeoutMs));
      }
    }
  }

  /** Its caller is told; its place is kept for the reply. */
  #abandon(entry: Entry, error: GatewayError): void {
    entry.abandoned = true;
    this.#abandoned += 1;
    entry.reject(error);
  }

  /** Takes all frames of one read. Throws `ami-desync`, upon which the connection must go. */
  accept(frames: readonly Frame[]): void {
    try {
      for (const frame of frames) this.#acceptOne(frame);
    } catch (error) {
      // Where no list is open, the reply just taken is the one that was torn by what came behind it.
      const spoiled = this.#entries[0]?.response ? undefined : this.#settling.pop();
      if (spoiled && !spoiled.abandoned) {
        spoiled.reject(unsettled(error as GatewayError, spoiled.declaration.changes));
      }
      throw error;
    } finally {
      const settle = this.#settling;
      this.#settling = [];
      for (const entry of settle) this.#settle(entry);
    }
  }

  /** Fails everything; each with the error given, or with what a lost connection means for it. */
  failAll(cause?: unknown): void {
    this.#cancelAlarm();
    this.#alarm = Infinity;
    for (const entry of this.#entries.splice(0)) {
      if (entry.abandoned) continue;
      const { name, changes } = entry.declaration;
      const desync = cause instanceof GatewayError && cause.code === 'ami-desync';
      entry.reject(desync ? unsettled(cause, changes) : lostError(name, changes, cause));
    }
    this.#abandoned = 0;
  }

  #acceptOne(frame: Frame): void {
    const kind = frame.kind;
    const head = this.#entries[0];
    const mine = head !== undefined && frame.actionId === head.actionId;
    if (kind === 'response') {
      if (!mine) throw desyncError('a Response that answers nothing');
      if (head.response && head.declaration.reply.kind !== 'twice')
        throw desyncError('a second Response to one action');
      this.#respond(head, frame);
    } else if (kind === 'event' && mine && head.response) {
      const { reply } = head.declaration;
      const together = reply.kind === 'list' && reply.runTogether === true;
      for (const part of together ? frame.partedAt('Event') : [frame]) this.#item(head, part);
    } else {
      this.#options.onEvent(frame);
    }
  }

  #respond(entry: Entry, frame: Frame): void {
    const first = entry.response === undefined;
    entry.response = frame;
    const failed = isRefusal(entry.declaration, frame);
    const { reply } = entry.declaration;
    const noList = reply.kind === 'list' && reply.absentWhenEmpty === true && frame.get('EventList') === undefined;
    const announced = reply.kind !== 'any' || frame.get('EventList')?.toLowerCase() === 'start';
    const last = reply.kind === 'plain' || (reply.kind === 'twice' && !first);
    if (failed || last || noList || !announced) this.#finish(entry, failed);
  }

  #item(entry: Entry, frame: Frame): void {
    const { reply } = entry.declaration;
    if (reply.kind === 'list' && frame.event.toLowerCase() === reply.complete.toLowerCase()) {
      entry.complete = frame;
      this.#finish(entry, false);
    } else if (reply.kind === 'any' && frame.get('EventList')?.toLowerCase() === 'complete') {
      this.#finish(entry, false);
    } else if (reply.kind === 'event' && frame.event.toLowerCase() === reply.event.toLowerCase()) {
      entry.items.push(frame);
      this.#finish(entry, false);
    } else if (entry.items.length < this.#options.maxListItems) {
      entry.items.push(frame);
    } else if (!entry.abandoned) {
      entry.items = [];
      const most = this.#options.maxListItems;
      this.#abandon(entry, new GatewayError('list-too-long', `${entry.declaration.name} gave more than ${most} items`));
    }
  }

  #finish(entry: Entry, failed: boolean): void {
    this.#entries.shift();
    entry.failed = failed;
    this.#settling.push(entry);
  }

  #settle({ abandoned, failed, declaration, actionId, response, items, complete, resolve, reject }: Entry): void {
    if (abandoned) this.#abandoned -= 1;
    else if (failed) reject(amiError(declaration, response as Frame));
    else resolve({ actionId, response: response as Frame, items, ...(complete ? { complete } : {}) });
  }
}

/** A write whose answer cannot be trusted may well have been carried out: not something to simply try again. */
const unsettled = (desync: GatewayError, changes: boolean): GatewayError =>
  changes
    ? new GatewayError(desync.code, `${desync.message}; the action may have been carried out`, { cause: desync })
    : desync;
