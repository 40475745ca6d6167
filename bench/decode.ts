import { readFileSync } from 'node:fs';
import { createDecoder } from '../src/ami/decoder.ts';
import type { Frame } from '../src/ami/frame.ts';
import { chunksOf } from './feeder.ts';
import { task } from './processes.ts';
import { createTally } from './tally.ts';

export interface DecodeTask {
  mode: keyof typeof MODES;
  /** Captured events, given to the decoder so many times over. */
  file: string;
  repeats: number;
  events: number;
}

type Count = (event: unknown, uniqueId: unknown) => void;

const MODES = {
  read: (frame: Frame, count: Count) => {
    count(frame.event, frame.get('Uniqueid'));
  },
  object: (frame: Frame, count: Count) => {
    const all: Record<string, string> = {};
    for (const [name, value] of frame.entries()) all[name] = value;
    count(all['Event'], all['Uniqueid'] ?? all['UniqueID']);
  },
} as const;

// Bytes to events, no sockets.
const { mode, file, repeats, events } = task() as DecodeTask;
const chunks = chunksOf(Buffer.concat(Array.from({ length: repeats }, () => readFileSync(file))));
const decoder = createDecoder();
const tally = createTally(events);
const take = MODES[mode];
for (const chunk of chunks) {
  for (const frame of decoder.push(chunk)) take(frame, tally.count);
}
console.log(JSON.stringify(await tally.done));
