import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Capture } from './capture.ts';
import type { ClientTask } from './clients.ts';
import type { DecodeTask } from './decode.ts';
import { startFeeder } from './feeder.ts';
import { installPeers, measure } from './processes.ts';
import { median } from './report.ts';
import type { Tally } from './tally.ts';

const BYTES = 64 * 1_024 * 1_024;
const PEERS = ['asterisk-manager', 'ami-io', 'yana', 'asterisk-ami-client'] as const;

export interface EventRow {
  name: string;
  kind: 'decoder' | 'client' | 'peer';
  perSecond: number;
  /** Each round's own, for ratios. */
  rounds: readonly number[];
}

/** Median of the rounds; each round goes through all, each run in a process of its own. */
export const measureEvents = async (
  { bytes, events }: Capture,
  { rounds, progress }: { rounds: number; progress: (text: string) => void },
): Promise<EventRow[]> => {
  installPeers();
  const repeats = Math.ceil(BYTES / bytes.length);
  const total = repeats * events;
  const folder = mkdtempSync(join(tmpdir(), 'ami-bench-'));
  const file = join(folder, 'events');
  writeFileSync(file, bytes);
  const feeder = await startFeeder(Buffer.concat(Array.from({ length: repeats }, () => bytes)));

  const decode = (mode: DecodeTask['mode']) => () =>
    measure('decode.ts', { mode, file, repeats, events: total } satisfies DecodeTask);
  const client = (name: ClientTask['client']) => () =>
    measure('clients.ts', { client: name, port: feeder.port, events: total } satisfies ClientTask);
  const runs: { name: string; kind: EventRow['kind']; run: () => Promise<unknown> }[] = [
    { name: 'our decoder, Event and Uniqueid read', kind: 'decoder', run: decode('read') },
    { name: 'our decoder, every header into an object', kind: 'decoder', run: decode('object') },
    { name: 'our connection, over TCP', kind: 'client', run: client('gateway') },
    ...PEERS.map((name) => ({ name: `${name}, over TCP`, kind: 'peer' as const, run: client(name) })),
  ];

  const taken = new Map<string, number[]>();
  const ids = new Set<number>();
  try {
    for (let round = 1; round <= rounds; round += 1) {
      for (const { name, run } of runs) {
        const tally = (await run()) as Tally;
        ids.add(tally.withId);
        taken.set(name, [...(taken.get(name) ?? []), tally.perSecond]);
        progress(`round ${round}: ${name}: ${Math.round(tally.perSecond)} events/s`);
      }
    }
  } finally {
    feeder.close();
    rmSync(folder, { recursive: true, force: true });
  }
  if (ids.size !== 1) throw new Error(`Not all have read the same events: ${[...ids].join(', ')}`);
  return runs.map(({ name, kind }) => {
    const all = taken.get(name) ?? [];
    return { name, kind, rounds: all, perSecond: median(all) };
  });
};
