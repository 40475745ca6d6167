import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import { task } from './processes.ts';

export interface SubscribersTask {
  port: number;
  tokens: readonly string[];
  subscribers: number;
  perSecond: number;
  warmUpSeconds: number;
  seconds: number;
  ami: { port: number; user: string; secret: string };
}

export interface SubscribersResult {
  events: number;
  /** Over all subscribers: events that did not come, or not in their order. */
  lost: number;
  delivered: number;
  /** From the UserEvent written to Asterisk to its arrival at a subscriber, milliseconds. */
  p50: number;
  p99: number;
  max: number;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const STAMP = /"stamp":"(\d+)"/g;

/** A stream with nothing of a client library in between; `onText` gets whole messages. */
export const openStream = async (
  port: number,
  token: string,
  path: string,
  onText: (text: string) => void,
): Promise<Socket> => {
  const socket = connect({ host: '127.0.0.1', port }).setEncoding('latin1');
  socket.write(`GET ${path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer ${token}\r\n\r\n`);
  const [head] = (await once(socket, 'data')) as [string];
  if (!head.startsWith('HTTP/1.1 200')) throw new Error(`The stream was refused: ${head}`);
  let rest = '';
  socket.on('data', (chunk) => {
    const text = rest + String(chunk);
    const end = text.lastIndexOf('\n\n') + 2;
    rest = text.slice(end);
    if (end > 1) onText(text.slice(0, end));
  });
  socket.on('error', () => socket.destroy());
  return socket;
};

const logIn = async ({ port, user, secret }: SubscribersTask['ami']): Promise<Socket> => {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  socket.write(`Action: Login\r\nUsername: ${user}\r\nSecret: ${secret}\r\nEvents: off\r\n\r\n`);
  await once(socket, 'data');
  socket.resume();
  return socket;
};

const run = async (options: SubscribersTask): Promise<SubscribersResult> => {
  const { port, tokens, subscribers, perSecond, warmUpSeconds, seconds } = options;
  const microseconds = createHistogram({ lowest: 1, highest: 120_000_000, figures: 3 });
  const total = Math.round(perSecond * (warmUpSeconds + seconds));
  const warm = perSecond * warmUpSeconds;
  const sentAt: number[] = [];
  const next = new Uint32Array(subscribers);
  let lost = 0;
  let delivered = 0;

  const sockets: Socket[] = [];
  for (let index = 0; index < subscribers; index += 1) {
    const token = tokens[index % tokens.length]!;
    sockets.push(
      await openStream(port, token, '/events?class=user', (text) => {
        const now = performance.now();
        for (const [, digits] of text.matchAll(STAMP)) {
          const stamp = Number(digits);
          if (stamp !== next[index]) lost += Math.abs(stamp - next[index]!);
          next[index] = stamp + 1;
          delivered += 1;
          if (stamp >= warm) microseconds.record(Math.max(1, Math.round((now - sentAt[stamp]!) * 1_000)));
        }
      }),
    );
  }

  const ami = await logIn(options.ami);
  const started = performance.now();
  while (sentAt.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - started) / 1_000) * perSecond));
    for (let stamp = sentAt.length; stamp < due; stamp += 1) {
      sentAt.push(performance.now());
      ami.write(`Action: UserEvent\r\nUserEvent: Bench\r\nStamp: ${stamp}\r\nAgent: 1001\r\nCampaign: SALES01\r\n\r\n`);
    }
    await sleep(5);
  }
  const deadline = Date.now() + 20_000;
  while (next.some((stamp) => stamp < total) && Date.now() < deadline) await sleep(50);
  for (const stamp of next) lost += total - stamp;
  for (const socket of sockets) socket.destroy();
  ami.destroy();
  return {
    events: total,
    lost,
    delivered,
    p50: microseconds.percentile(50) / 1_000,
    p99: microseconds.percentile(99) / 1_000,
    max: microseconds.max / 1_000,
  };
};

if (import.meta.main) {
  console.log(JSON.stringify(await run(task() as SubscribersTask)));
  process.exit();
}
