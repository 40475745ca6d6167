import type { CancelTimer, Clock } from '../lib/clock.ts';
import { GatewayError } from '../lib/errors.ts';
import { amiError, desyncError, isRefusal, lostError, timeoutError } from './errors.ts';
import type { Frame } from './frame.ts';
import type { Declaration, Reply } from './types.ts';

interface Entry {
  readonly actionId: string;
  readonly declaration: Declaration;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: GatewayError) => void;
  response: Frame | undefined;
  items: Frame[];
  complete?: Frame;
  cancelTimer: CancelTimer;
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
  #settling: (() => void)[] = [];
  #lastSettled: Entry | undefined;
  #abandoned = 0;

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

  add(actionId: string, declaration: Declaration, timeoutMs: number): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const entry: Entry = {
        actionId,
        declaration,
        resolve,
        reject,
        response: undefined,
        items: [],
        abandoned: false,
        cancelTimer: this.#options.clock.setTimeout(() => {
          entry.abandoned = true;
          this.#abandoned += 1;
          reject(timeoutError(declaration.name, declaration.changes, timeoutMs));
        }, timeoutMs),
      };
      this.#entries.push(entry);
    });
  }

  /** Takes all frames of one read. Throws `ami-desync`, upon which the connection must go. */
  accept(frames: readonly Frame[]): void {
    try {
      for (const frame of frames) this.#acceptOne(frame);
    } catch (error) {
      // Where no list is open, the reply just taken is the one that was torn by what came behind it.
      const spoiled = this.#entries[0]?.response ? undefined : this.#lastSettled;
      if (spoiled) {
        this.#settling.pop();
        if (!spoiled.abandoned) spoiled.reject(unsettled(error as GatewayError, spoiled.declaration.changes));
      }
      throw error;
    } finally {
      const settle = this.#settling;
      this.#settling = [];
      this.#lastSettled = undefined;
      for (const done of settle) done();
    }
  }

  /** Fails everything; each with the error given, or with what a lost connection means for it. */
  failAll(cause?: unknown): void {
    for (const entry of this.#entries.splice(0)) {
      entry.cancelTimer();
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
      entry.cancelTimer();
      entry.abandoned = true;
      this.#abandoned += 1;
      entry.items = [];
      const most = this.#options.maxListItems;
      entry.reject(new GatewayError('list-too-long', `${entry.declaration.name} gave more than ${most} items`));
    }
  }

  #finish(entry: Entry, failed: boolean): void {
    this.#entries.shift();
    entry.cancelTimer();
    this.#lastSettled = entry;
    this.#settling.push(() => {
      if (entry.abandoned) {
        this.#abandoned -= 1;
        return;
      }
      const response = entry.response as Frame;
      if (failed) entry.reject(amiError(entry.declaration, response));
      else {
        const { actionId, items, complete } = entry;
        entry.resolve({ actionId, response, items, ...(complete ? { complete } : {}) });
      }
    });
  }
}

/** A write whose answer cannot be trusted may well have been carried out: not something to simply try again. */
const unsettled = (desync: GatewayError, changes: boolean): GatewayError =>
  changes
    ? new GatewayError(desync.code, `${desync.message}; the action may have been carried out`, { cause: desync })
    : desync;
