import type { EventHub } from '../events/hub.ts';
import type { EventReader, ReadItem } from '../events/reader.ts';
import type { GatewayEvent } from '../events/event.ts';
import type { CancelTimer, Clock } from '../lib/clock.ts';

export interface StreamTarget {
  /** Gives what was read to the client. False where it should rest until `drained`. */
  write(items: readonly ReadItem[]): boolean;
  /** Resolves when the client took what was written. */
  drained(): Promise<void>;
  /** Nothing was written for a while. */
  heartbeat(cursor: string): void;
  /** The client does not read, or the log cannot be read: the stream is over. */
  cut(reason: string): void;
}

export interface StreamOptions {
  events: EventHub;
  pbx: readonly string[];
  since?: string | undefined;
  passes: (event: GatewayEvent) => boolean;
  target: StreamTarget;
  clock: Clock;
}

export interface Stream {
  refilter(passes: (event: GatewayEvent) => boolean): void;
  readonly cursor: string;
  close(): void;
}

const BATCH = 200;
export const HEARTBEAT_MS = 15_000;
/** A client that takes nothing for so long is gone, or will never catch up. */
const STALLED_MS = 30_000;

/** Moves events from the log to one client, at the client's pace. What it has not taken stays in the log. */
export const startStream = ({ events, pbx, since, passes, target, clock }: StreamOptions): Stream => {
  let running = false;
  let again = false;
  let closed = false;
  let cancelHeartbeat: CancelTimer = () => {};

  const close = () => {
    closed = true;
    cancelHeartbeat();
    reader.close();
  };

  const beat = () => {
    cancelHeartbeat();
    cancelHeartbeat = clock.setTimeout(() => {
      target.heartbeat(reader.cursor);
      beat();
    }, HEARTBEAT_MS);
  };

  const rest = async () => {
    const cancelStall = clock.setTimeout(() => {
      close();
      target.cut('too-slow');
    }, STALLED_MS);
    await target.drained();
    cancelStall();
  };

  const run = async () => {
    do {
      again = false;
      const batch = await reader.read(BATCH);
      again ||= batch.more;
      if (batch.items.length === 0 || closed) continue;
      beat();
      if (!target.write(batch.items)) await rest();
    } while (again && !closed);
  };

  const onReady = () => {
    again = true;
    if (running || closed) return;
    running = true;
    run()
      .catch(() => {
        close();
        target.cut('failed');
      })
      .finally(() => {
        running = false;
        if (again && !closed) onReady();
      });
  };

  const reader: EventReader = events.open({ pbx, since, passes, onReady });
  beat();
  return {
    refilter: reader.refilter.bind(reader),
    get cursor() {
      return reader.cursor;
    },
    close,
  };
};
