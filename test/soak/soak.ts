import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pino } from 'pino';
import { signToken } from '../../src/auth/tokens.ts';
import { compose } from '../../src/compose.ts';
import { buildApp } from '../../src/http/app.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { SigningKey } from '../../src/lib/signing-key.ts';
import { createMemoryStore } from '../../src/store/open.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import type { Release } from '../../src/simulator/release.ts';
import { labSecret } from '../lab/config.ts';
import { labScenario } from '../lab/simulators.ts';
import { type ChaosReport, seeded, sleep, unleash } from './chaos.ts';
import { type Ask, type Books, endOf, lookAt, work } from './traffic.ts';

export interface SoakOptions {
  minutes: number;
  seed: number;
  release: Release;
  say?: (line: string) => void;
}

export interface SoakSummary {
  seed: number;
  text: string;
  violations: string[];
}

const WORKERS = 16;
const KEY: SigningKey = { algorithm: 'HS256', secret: 'a secret of the soak, long enough to sign with' };
const SCOPE = 'write:originate write:call read:system read:agent';
/** Ended calls and the last events are remembered on purpose: so much of the heap each, besides a share of what there was. */
const HEAP_PER_CALL = 6_000;
const HEAP_PER_EVENT = 1_500;
const MOST_EVENTS = 20_000;
const HEAP_TOLERANCE = 0.15;
/** Every call ends by itself within seconds; lost ones are looked for within 10 s of the ring timeout. */
const DRAIN_MS = 40_000;

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const heapAfterGc = async (): Promise<number> => {
  for (let round = 0; round < 3; round += 1) {
    gc();
    await sleep(20);
  }
  return process.memoryUsage().heapUsed;
};
const megabytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MB`;

/** Traffic and cruelty for a while; then what must hold is looked at. */
export const soak = async ({ minutes, seed, release, say = () => {} }: SoakOptions): Promise<SoakSummary> => {
  const random = seeded(seed);
  const books: Books = { answers: new Map(), open: new Set(), ended: new Map(), accepted: 0, violations: [] };
  const { violations } = books;
  const chaos: ChaosReport = { faults: new Map(), restarts: 0, neverFull: [] };
  const originated = new Map<string, number>();
  const onRejection = (reason: unknown) => violations.push(`unhandled rejection: ${String(reason)}`);
  process.on('unhandledRejection', onRejection);

  const simulator = await startSimulator({
    scenario: labScenario,
    release,
    onAction: (name, get) => {
      const channelId = get('ChannelId');
      if (name === 'Originate') originated.set(channelId, (originated.get(channelId) ?? 0) + 1);
    },
  });
  const log = pino({ level: 'silent' });
  const composition = await compose({
    pbx: [{ name: 'default', host: '127.0.0.1', port: simulator.port, tls: false, username: 'gateway', secret: labSecret }], // prettier-ignore
    amiPoolSize: 4,
    amiTimeoutMs: 1_000,
    store: createMemoryStore(),
    webhookAllowNetworks: [],
    clock: systemClock,
    log,
  });
  const { gateway, metrics, webhooks, audit, store } = composition;
  const app = await buildApp({ gateway, metrics, webhooks, audit, store, auth: { key: KEY }, version: '0.0.0', logger: log, validateResponses: true }); // prettier-ignore
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const token = signToken(KEY, { sub: 'soak', scope: SCOPE, ttl: Math.ceil(minutes * 60) + 600 });

  const ask: Ask = async (method, path, body) => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    const answer = { status: response.status, body: text === '' ? null : JSON.parse(text) };
    const key = response.ok ? 'ok' : `${answer.status} ${answer.body?.code}`;
    books.answers.set(key, (books.answers.get(key) ?? 0) + 1);
    if (answer.status === 500 || answer.status === 401 || answer.status === 400) {
      violations.push(`${method} ${path} gave ${text}`);
    }
    return answer;
  };
  const isFull = () => {
    const { pool, state } = gateway.status('default');
    return state === 'ready' && pool.open === pool.size;
  };
  const full = async (withinMs: number): Promise<boolean> => {
    for (const deadline = Date.now() + withinMs; !isFull(); await sleep(10)) if (Date.now() > deadline) return false;
    return true;
  };

  await full(10_000);
  const started = Date.now();
  const duration = minutes * 60_000;
  const running = () => Date.now() - started < duration;
  say(`seed ${seed}, Asterisk ${release}, ${minutes} min, ${WORKERS} workers, process ${process.pid}`);

  const follow = async () => {
    let told = Date.now();
    while (running()) {
      await sleep(500);
      if (Date.now() - told > 60_000) {
        told = Date.now();
        say(
          `${books.accepted} calls, ${chaos.restarts} restarts, violations: ${violations.slice(0, 3).join('; ') || 0}`,
        );
      }
      for (const id of [...books.open].slice(0, 20)) {
        await lookAt(ask, books, id);
        // To the end of the line, where it has not ended.
        if (books.open.delete(id)) books.open.add(id);
      }
    }
  };
  /** In the log in memory: all there were, until it is full. */
  const remembered = () => Math.min(MOST_EVENTS, Number(gateway.events.cursor(['default']).split('-').at(-1)));
  const weigh = async () => {
    await sleep(duration * 0.3);
    return { heap: await heapAfterGc(), calls: books.accepted, events: remembered() };
  };
  const workers = Array.from({ length: WORKERS }, (_, id) =>
    work({ id, ask, random: seeded(seed + id + 1), running, restarts: () => chaos.restarts, books }),
  );
  const [weighed] = await Promise.all([weigh(), unleash({ simulator, random, running, full }, chaos), follow(), ...workers]); // prettier-ignore

  const refilled = await full(5_000);
  if (!refilled) violations.push(`the pool is not full: ${JSON.stringify(gateway.status('default').pool)}`);
  for (const kind of chaos.neverFull) violations.push(`the pool was not full 30 s after ${kind}`);
  for (const deadline = Date.now() + DRAIN_MS; books.open.size > 0 && Date.now() < deadline; await sleep(500)) {
    for (const id of books.open) await lookAt(ask, books, id);
  }
  for (const id of books.open) {
    violations.push(`call ${id} has not ended: ${JSON.stringify((await ask('GET', `/calls/${id}`)).body)}`);
  }
  for (const [id, before] of books.ended) {
    const { status, body } = await ask('GET', `/calls/${id}`);
    // More than 10,000 ended ones are not remembered.
    if (status === 200 && endOf(body) !== before) violations.push(`call ${id} ended twice: ${before}, ${endOf(body)}`);
  }
  for (const [channelId, times] of originated) {
    if (times > 1) violations.push(`${channelId} was dialled ${times} times`);
    const id = channelId.slice('gw-'.length);
    if (!books.ended.has(id) && !books.open.has(id)) violations.push(`${channelId} was dialled and nobody was told`);
  }
  const heap = await heapAfterGc();
  const more = { calls: books.accepted - weighed.calls, events: remembered() - weighed.events };
  const most = weighed.heap * (1 + HEAP_TOLERANCE) + more.calls * HEAP_PER_CALL + more.events * HEAP_PER_EVENT;
  if (heap > most) violations.push(`the heap grew from ${megabytes(weighed.heap)} to ${megabytes(heap)}`);

  await app.close();
  await composition.close();
  await simulator.close();
  process.off('unhandledRejection', onRejection);
  const endings = Map.groupBy(books.ended.values(), (end) => end.split(' ')[0]);
  const text = [
    `answers: ${[...books.answers].map(([key, count]) => `${key} ${count}`).join(', ')}`,
    `calls: ${books.accepted} taken on, ${originated.size} dialled; ${[...endings].map(([key, all]) => `${key} ${all.length}`).join(', ')}`,
    `faults (times, slowest return to a full pool): ${[...chaos.faults].map(([kind, { times, slowestMs }]) => `${kind} ${times}x ${slowestMs} ms`).join(', ')}`,
    `heap after gc: ${megabytes(weighed.heap)} at 30 %, ${megabytes(heap)} at the end with ${more.calls} calls and ${more.events} events more, at most ${megabytes(most)} allowed`,
    `violations: ${violations.length}`,
    ...violations.slice(0, 20).map((violation) => `  ${violation}`),
  ].join('\n');
  return { seed, text, violations };
};
