import { type CancelTimer, type Clock } from '../lib/clock.ts';
import type { EventPage, Store } from '../store/store.ts';
import type { GatewayEvent } from './event.ts';
import type { EventLog } from './log.ts';
import { createReader, type EventReader } from './reader.ts';

export interface OpenReader {
  /** Names of the servers; each must be known. */
  pbx: readonly string[];
  /** Cursor or event id to go on from; absent for what comes from now on. */
  since?: string | undefined;
  /** Filter and permissions. */
  passes: (event: GatewayEvent) => boolean;
  /** There may be something to read. Called once at the beginning, then whenever events came. */
  onReady: () => void;
}

export interface EventHub {
  open(options: OpenReader): EventReader;
  /** Where a reader that begins now would stand. */
  cursor(pbx: readonly string[]): string;
  /** A log has new events. */
  wake(): void;
  history(query: Parameters<Store['events']['read']>[0]): Promise<EventPage>;
  readonly readers: number;
}

/** With many readers the waking is gathered, so that each writes several events at once instead of one by one. */
const GATHER_MS = 50;
const FEW = 20;

/** All logs, and all who read them. */
export const createEventHub = (options: {
  clock: Clock;
  store: Pick<Store, 'events'>;
  logOf: (pbx: string) => EventLog;
}): EventHub => {
  const { clock, store, logOf } = options;
  const readers = new Map<EventReader, () => void>();
  let cancelWaking: CancelTimer | null = null;

  return {
    open({ pbx, since, passes, onReady }) {
      const reader: EventReader = createReader({
        logs: pbx.map(logOf),
        store,
        since,
        passes,
        onClose: () => readers.delete(reader),
      });
      readers.set(reader, onReady);
      clock.setTimeout(onReady, 0);
      return reader;
    },
    cursor: (pbx) => pbx.map(logOf).map(({ epoch, next }) => `${epoch}-${next - 1}`).join(','), // prettier-ignore
    wake() {
      cancelWaking ??= clock.setTimeout(
        () => {
          cancelWaking = null;
          for (const ready of [...readers.values()]) ready();
        },
        readers.size > FEW ? GATHER_MS : 0,
      );
    },
    async history(query) {
      // What a client has just learned by other means is in it.
      await logOf(query.pbx).settled();
      return store.events.read(query);
    },
    get readers() {
      return readers.size;
    },
  };
};
