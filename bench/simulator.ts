import { connect } from 'node:net';
import { freePort, measure, until } from './processes.ts';
import { median, type Promised, table } from './report.ts';
import type { Simulated, SimulatedTask } from './simulated.ts';

const CALLS_PER_SECOND = 200;
const EVENTS_PER_SECOND = 5_000;
const TICK_MS = 10;
const SECRET = 'bench';

export interface SimulatorRow extends Simulated {
  calls: number;
  events: number;
}

interface Load {
  port: number;
  warmUpSeconds: number;
  seconds: number;
}

const countOf = (text: string, wanted: string): number => {
  let count = 0;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) count += 1;
  return count;
};

/** Places calls at the pace promised and counts what comes back: answered calls, and all events. */
const placeCalls = ({ port, warmUpSeconds, seconds }: Load): Promise<{ calls: number; events: number }> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true }).setEncoding('latin1');
    let rest = '';
    let placed = 0;
    let counted = { calls: 0, events: 0 };
    let beginning: typeof counted | undefined;
    const started = performance.now();
    const place = () => {
      const elapsed = performance.now() - started;
      if (elapsed >= warmUpSeconds * 1_000) beginning ??= { ...counted };
      if (elapsed >= (warmUpSeconds + seconds) * 1_000) {
        clearInterval(timer);
        socket.destroy();
        const { calls, events } = beginning ?? counted;
        resolve({ calls: (counted.calls - calls) / seconds, events: (counted.events - events) / seconds });
        return;
      }
      let actions = '';
      for (; placed < (elapsed / 1_000) * CALLS_PER_SECOND; placed += 1)
        actions += `Action: Originate\r\nActionID: ${placed}\r\nChannel: Local/short@bench/n\r\nCallerID: "Bench" <${placed}>\r\nVariable: ORDER=${placed}\r\nApplication: Wait\r\nData: 60\r\nAsync: true\r\n\r\n`;
      if (actions !== '') socket.write(actions);
    };
    const timer = setInterval(place, TICK_MS);
    socket.once('error', (error) => {
      clearInterval(timer);
      reject(error);
    });
    socket.write(`Action: Login\r\nUsername: gateway\r\nSecret: ${SECRET}\r\nEvents: on\r\n\r\n`);
    socket.on('data', (chunk) => {
      const text = rest + String(chunk);
      const end = text.lastIndexOf('\r\n\r\n') + 4;
      const whole = text.slice(0, end);
      rest = text.slice(end);
      counted = {
        calls: counted.calls + countOf(whole, 'Event: OriginateResponse'),
        events: counted.events + countOf(whole, 'Event: '),
      };
    });
  });

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });

/** Some 15 seconds in all, however many rounds the others take. */
export const measureSimulator = async (progress: (text: string) => void): Promise<SimulatorRow[]> => {
  const rows: SimulatorRow[] = [];
  for (let round = 1; round <= 2; round += 1) {
    const load = { port: await freePort(), warmUpSeconds: 1.5, seconds: 4 };
    const simulated = measure('simulated.ts', { ...load, secret: SECRET } satisfies SimulatedTask);
    await until(() => answers(load.port), 'The simulator');
    const counts = await placeCalls(load);
    const row = { ...counts, ...((await simulated) as Simulated) };
    progress(`round ${round}: simulator: ${row.calls.toFixed(1)} calls/s, ${Math.round(row.events)} events/s`);
    rows.push(row);
  }
  return rows;
};

const percent = (share: number) => `${Math.round(share * 100)} %`;

export const simulatorTable = (rows: readonly SimulatorRow[]): string =>
  table(
    ['the simulator, one process', 'answered calls/s', 'events/s to one client', 'most channels', 'of one core'],
    rows.map(({ calls, events, channels, cpu }, round) => [`round ${round + 1}`, calls.toFixed(1), `${Math.round(events)}`, `${channels}`, percent(cpu)]),
  ); // prettier-ignore

export const simulatorPromises = (rows: readonly SimulatorRow[]): Promised[] => {
  const [calls, events] = [median(rows.map((row) => row.calls)), median(rows.map((row) => row.events))];
  return [
    // Calls in flight at either end of the window may be counted or not.
    { text: `simulator: ${CALLS_PER_SECOND} calls/s: ${calls.toFixed(1)}`, kept: calls >= CALLS_PER_SECOND * 0.99 },
    {
      text: `simulator: at least ${EVENTS_PER_SECOND.toLocaleString('en')} events/s to one client: ${Math.round(events).toLocaleString('en')}`,
      kept: events >= EVENTS_PER_SECOND,
    },
  ];
};
