import { startSimulator } from '../src/simulator/index.ts';
import { task } from './processes.ts';

export interface SimulatedTask {
  port: number;
  secret: string;
  warmUpSeconds: number;
  seconds: number;
}

export interface Simulated {
  /** Seconds of processor time for each second. */
  cpu: number;
  /** Most channels at a time, looked at every 100 ms. */
  channels: number;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The simulator in a process of its own; it measures itself from the first Originate on, then ends. */
const run = async ({ port, secret, warmUpSeconds, seconds }: SimulatedTask): Promise<Simulated> => {
  const simulator = await new Promise<Awaited<ReturnType<typeof startSimulator>>>((resolve, reject) => {
    const started = startSimulator({
      port,
      scenario: { users: { gateway: { secret } }, contexts: { bench: { short: ['Answer', 'Wait(1)', 'Hangup'] } } },
      onAction: (name) => {
        if (name === 'Originate') void started.then(resolve);
      },
    });
    started.catch(reject);
  });
  await sleep(warmUpSeconds * 1_000);
  const before = process.cpuUsage();
  const from = performance.now();
  let channels = 0;
  while (performance.now() - from < seconds * 1_000) {
    channels = Math.max(channels, simulator.box.channels.size);
    await sleep(100);
  }
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / 1_000 / (performance.now() - from);
  // The client looks at its own clock: it is to end first.
  await sleep(1_000);
  await simulator.close();
  return { cpu, channels };
};

if (import.meta.main) console.log(JSON.stringify(await run(task() as SimulatedTask)));
