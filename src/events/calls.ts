import type { Frame } from '../ami/frame.ts';
import type { CancelTimer, Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { type Call, type CallRequest, farHalfOf, newCall, subjectOf } from './call.ts';
import { type CallFollower, followCall, type LiveChannel } from './call-follower.ts';

export interface CallTrackerOptions {
  pbx: string;
  clock: Clock;
  log: Log;
  /** Every live channel, or the one with the Uniqueid given. */
  liveChannels: (uniqueId?: string) => Promise<LiveChannel[]>;
  /** Ended calls are remembered this long, in milliseconds. */
  keepEndedMs?: number;
  /** Most ended calls remembered. */
  keepEnded?: number;
}

export interface CallTracker {
  /** Takes a call in before it is sent, so that no event can come too early for it. */
  register(call: { id: string; channelId: string; owner: string; request: CallRequest }): Call;
  /** Originate was refused: there never was such a call. */
  forget(id: string): void;
  /** Originate may or may not have reached Asterisk: finds out, and ends the call where there is none. */
  doubt(id: string, reason: string): void;
  /** Somebody asked for the end of a call not yet answered. */
  cancelling(id: string): void;
  get(id: string): Call | undefined;
  list(): Call[];
  /** The placed call a channel belongs to. */
  ofChannel(channelId: string): Call | undefined;
  /** Resolves when the condition holds for the call; rejects with the signal's reason. */
  until(id: string, condition: (call: Call) => boolean, signal: AbortSignal): Promise<void>;
  onEvent(frame: Frame): void;
  /** Events flow again after a gap: compares with what is really there. */
  resynchronise(): Promise<void>;
  close(): void;
}

interface Tracked {
  follower: CallFollower;
  /** Uniqueids under which events for it come. */
  channelIds: Set<string>;
  cancelWatch: CancelTimer;
  watchers: Set<() => void>;
}

/** Past the ring timeout Asterisk must have said something; then it is asked. */
const OVERDUE_MS = 5_000;

/** Follows the calls of one PBX from Originate to their end. Every call registered reaches an end. */
export const createCallTracker = (options: CallTrackerOptions): CallTracker => {
  const { clock, log, pbx } = options;
  const { keepEndedMs = 3_600_000, keepEnded = 10_000 } = options;
  const calls = new Map<string, Tracked>();
  const byChannel = new Map<string, Tracked>();
  const ended: Tracked[] = [];

  const remove = ({ follower: { call, stop }, cancelWatch, channelIds }: Tracked) => {
    cancelWatch();
    stop();
    calls.delete(call.id);
    for (const id of channelIds) byChannel.delete(id);
  };

  const prune = () => {
    const oldest = clock.now() - keepEndedMs;
    while (ended[0] && (ended.length > keepEnded || (ended[0].follower.call.endedAt ?? 0) < oldest)) {
      remove(ended.shift() as Tracked);
    }
  };

  const changed = (tracked: Tracked) => {
    const { status } = tracked.follower.call;
    if (status === 'answered' || status === 'ended') tracked.cancelWatch();
    if (status === 'ended') ended.push(tracked);
    for (const watcher of [...tracked.watchers]) watcher();
    prune();
  };

  const listen = (tracked: Tracked, channelId: string) => {
    tracked.channelIds.add(channelId);
    byChannel.set(channelId, tracked);
  };

  /** Asks Asterisk about a call of which it should have been heard. */
  const verify = async (tracked: Tracked, reason: string) => {
    const { follower } = tracked;
    try {
      const [live] = await options.liveChannels(follower.call.channelId);
      if (live) follower.apply(live);
      else follower.giveUp(reason);
    } catch (error) {
      log.debug({ call: follower.call.id, reason: messageOf(error) }, 'A call cannot be looked up yet');
    }
    if (follower.call.status !== 'ended' && follower.call.answeredAt === null) watch(tracked, OVERDUE_MS, reason);
  };

  const watch = (tracked: Tracked, milliseconds: number, reason: string) => {
    tracked.cancelWatch();
    tracked.cancelWatch = clock.setTimeout(() => void verify(tracked, reason), milliseconds);
  };

  return {
    register({ id, channelId, owner, request }) {
      const call = newCall({ id, pbx, channelId, owner, request, createdAt: clock.now() });
      const tracked: Tracked = {
        follower: followCall({
          call,
          clock,
          onChange: () => {
            changed(tracked);
          },
          onFollowing: (other) => {
            listen(tracked, other);
          },
        }),
        channelIds: new Set(),
        cancelWatch: () => {},
        watchers: new Set(),
      };
      calls.set(id, tracked);
      listen(tracked, channelId);
      listen(tracked, farHalfOf(call));
      const patience = request.ringTimeoutSeconds * 1_000 + OVERDUE_MS;
      watch(tracked, patience, 'Asterisk knows nothing of it after its ring timeout');
      prune();
      return call;
    },
    forget(id) {
      const tracked = calls.get(id);
      if (tracked) remove(tracked);
    },
    doubt(id, reason) {
      const tracked = calls.get(id);
      if (tracked && tracked.follower.call.status !== 'ended') watch(tracked, OVERDUE_MS, reason);
    },
    cancelling(id) {
      calls.get(id)?.follower.cancelling();
    },
    get: (id) => calls.get(id)?.follower.call,
    list: () => [...calls.values()].map(({ follower }) => follower.call),
    ofChannel: (channelId) => byChannel.get(channelId)?.follower.call,
    until(id, condition, signal) {
      const tracked = calls.get(id);
      if (!tracked || condition(tracked.follower.call)) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const done = () => {
          tracked.watchers.delete(check);
          signal.removeEventListener('abort', abort);
        };
        const check = () => {
          if (!condition(tracked.follower.call)) return;
          done();
          resolve();
        };
        const abort = () => {
          done();
          reject(signal.reason as Error);
        };
        tracked.watchers.add(check);
        signal.addEventListener('abort', abort, { once: true });
        if (signal.aborted) abort();
      });
    },
    onEvent(frame) {
      if (byChannel.size === 0) return;
      byChannel.get(subjectOf(frame) ?? '')?.follower.onFrame(frame);
    },
    async resynchronise() {
      const open = [...calls.values()].filter(({ follower }) => follower.call.status !== 'ended');
      if (open.length === 0) return;
      const before = new Map(open.map((tracked) => [tracked, tracked.follower.call.status]));
      const live = new Map((await options.liveChannels()).map((channel) => [channel.uniqueId, channel]));
      for (const tracked of open) {
        const { call, apply, giveUp } = tracked.follower;
        const channel = live.get(call.channelId);
        if (channel) apply(channel);
        // Originate may only now be on its way: the call is given the time to show up.
        else if (before.get(tracked) === 'queued')
          watch(tracked, OVERDUE_MS, 'It was not found after the connection was lost');
        else giveUp('It ended while Asterisk was not connected');
      }
    },
    close() {
      for (const { follower, cancelWatch } of calls.values()) {
        cancelWatch();
        follower.stop();
      }
    },
  };
};
