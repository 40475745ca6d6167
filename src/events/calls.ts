import type { Frame } from '../ami/frame.ts';
import type { CancelTimer, Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { detached } from '../lib/text.ts';
import { whenever } from '../lib/whenever.ts';
import { type Call, type CallRequest, farHalfOf, newCall, subjectOf } from './call.ts';
import { createCallFeed } from './call-feed.ts';
import { type CallFollower, followCall, type LiveChannel } from './call-follower.ts';
import { type CallEventName, createCallObserver, liveLegs } from './call-observer.ts';
import { type Comparison, compareWith } from './call-resync.ts';
import { progressOf } from './call-progress.ts';
import type { FieldValue } from './event.ts';

export interface CallTrackerOptions {
  pbx: string;
  clock: Clock;
  log: Log;
  /** Every live channel, or the one with the Uniqueid given. */
  liveChannels: (uniqueId?: string) => Promise<LiveChannel[]>;
  /** Makes the id of a call that was not placed here. */
  newId?: () => string;
  /** Something happened to a call. `call.ended` comes once for each. */
  emit?: (call: Call, name: CallEventName, more: Record<string, FieldValue>) => void;
  /** A call is not as it was. */
  onChange?: (call: Call) => void;
  /** Ended calls are remembered this long, in milliseconds. */
  keepEndedMs?: number;
  /** Most ended calls remembered. */
  keepEnded?: number;
}

export interface Resynchronised {
  /** Calls found gone. */
  ended: number;
  /** Channels found that were not known. */
  found: number;
}

export interface CallTracker {
  /** Takes a call in before it is sent, so that no event can come too early for it. */
  register(call: { id: string; channelId: string; owner: string; request: CallRequest }): Call;
  /** Takes in calls that an earlier run of the gateway left open. */
  restore(calls: readonly Call[]): void;
  /** Originate was refused: there never was such a call. */
  forget(id: string): void;
  /** Originate may or may not have reached Asterisk: finds out, and ends the call where there is none. */
  doubt(id: string, reason: string): void;
  /** Somebody asked for the end of a call not yet answered. */
  cancelling(id: string): void;
  get(id: string): Call | undefined;
  list(): Call[];
  /** The call a channel belongs to. */
  ofChannel(channelId: string): Call | undefined;
  /** Resolves when the condition holds for the call; rejects with the signal's reason. */
  until(id: string, condition: (call: Call) => boolean, signal: AbortSignal): Promise<void>;
  /** Gives the call the event belongs to, where there is one. */
  onEvent(frame: Frame): Call | undefined;
  /** Events flow again after a gap: compares with what is really there. */
  resynchronise(): Promise<Resynchronised>;
  close(): void;
}

interface Tracked {
  readonly call: Call;
  follower: CallFollower;
  /** Uniqueids under which events for it come. */
  channelIds: Set<string>;
  cancelWatch: CancelTimer;
  watchers: Set<() => void>;
}

/** Past the ring timeout Asterisk must have said something; then it is asked. */
const OVERDUE_MS = 5_000;
const GONE = 'It ended while Asterisk was not connected';

/** Follows the calls of one PBX to their end: those placed here and all others. */
export const createCallTracker = (options: CallTrackerOptions): CallTracker => {
  const { clock, log, pbx, onChange = () => {}, emit = () => {} } = options;
  const { keepEndedMs = 3_600_000, keepEnded = 10_000 } = options;
  let made = 0;
  const newId = options.newId ?? (() => `seen-${(made += 1)}`);
  const calls = new Map<string, Tracked>();
  const byChannel = new Map<string, Tracked>();
  const byLinkedId = new Map<string, Tracked>();
  const ended: Tracked[] = [];
  const comparisons = new Set<Comparison>();
  const feed = createCallFeed({ emit });
  const observer = createCallObserver({ clock, emit: feed.pass, callOf: (id) => byChannel.get(id)?.call });

  const remove = ({ call, follower, cancelWatch, channelIds }: Tracked) => {
    cancelWatch();
    follower.stop();
    calls.delete(call.id);
    if (byLinkedId.get(call.linkedId)?.call === call) byLinkedId.delete(call.linkedId);
    for (const id of channelIds) if (byChannel.get(id)?.call === call) byChannel.delete(id);
  };

  const prune = () => {
    const oldest = clock.now() - keepEndedMs;
    while (ended[0] && (ended.length > keepEnded || (ended[0].call.endedAt ?? 0) < oldest)) {
      remove(ended.shift() as Tracked);
    }
  };

  const changed = (tracked: Tracked) => {
    const { call, follower } = tracked;
    if (call.status === 'ended') return;
    const ends = follower.settled && liveLegs(call).length === 0;
    if (ends) {
      call.status = 'ended';
      call.endedAt = clock.now();
      for (const recording of call.recordings) recording.endedAt ??= call.endedAt;
      byLinkedId.delete(call.linkedId);
      ended.push(tracked);
    }
    if (call.status === 'answered' || follower.settled) tracked.cancelWatch();
    feed.tell(call);
    onChange(call);
    for (const watcher of [...tracked.watchers]) watcher();
    prune();
  };

  const listen = (tracked: Tracked, channelId: string) => {
    tracked.channelIds.add(channelId);
    byChannel.set(channelId, tracked);
  };

  const track = (call: Call): Tracked => {
    const tracked: Tracked = {
      call,
      follower: (call.request ? followCall : progressOf)({
        call,
        clock,
        onChange: () => {
          changed(tracked);
        },
        onFollowing: (other: string) => {
          listen(tracked, other);
        },
      }),
      channelIds: new Set(),
      cancelWatch: () => {},
      watchers: new Set(),
    };
    calls.set(call.id, tracked);
    byLinkedId.set(call.linkedId, tracked);
    for (const id of [call.originalChannelId, call.channelId, ...call.legs.map(({ channelId }) => channelId)])
      listen(tracked, id);
    if (call.request) listen(tracked, farHalfOf(call));
    return tracked;
  };

  /** Takes in a channel that was not known: a leg of a call that is, or the first of another. */
  const adopt = (channelId: string, frame: Frame): Tracked | undefined => {
    if (channelId === '' || frame.get('Channel')?.startsWith('Message/')) return undefined;
    const linkedId = frame.get('Linkedid') ?? channelId;
    let tracked = byChannel.get(channelId) ?? byLinkedId.get(linkedId);
    if (tracked?.call.status === 'ended') tracked = undefined;
    tracked ??= track(
      newCall({
        id: newId(),
        pbx,
        owner: null,
        request: null,
        channelId: detached(channelId),
        linkedId: detached(linkedId),
        createdAt: clock.now(),
      }),
    );
    if (!tracked.call.legs.some((leg) => leg.channelId === channelId)) {
      listen(tracked, observer.join(tracked.call, channelId, frame).channelId);
    }
    return tracked;
  };

  /** Ends the call whatever is left of it. */
  const giveUp = ({ call, follower }: Tracked, reason: string) => {
    for (const leg of liveLegs(call)) observer.lose(leg);
    follower.giveUp(reason);
  };

  /** Asks Asterisk about a call of which it should have been heard. */
  const verify = async (tracked: Tracked, reason: string) => {
    const { call, follower } = tracked;
    try {
      const [live] = await options.liveChannels(call.channelId);
      if (live) follower.apply(live);
      else giveUp(tracked, reason);
    } catch (error) {
      log.debug({ call: call.id, reason: messageOf(error) }, 'A call cannot be looked up yet');
    }
    if (!follower.settled && call.answeredAt === null) watch(tracked, OVERDUE_MS, reason);
  };

  const watch = (tracked: Tracked, milliseconds: number, reason: string) => {
    tracked.cancelWatch();
    tracked.cancelWatch = clock.setTimeout(() => void verify(tracked, reason), milliseconds);
  };

  return {
    register({ id, channelId, owner, request }) {
      const tracked = track(newCall({ id, pbx, channelId, owner, request, createdAt: clock.now() }));
      const patience = request.ringTimeoutSeconds * 1_000 + OVERDUE_MS;
      watch(tracked, patience, 'Asterisk knows nothing of it after its ring timeout');
      onChange(tracked.call);
      prune();
      return tracked.call;
    },
    restore(open) {
      for (const call of open) {
        track(call);
        observer.restore(call);
        feed.resume(call);
      }
    },
    forget(id) {
      const tracked = calls.get(id);
      if (tracked) remove(tracked);
    },
    doubt(id, reason) {
      const tracked = calls.get(id);
      if (tracked && !tracked.follower.settled) watch(tracked, OVERDUE_MS, reason);
    },
    cancelling(id) {
      calls.get(id)?.follower.cancelling();
    },
    get: (id) => calls.get(id)?.call,
    list: () => [...calls.values()].map(({ call }) => call),
    ofChannel: (channelId) => byChannel.get(channelId)?.call,
    until(id, condition, signal) {
      const tracked = calls.get(id);
      if (!tracked) return Promise.resolve();
      return whenever(tracked.watchers, () => condition(tracked.call), signal);
    },
    onEvent(frame) {
      const subject = subjectOf(frame) ?? '';
      const isNew = frame.event === 'Newchannel';
      for (const comparison of comparisons) comparison.note(subject, frame.event);
      const known = byChannel.get(subject);
      const tracked = isNew ? (known?.call.status === 'ended' ? known : adopt(subject, frame)) : known;
      if (!tracked) return undefined;
      if (tracked.call.status !== 'ended') {
        observer.see(tracked.call, subject, frame);
        tracked.follower.onFrame(frame);
        changed(tracked);
      }
      return tracked.call;
    },
    async resynchronise() {
      const open = [...calls.values()].filter(({ call }) => call.status !== 'ended');
      const comparison = compareWith(open.map(({ call }) => call));
      comparisons.add(comparison);
      const live = await options.liveChannels().finally(() => comparisons.delete(comparison));
      const byId = new Map(live.map((channel) => [channel.uniqueId, channel]));
      const result: Resynchronised = { ended: 0, found: 0 };
      const { gone, missing, steady, still } = comparison.against(live);
      for (const leg of gone) observer.lose(leg);
      for (const { uniqueId, frame } of steady) {
        const known = byChannel.get(uniqueId)?.call;
        if (frame && known) observer.refresh(known, uniqueId, frame);
      }
      for (const tracked of open) {
        const { call, follower } = tracked;
        if (call.status === 'ended') continue;
        const channel = byId.get(call.channelId);
        if (channel) follower.apply(channel);
        // Originate may only now be on its way: the call is given the time to show up.
        else if (missing.has(call)) watch(tracked, OVERDUE_MS, 'It was not found after the connection was lost');
        else if (liveLegs(call).length === 0) follower.giveUp(GONE);
        changed(tracked);
        if (tracked.call.endedAt !== null) result.ended += 1;
      }
      for (const { uniqueId, frame } of still) {
        const legs = byChannel.get(uniqueId)?.call.legs ?? [];
        if (!frame || legs.some(({ channelId }) => channelId === uniqueId)) continue;
        const tracked = adopt(uniqueId, frame);
        if (!tracked) continue;
        result.found += 1;
        tracked.follower.onFrame(frame);
        changed(tracked);
      }
      return result;
    },
    close() {
      for (const { follower, cancelWatch } of calls.values()) {
        cancelWatch();
        follower.stop();
      }
    },
  };
};
