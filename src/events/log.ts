import { randomBytes } from 'node:crypto';
import type { CancelTimer, Clock } from '../lib/clock.ts';
import type { StoredCall, StoredDelivery, StoredEvent, WriteBatch } from '../store/store.ts';
import { encodeStored, type GatewayEvent, publicForm } from './event.ts';

export interface EventLogOptions {
  pbx: string;
  clock: Clock;
  /** Keeps what happened; false where it could not. */
  write: (batch: WriteBatch) => Promise<unknown>;
  /** So many events are not given to `write`, as it cannot follow. */
  lose: (events: number) => void;
  /** Calls that changed since this was last asked, none further than the event of this sequence tells. */
  changedCalls: (through: number) => StoredCall[];
  /** Whether the calls that were last asked for were kept. */
  onCallsWritten: (kept: boolean) => void;
  /** What webhooks are to be sent for these events; kept together with them. */
  deliveriesFor: (events: readonly GatewayEvent[]) => readonly StoredDelivery[];
  /** Events are in the log, in memory and in the store, and with them these deliveries. */
  onCommitted: (deliveries: readonly StoredDelivery[]) => void;
  /** Most events in memory. */
  keep?: number;
  /** Age of the oldest event in memory, in milliseconds. */
  keepMs?: number;
  /** Most events waiting to be kept. */
  mostWaiting?: number;
}

/** One event in the log. Its fields are in the public form alone, as JSON, made once however many read it. */
export interface LogEntry {
  readonly event: GatewayEvent;
  readonly json: string;
}

export interface EventLog {
  readonly pbx: string;
  /** Ids are `epoch-sequence`. One run of the gateway is one epoch. */
  readonly epoch: string;
  /** Sequence of the oldest event in memory, and of the one that comes next. */
  readonly first: number;
  readonly next: number;
  /** Takes an event in, for the next commit, and gives its sequence. Times rise within a log. */
  append(event: Omit<GatewayEvent, 'id'>): number;
  /** There are changed calls to be kept. */
  touch(): void;
  at(sequence: number): LogEntry | undefined;
  /** Commits what is waiting. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Pause in which events are gathered into one write. */
const GATHER_MS = 5;
const MOST_IN_A_WRITE = 2_000;
/** Events that may wait for a store that is slow; past it the oldest are given to readers without being kept. */
const MOST_WAITING = 50_000;

const NO_FIELDS = {};

/** The ordered log of one PBX. An event can be read once it is kept, so none is seen that a crash could take back. */
export const createEventLog = (options: EventLogOptions): EventLog => {
  const { pbx, clock, write, keep = 20_000, keepMs = 3_600_000 } = options;
  const epoch = `${clock.now().toString(36)}${randomBytes(3).toString('hex')}`;
  let entries: LogEntry[] = [];
  let first = 1;
  let next = 1;
  let assigned = 1;
  const waiting: GatewayEvent[] = [];
  let writing: Promise<void> | null = null;
  /** How often something came since the last write began. */
  let asked = 0;
  let cancelGathering: CancelTimer | null = null;

  const trim = () => {
    const oldest = clock.now() - keepMs;
    let drop = Math.max(0, entries.length - keep);
    while (drop < entries.length && (entries[drop]?.event.at ?? oldest) < oldest) drop += 1;
    // In steps, so that not every commit moves the whole array.
    if (drop < 1_000 && drop < entries.length) return;
    entries = entries.slice(drop);
    first += drop;
  };

  const commit = async (): Promise<void> => {
    const follows = waiting.length <= (options.mostWaiting ?? MOST_WAITING);
    const batch = waiting.splice(0, MOST_IN_A_WRITE);
    const calls = options.changedCalls(next + batch.length - 1);
    if (batch.length === 0 && calls.length === 0) return;
    const deliveries = options.deliveriesFor(batch);
    const taken = batch.map((event): LogEntry => ({ event: { ...event, fields: NO_FIELDS }, json: JSON.stringify(publicForm(event)) })); // prettier-ignore
    const events = taken.map(({ event, json }, index): StoredEvent => ({
      pbx,
      epoch,
      sequence: next + index,
      at: event.at,
      name: event.name,
      call: event.call,
      body: encodeStored(event, json),
    }));
    if (!follows) options.lose(events.length);
    options.onCallsWritten((await write({ events: follows ? events : [], calls, deliveries })) !== false);
    entries.push(...taken);
    next += batch.length;
    trim();
    options.onCommitted(deliveries);
  };

  const run = (): Promise<void> => {
    cancelGathering?.();
    cancelGathering = null;
    writing ??= (async () => {
      do {
        asked = 0;
        await commit();
      } while (asked > 0 || waiting.length > 0);
    })().finally(() => {
      writing = null;
    });
    return writing;
  };

  const schedule = () => {
    asked += 1;
    if (!writing) cancelGathering ??= clock.setTimeout(() => void run(), GATHER_MS);
  };

  return {
    pbx,
    epoch,
    get first() {
      return first;
    },
    get next() {
      return next;
    },
    append(event) {
      const sequence = assigned;
      waiting.push({ ...event, id: `${epoch}-${sequence}` });
      assigned += 1;
      schedule();
      return sequence;
    },
    touch: schedule,
    at: (sequence) => entries[sequence - first],
    async flush() {
      // What is running may have taken its part before the last of what is waiting came.
      if (writing) await writing;
      await run();
    },
    async close() {
      cancelGathering?.();
      await this.flush();
      cancelGathering?.();
    },
  };
};
