import type { Frame } from '../ami/frame.ts';
import type { CancelTimer, Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { detached } from '../lib/text.ts';
import type { Store, StoredCall } from '../store/store.ts';
import type { Call } from './call.ts';
import type { LiveChannel } from './call-follower.ts';
import { numbersOf, referencesOfCall, summaryOf } from './call-summary.ts';
import { type CallTracker, createCallTracker } from './calls.ts';
import { DERIVED, type DerivedName, lookUp } from './catalogue.ts';
import type { EventReferences, FieldValue, GatewayEvent } from './event.ts';
import { fieldsOf } from './fields.ts';
import { createEventLog, type EventLog, type EventLogOptions } from './log.ts';
import { referencesOf } from './references.ts';

export interface JournalOptions extends Pick<
  EventLogOptions,
  'deliveriesFor' | 'onCommitted' | 'write' | 'lose' | 'keep' | 'keepMs'
> {
  pbx: string;
  clock: Clock;
  log: Log;
  store: Pick<Store, 'calls'>;
  /** Patterns of channels that lead outside. */
  trunks: readonly string[];
  liveChannels: (uniqueId?: string) => Promise<LiveChannel[]>;
  newId: () => string;
  /** Whether events are kept with their headers, for those who have event filters. */
  keepHeaders?: (() => boolean) | undefined;
}

/** All that happens on one PBX: its events in a log, its calls from start to end. */
export interface Journal {
  readonly log: EventLog;
  readonly tracker: CallTracker;
  /** Takes up the calls that an earlier run left open. Before the first event. */
  start(): Promise<void>;
  onEvent(frame: Frame): void;
  /** Of what may be forged only what belongs there is taken, and no call follows it. */
  onUntrustedEvent(frame: Frame): void;
  onConnected(): void;
  onDisconnected(): void;
  onDoubt(): void;
  /** Writes down what a call is now, at once: after this a crash does not lose it. */
  keep(): Promise<void>;
  /** Something the gateway tells of itself. */
  tell(name: DerivedName, fields: Record<string, FieldValue>): void;
  close(): Promise<void>;
}

/** Classes whose events carry text that others write, line breaks and all. */
const UNTRUSTED_CLASSES = new Set(['dialplan', 'user', 'agi']);
const RESYNCHRONISE_AGAIN_MS = 2_000;
const DOUBT_MS = 1_000;
const MOST_NOT_KEPT = 10_000;
const NOTHING: EventReferences = { channels: [], contexts: [], queues: [], variable: null, owner: null };

const headersOf = (frame: Frame) => [...frame.entries()].filter(([name]) => name.toLowerCase() !== 'event');

/** Who may see the call, may see what happens in it: where the event names no context or queue, the call's count. */
const withCall = (refs: EventReferences, call: Call): EventReferences => ({
  ...refs,
  owner: call.owner,
  contexts: refs.contexts.length > 0 ? refs.contexts : referencesOfCall(call).contexts,
  queues: refs.queues.length > 0 || call.queue === null ? refs.queues : [call.queue],
});

/** A call that has ended, where the event that says so is yet to be kept. */
const notEnded = (call: Call): Call => ({
  ...call,
  status: call.answeredAt === null ? 'dialing' : 'answered',
  disposition: null,
  reason: null,
  endedAt: null,
});

export const toStoredCall = (call: Call): StoredCall => ({
  id: call.id,
  pbx: call.pbx,
  linkedId: call.linkedId,
  status: call.status,
  createdAt: call.createdAt,
  endedAt: call.endedAt,
  numbers: numbersOf(call),
  body: JSON.stringify(call),
});

export const createJournal = (options: JournalOptions): Journal => {
  const { pbx, clock, log, store, trunks, keepHeaders = () => false } = options;
  const changed = new Set<Call>();
  /** What of these was last given to the store. */
  let offered: Call[] = [];
  /** What the store did not take. */
  const notKept = new Set<Call>();
  /** Sequence of the event that tells a call's end, until that is kept. */
  const ends = new Map<string, number>();
  /** What an event leads to is told behind the event itself. */
  let held: Omit<GatewayEvent, 'id'>[] | null = null;
  let connected = false;
  let closed = false;
  let cancelLook: CancelTimer = () => {};

  const events = createEventLog({
    ...options,
    changedCalls: (through) => {
      const isTold = ({ id }: Call) => (ends.get(id) ?? 0) <= through;
      const calls = [...changed].map((call) => toStoredCall(isTold(call) ? call : notEnded(call)));
      offered = [...changed].filter(isTold);
      for (const call of offered) {
        changed.delete(call);
        ends.delete(call.id);
      }
      return calls;
    },
    // Else a call that ended meanwhile would be open in the store for ever, and end again at the next start.
    onCallsWritten: (kept) => {
      if (!kept) for (const call of offered) if (notKept.size < MOST_NOT_KEPT) notKept.add(call);
      if (!kept || notKept.size === 0) return;
      // A call that Asterisk has refused meanwhile is none.
      for (const call of notKept) if (call.status === 'ended' || tracker.get(call.id)) changed.add(call);
      notKept.clear();
      events.touch();
    },
  });

  const take = (event: Omit<GatewayEvent, 'id'>) => {
    const sequence = events.append(event);
    if (event.name === 'call.ended' && event.call !== null) ends.set(event.call, sequence);
  };

  const append = (event: Omit<GatewayEvent, 'id'>) => {
    if (held) held.push(event);
    else take(event);
  };

  const derive = (name: DerivedName, more: Partial<GatewayEvent>) => {
    append({ pbx, at: clock.now(), class: [DERIVED[name]], name, ami: null, channel: null, call: null, queue: null, fields: {}, refs: NOTHING, ...more }); // prettier-ignore
  };

  const tracker = createCallTracker({
    pbx,
    clock,
    log,
    liveChannels: options.liveChannels,
    newId: options.newId,
    onChange: (call) => {
      changed.add(call);
      events.touch();
    },
    emit: (call, name, more) => {
      derive(name, {
        call: call.id,
        channel: { id: call.channelId, name: call.channelName },
        queue: call.queue,
        fields: { ...summaryOf(call, trunks), ...more },
        refs: referencesOfCall(call),
      });
    },
  });

  const toEvent = (frame: Frame, call: Call | undefined): Omit<GatewayEvent, 'id'> => {
    const { ami, class: classes, name } = lookUp(detached(frame.event), frame.get('Privilege'));
    const refs = keepHeaders() ? { ...referencesOf(frame), headers: headersOf(frame) } : referencesOf(frame);
    return {
      pbx,
      at: clock.now(),
      class: classes,
      name,
      ami,
      channel: refs.channels[0] ?? null,
      call: call?.id ?? null,
      queue: refs.queues[0] ?? null,
      fields: fieldsOf(frame),
      refs: call ? withCall(refs, call) : refs,
    };
  };

  // Until it has worked once, calls that ended unseen would stay open for ever.
  const resynchronise = () => {
    tracker
      .resynchronise()
      .then((result) => {
        derive('pbx.resynchronised', { fields: { ...result } });
      })
      .catch((error: unknown) => {
        log.warn({ pbx, reason: messageOf(error) }, 'Calls could not be resynchronised; trying again');
        clock.setTimeout(() => {
          if (connected && !closed) resynchronise();
        }, RESYNCHRONISE_AGAIN_MS);
      });
  };

  return {
    log: events,
    tracker,
    async start() {
      const open = await store.calls.open(pbx).catch((error: unknown) => {
        log.error({ pbx, reason: messageOf(error) }, 'Calls of the last run cannot be read');
        return [];
      });
      tracker.restore(open.map(({ body }) => JSON.parse(body) as Call));
    },
    onEvent(frame) {
      held = [];
      const call = tracker.onEvent(frame);
      const derived = held;
      held = null;
      events.append(toEvent(frame, call));
      for (const event of derived) take(event);
    },
    onUntrustedEvent(frame) {
      const { class: classes } = lookUp(frame.event, undefined);
      if (!classes.some((name) => UNTRUSTED_CLASSES.has(name))) return;
      events.append(toEvent(frame, tracker.ofChannel(frame.get('Uniqueid') ?? '')));
    },
    onConnected() {
      connected = true;
      derive('pbx.connected', {});
      resynchronise();
    },
    onDisconnected() {
      connected = false;
      derive('pbx.disconnected', {});
    },
    onDoubt() {
      // What follows the torn event is let in first; one look is enough for a whole burst.
      cancelLook();
      cancelLook = clock.setTimeout(() => {
        if (connected) resynchronise();
      }, DOUBT_MS);
    },
    keep: () => events.flush(),
    tell(name, fields) {
      derive(name, { fields });
    },
    async close() {
      closed = true;
      cancelLook();
      tracker.close();
      await events.close();
    },
  };
};
