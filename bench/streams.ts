import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signToken } from '../src/auth/tokens.ts';
import type { LabServer } from '../test/lab/asterisk.ts';
import type { Capture } from './capture.ts';
import type { FloodResult, FloodTask } from './flood.ts';
import { freePort, measure, startServer, stopAll, until } from './processes.ts';
import { type Promised, table } from './report.ts';
import type { SubscribersResult, SubscribersTask } from './subscribers.ts';

const SUBSCRIBERS = 1_000;
const PER_SECOND = 100;
const FLOOD_PER_SECOND = 20_000;
const JWT_SECRET = 'bench-only key: 4pZx9 long enough to sign with HS256';
const STORES = ['memory:', 'sqlite'] as const;

interface Memory {
  /** Megabytes of resident memory: before, the most, and after. */
  before: number;
  most: number;
  after: number;
}

export interface StreamRow extends Memory {
  store: string;
  fanOut: SubscribersResult;
}

export interface FloodRow extends Memory {
  store: string;
  flood: FloodResult;
}

const residentMb = (pid: number): number => {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1_024;
};

const watchMemory = (pid: number) => {
  const before = residentMb(pid);
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, residentMb(pid))), 250);
  return (): Memory => {
    clearInterval(timer);
    return { before, most, after: residentMb(pid) };
  };
};

const token = (index: number) =>
  signToken(
    { algorithm: 'HS256', secret: JWT_SECRET },
    { sub: `bench-${index}`, scope: 'read:call read:user', ttl: 7_200 },
  );

const startGateway = async (amiUrl: string, store: string): Promise<{ port: number; pid: number }> => {
  const port = await freePort();
  const { pid = 0 } = startServer(join('..', 'src/server.ts'), [], {
    AMI_URL: amiUrl,
    JWT_SECRET,
    PORT: String(port),
    LOG_LEVEL: 'warn',
    STORE_URL: store,
  });
  await until(async () => (await fetch(`http://127.0.0.1:${port}/health/live`)).ok, 'The gateway');
  return { port, pid };
};

const withStores = async <T>(run: (url: string, name: string) => Promise<T>): Promise<T[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'ami-bench-'));
  const rows: T[] = [];
  try {
    for (const name of STORES) {
      rows.push(await run(name === 'memory:' ? name : `sqlite:${join(folder, 'gateway.db')}`, name));
      await stopAll();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
};

interface Options {
  seconds: number;
  progress: (text: string) => void;
}

/** A thousand subscribers, each with every event of a hundred a second that a real Asterisk makes. */
export const measureFanOut = (lab: LabServer, { seconds, progress }: Options): Promise<StreamRow[]> =>
  withStores(async (url, store) => {
    const { port, pid } = await startGateway(`ami://${lab.user}:${lab.secret}@${lab.host}:${lab.amiPort}`, url);
    await until(async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok, 'The gateway');
    const memory = watchMemory(pid);
    const fanOut = (await measure('subscribers.ts', {
      port,
      tokens: Array.from({ length: 50 }, (_, index) => token(index)),
      subscribers: SUBSCRIBERS,
      perSecond: PER_SECOND,
      warmUpSeconds: 2,
      seconds: Math.max(10, seconds),
      ami: { port: lab.amiPort, user: lab.user, secret: lab.secret },
    } satisfies SubscribersTask)) as SubscribersResult;
    const row = { store, fanOut, ...memory() };
    progress(`${SUBSCRIBERS} subscribers, ${store}: ${JSON.stringify(row)}`);
    return row;
  });

/** Captured events of calls, many times over, at 20,000 a second; one subscriber wants `call.*`, another stops reading. */
export const measureFlood = (capture: Capture, { seconds, progress }: Options): Promise<FloodRow[]> =>
  withStores(async (url, store) => {
    const amiPort = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'ami-bench-'));
    const file = join(folder, 'events');
    writeFileSync(file, capture.bytes);
    try {
      const { port, pid } = await startGateway(`ami://bench:bench-secret@127.0.0.1:${amiPort}`, url);
      const memory = watchMemory(pid);
      const flood = (await measure('flood.ts', {
        amiPort,
        port,
        token: token(0),
        file,
        perSecond: FLOOD_PER_SECOND,
        seconds: Math.max(10, seconds),
      } satisfies FloodTask)) as FloodResult;
      const row = { store, flood, ...memory() };
      progress(`${FLOOD_PER_SECOND} events/s, ${store}: ${JSON.stringify(row)}`);
      return row;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

const ms = (value: number) => value.toFixed(0);
const megabytes = ({ before, most, after }: Memory) =>
  [before, most, after].map((value) => value.toFixed(0)).join(', ');

export const fanOutTable = (rows: readonly StreamRow[]): string =>
  table(
    [`${SUBSCRIBERS} SSE subscribers, ${PER_SECOND} events/s`, 'deliveries', 'lost', 'p50, p99, max ms', 'MB before, most, after'],
    rows.map(({ store, fanOut, ...memory }) => [
      store,
      fanOut.delivered.toLocaleString('en'),
      String(fanOut.lost),
      [fanOut.p50, fanOut.p99, fanOut.max].map(ms).join(', '),
      megabytes(memory),
    ]),
  ); // prettier-ignore

export const floodTable = (rows: readonly FloodRow[]): string =>
  table(
    [`${FLOOD_PER_SECOND.toLocaleString('en')} events/s, one subscriber of call.*`, 'events', 'calls', 'ended', 'behind at the end, ms', 'longest stall, ms', 'disconnects', 'stopped reader found cut after, s', 'MB before, most, after'],
    rows.map(({ store, flood, ...memory }) => [
      store,
      flood.events.toLocaleString('en'),
      String(flood.calls),
      String(flood.ended),
      ms(flood.behind),
      ms(flood.stalled),
      String(flood.disconnects),
      flood.cutAfter === null ? 'never' : ms(flood.cutAfter),
      megabytes(memory),
    ]),
  ); // prettier-ignore

export const streamPromises = (fanOuts: readonly StreamRow[], floods: readonly FloodRow[]): Promised[] => [
  ...fanOuts.flatMap(({ store, fanOut, most }) => [
    { text: `${SUBSCRIBERS} subscribers, ${store}: none lost: ${fanOut.lost}`, kept: fanOut.lost === 0 },
    { text: `${SUBSCRIBERS} subscribers, ${store}: p99 under 250 ms: ${ms(fanOut.p99)}`, kept: fanOut.p99 < 250 },
    { text: `${SUBSCRIBERS} subscribers, ${store}: under 500 MB: ${ms(most)}`, kept: most < 500 },
  ]),
  ...floods.flatMap(({ store, flood, most }) => [
    {
      text: `20,000 events/s, ${store}: no disconnect, each call ended once: ${flood.disconnects}, ${flood.ended} of ${flood.calls}`,
      kept: flood.disconnects === 0 && flood.ended === flood.calls && flood.doubled === 0 && flood.gaps === 0,
    },
    { text: `20,000 events/s, ${store}: a reader that stops is cut`, kept: flood.cutAfter !== null },
    { text: `20,000 events/s, ${store}: under 1,000 MB: ${ms(most)}`, kept: most < 1_000 },
  ]),
];
