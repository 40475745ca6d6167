import { isGatewayError } from '../lib/errors.ts';
import type { Store } from '../store/store.ts';
import { decodeStored, type EventGap, type GatewayEvent } from './event.ts';
import type { EventLog } from './log.ts';

export type ReadItem =
  { kind: 'event'; event: GatewayEvent; json: string; cursor: string } | { kind: 'gap'; gap: EventGap; cursor: string };

export interface ReadBatch {
  items: ReadItem[];
  /** There may be more at once. */
  more: boolean;
  /** Where the reader stands now, behind events that were not for it too. */
  cursor: string;
}

export interface EventReader {
  /** Reads on, in order; what cannot be given is told as a gap in its place. */
  read(max: number): Promise<ReadBatch>;
  /** Changes what is asked for, from the next event on. */
  refilter(passes: (event: GatewayEvent) => boolean): void;
  readonly cursor: string;
  close(): void;
}

interface Position {
  readonly log: EventLog;
  epoch: string;
  /** Sequence of the next event to look at. */
  next: number;
  /** It was up with the log once; a gap from then on means that the reader was too slow. */
  caughtUp: boolean;
  /** A gap to be told before anything else. */
  gap: EventGap | null;
}

export interface ReaderOptions {
  logs: readonly EventLog[];
  store: Pick<Store, 'events'>;
  /** Ids of the last events seen, one for each PBX, with commas between; absent for what comes from now on. */
  since?: string | undefined;
  passes: (event: GatewayEvent) => boolean;
  onClose: () => void;
}

/** Events looked at in one go, so that a reader who wants few does not hold up the others. */
const LOOK_AT = 2_000;
const PAGE = 500;

const parseId = (id: string): { epoch: string; sequence: number } | undefined => {
  const match = /^([0-9a-z]{1,32})-(\d{1,15})$/.exec(id);
  return match?.[1] ? { epoch: match[1], sequence: Number(match[2]) } : undefined;
};

/** A place in the logs of several PBXs. It holds no events: a slow reader costs no memory. */
export const createReader = (options: ReaderOptions): EventReader => {
  const { logs, store, since } = options;
  let { passes } = options;
  const now = (log: EventLog): Position => ({ log, epoch: log.epoch, next: log.next, caughtUp: true, gap: null });
  let positions: Position[] | undefined = since === undefined ? logs.map(now) : undefined;
  let closed = false;

  const goOn = async (from: string): Promise<Position[]> => {
    const ids = from.split(',').filter((id) => id !== '').map(parseId); // prettier-ignore
    return Promise.all(
      logs.map(async (log): Promise<Position> => {
        const start = { ...now(log), caughtUp: false };
        const current = ids.find((id) => id?.epoch === log.epoch);
        if (current && current.sequence < log.next) return { ...start, next: current.sequence + 1 };
        const epochs = await store.events.epochs(log.pbx).catch(() => []);
        const older = ids.find((id) => epochs.some(({ epoch }) => epoch === id?.epoch));
        if (older && !current) return { ...start, epoch: older.epoch, next: older.sequence + 1 };
        const gap: EventGap = { pbx: log.pbx, reason: 'unknown-id', after: null, before: null, missed: null };
        return { ...start, gap };
      }),
    );
  };

  const cursor = () =>
    (positions ?? []).map(({ epoch, next }) => `${epoch}-${next - 1}`).join(',') ||
    logs.map((log) => `${log.epoch}-${log.next - 1}`).join(',');

  const give = (event: GatewayEvent, json: string): ReadItem => {
    return { kind: 'event', event, json, cursor: logs.length === 1 ? event.id : cursor() };
  };

  const gapAt = (position: Position, to: number, reason: EventGap['reason']): EventGap => ({
    pbx: position.log.pbx,
    reason,
    after: position.next > 1 ? `${position.epoch}-${position.next - 1}` : null,
    before: `${position.epoch}-${to}`,
    missed: to - position.next,
  });

  /** Events no longer in memory. True where the store had any. */
  const readStored = async (position: Position, items: ReadItem[]): Promise<boolean> => {
    const { log, epoch } = position;
    const page = await store.events
      .read({ pbx: log.pbx, epoch, after: position.next - 1, limit: PAGE })
      .catch((error: unknown) => {
        if (isGatewayError(error, 'store-unavailable')) return { items: [] };
        throw error;
      });
    for (const { sequence, body } of page.items) {
      if (sequence > position.next) items.push({ kind: 'gap', gap: gapAt(position, sequence, 'expired'), cursor: cursor() }); // prettier-ignore
      position.next = sequence + 1;
      const { event, json } = decodeStored(body);
      if (passes(event)) items.push(give(event, json));
    }
    return page.items.length > 0;
  };

  /** On to the next epoch there is, telling that nobody watched in between. */
  const nextEpoch = async (position: Position, items: ReadItem[]) => {
    const { log } = position;
    const epochs = await store.events.epochs(log.pbx).catch(() => []);
    const index = epochs.findIndex(({ epoch }) => epoch === position.epoch);
    const following = index >= 0 ? epochs[index + 1] : undefined;
    const after = `${position.epoch}-${position.next - 1}`;
    position.epoch = following?.epoch ?? log.epoch;
    position.next = following?.first ?? 1;
    const gap: EventGap = { pbx: log.pbx, reason: 'restart', after, before: `${position.epoch}-${position.next}`, missed: null }; // prettier-ignore
    items.push({ kind: 'gap', gap, cursor: cursor() });
  };

  const readMemory = (position: Position, items: ReadItem[], max: number) => {
    const { log } = position;
    const stop = Math.min(log.next, position.next + LOOK_AT);
    while (position.next < stop && items.length < max) {
      const entry = log.at(position.next);
      position.next += 1;
      if (entry && passes(entry.event)) items.push(give(entry.event, entry.json));
    }
    if (position.next === log.next) position.caughtUp = true;
  };

  const advance = async (position: Position, items: ReadItem[], max: number) => {
    const { log } = position;
    if (position.gap) {
      items.push({ kind: 'gap', gap: position.gap, cursor: cursor() });
      position.gap = null;
    } else if (position.epoch !== log.epoch) {
      if (!(await readStored(position, items))) await nextEpoch(position, items);
    } else if (position.next < log.first) {
      if (await readStored(position, items)) return;
      if (position.next >= log.first) return;
      const gap = gapAt(position, log.first, position.caughtUp ? 'too-slow' : 'expired');
      position.next = log.first;
      items.push({ kind: 'gap', gap, cursor: cursor() });
    } else readMemory(position, items, max);
  };

  const behind = ({ epoch, next, log, gap }: Position) => gap !== null || epoch !== log.epoch || next < log.next;

  return {
    async read(max) {
      positions ??= await goOn(since ?? '');
      const items: ReadItem[] = [];
      for (const position of positions) {
        if (items.length < max && !closed && behind(position)) await advance(position, items, max);
      }
      return { items, more: !closed && positions.some(behind), cursor: cursor() };
    },
    refilter(next) {
      passes = next;
    },
    get cursor() {
      return cursor();
    },
    close() {
      closed = true;
      options.onClose();
    },
  };
};
