import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Release, startAsterisk } from '../test/lab/asterisk.ts';
import { captureEvents } from './capture.ts';
import { measureEvents } from './events.ts';
import { measureRequests } from './http.ts';
import { installPeers, stopAll } from './processes.ts';
import { fanOutTable, floodTable, measureFanOut, measureFlood, streamPromises } from './streams.ts';
import { measureSimulator, simulatorPromises, simulatorTable } from './simulator.ts';
import { eventPromises, eventTable, type Promised, requestPromises, requestTable } from './report.ts';

const { values } = parseArgs({
  options: {
    release: { type: 'string', default: '22' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    only: { type: 'string' },
  },
});
const release = Number(values.release) as Release;
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
if (
  ![16, 22].includes(release) ||
  !(rounds > 0) ||
  !(seconds > 0) ||
  !['requests', 'events', 'streams', 'simulator', undefined].includes(values.only)
) {
  console.error(
    'Usage: npm run bench -- [--release 16|22] [--rounds N] [--seconds N] [--only requests|events|streams|simulator]',
  );
  process.exit(2);
}

for (const [name, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) process.once(name, () => process.exit(code)); // prettier-ignore

const progress = (text: string) => {
  console.error(text);
};

const tables: string[] = [];
const promises: Promised[] = [];
const wants = (name: string) => values.only === undefined || values.only === name;

/** What is measured against a real Asterisk. Gives its version. */
const measureBeside = async (): Promise<string> => {
  if (wants('events')) installPeers();
  const asterisk = await startAsterisk({ release, name: 'bench' });
  try {
    if (wants('requests')) {
      const rows = await measureRequests(asterisk, { rounds, seconds, warmUpSeconds: 2, progress });
      tables.push(requestTable(rows));
      promises.push(...requestPromises(rows));
      await stopAll();
    }
    if (wants('streams')) {
      const fanOuts = await measureFanOut(asterisk, { seconds, progress });
      const floods = await measureFlood(await captureEvents(asterisk, 300), { seconds, progress });
      tables.push(fanOutTable(fanOuts), floodTable(floods));
      promises.push(...streamPromises(fanOuts, floods));
    }
    if (wants('events')) {
      const capture = await captureEvents(asterisk, 300);
      await asterisk.stop();
      progress(`${capture.events} events, ${capture.bytes.length} bytes, of ${capture.calls} calls`);
      const rows = await measureEvents(capture, { rounds, progress });
      tables.push(eventTable(rows));
      promises.push(...eventPromises(rows));
    }
  } finally {
    await stopAll();
    await asterisk.stop();
  }
  return asterisk.version;
};

const version = ['requests', 'events', 'streams'].some(wants) ? await measureBeside() : undefined;
if (wants('simulator')) {
  const rows = await measureSimulator(progress);
  tables.push(simulatorTable(rows));
  promises.push(...simulatorPromises(rows));
}

const processors = cpus();
console.log(
  `${processors[0]?.model ?? 'unknown processor'}, ${processors.length} cores, Node ${process.version}` +
    (version === undefined ? '\n' : `, Asterisk ${version}; median of ${rounds} rounds of ${seconds} s\n`),
);
for (const text of tables) console.log(`${text}\n`);
for (const { text, kept } of promises) console.log(`${kept ? 'kept  ' : 'MISSED'}  ${text}`);
if (promises.some(({ kept }) => !kept)) process.exitCode = 1;
