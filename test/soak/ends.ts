import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { signToken } from '../../src/auth/tokens.ts';
import type { SigningKey } from '../../src/lib/signing-key.ts';
import type { Release } from '../lab/asterisk.ts';
import { startAsterisk } from '../lab/asterisk.ts';
import { seeded, sleep } from './chaos.ts';
import { type AskOrNull, placeBeside, placeThroughGateway } from './placing.ts';
import { createService } from './service.ts';
import type { Answer } from './traffic.ts';

export interface EndsOptions {
  /** Calls placed through the gateway; others come beside them. */
  calls: number;
  /** Mean pause between kills, seconds. */
  killEvery: number;
  seed: number;
  release: Release;
  say?: (line: string) => void;
}

export interface EndsSummary {
  text: string;
  violations: string[];
  kills: { gateway: number; asterisk: number };
}

const WORKERS = 12;
const KEY = { algorithm: 'HS256', secret: 'a secret of this soak, long enough to sign with' } satisfies SigningKey;
const OPEN = ['queued', 'dialing', 'ringing', 'answered'] as const;
const DRAIN_MS = 90_000;

/** Takes webhooks, refuses one in fifty, and notes which calls it was told the end of. */
const startReceiver = async (random: () => number) => {
  const told = new Map<string, number>();
  const state: { webhook?: Webhook; refused: number; forged: number } = { refused: 0, forged: 0 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (random() < 0.02) {
        state.refused += 1;
        response.writeHead(503).end();
        return;
      }
      try {
        const { type, data } = state.webhook?.verify(Buffer.concat(chunks).toString(), request.headers as Record<string, string>) as { type: string; data: { call: string } }; // prettier-ignore
        if (type === 'call.ended') told.set(data.call, (told.get(data.call) ?? 0) + 1);
      } catch {
        state.forged += 1;
      }
      response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { told, state, url: `http://127.0.0.1:${port}/hook`, close: () => server.close() };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** Calls through kill -9 of the gateway and of Asterisk, real ones both; then every call is counted. */
export const ends = async (options: EndsOptions): Promise<EndsSummary> => {
  const { calls, killEvery, seed, release, say = () => {} } = options;
  const random = seeded(seed);
  const violations: string[] = [];
  const wrong = (what: string) => {
    if (violations.length < 50) violations.push(what);
  };
  const folder = mkdtempSync(join(tmpdir(), 'soak-ends-'));
  const asterisk = await startAsterisk({ release, name: 'ends' });
  const receiver = await startReceiver(seeded(seed + 1));
  const service = createService(await freePort(), {
    AMI_URL: `ami://${asterisk.user}:${asterisk.secret}@127.0.0.1:${asterisk.amiPort}`,
    JWT_SECRET: KEY.secret,
    STORE_URL: `sqlite:${join(folder, 'gateway.db')}`,
    WEBHOOK_ALLOW_NETWORKS: '127.0.0.0/8',
    EVENTS_KEEP_MAX: '5000000',
  });
  const token = signToken(KEY, { sub: 'ends', scope: 'write:all read:all gateway:webhooks', ttl: 86_400 });

  const ask: AskOrNull = async (method, path, body, headers = {}) => {
    try {
      const response = await fetch(service.url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(20_000),
      }); // prettier-ignore
      const text = await response.text();
      return { status: response.status, body: text === '' ? null : JSON.parse(text) };
    } catch {
      return null;
    }
  };
  const mustAsk = async (method: string, path: string, body?: object): Promise<Answer> => {
    const answer = await ask(method, path, body);
    if (!answer || answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const everyItem = async (path: string, onItem: (item: any) => void): Promise<void> => {
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Answer = await mustAsk('GET', `${path}${cursor === '' ? '' : `&cursor=${cursor}`}`);
      for (const item of page.body.items) onItem(item);
      cursor = page.body.nextCursor;
    }
  };

  await service.start();
  const hook = await mustAsk('POST', '/webhooks', { url: receiver.url, events: ['call.ended'] });
  receiver.state.webhook = new Webhook(String(hook.body.secret));

  let placed = 0;
  const running = { placing: true };
  const taken = new Set<string>();
  const kills = { gateway: 0, asterisk: 0 };
  const killer = async () => {
    while (running.placing) {
      await sleep(killEvery * 1_000 * (0.5 + random()));
      const which = (kills.gateway + kills.asterisk) % 2 === 0 ? 'gateway' : 'asterisk';
      kills[which] += 1;
      if (which === 'gateway') await service.kill();
      else await asterisk.kill();
      await sleep(random() * 1_500);
      await (which === 'gateway' ? service : asterisk).start();
      say(`${placed} placed, ${receiver.told.size} ends told, killed ${JSON.stringify(kills)}, ${violations.length} violations`); // prettier-ignore
    }
  };
  const place = async () => {
    const take = () => (placed += 1) <= calls;
    const one = { ask, take, onTaken: (id: string) => taken.add(id), onWrong: wrong };
    await Promise.all(
      Array.from({ length: WORKERS }, (_none, index) => placeThroughGateway({ ...one, random: seeded(seed + 10 + index) })),
    ); // prettier-ignore
    running.placing = false;
  };
  const beside = placeBeside({
    port: () => asterisk.amiPort,
    random: seeded(seed + 2),
    running: () => running.placing,
  });
  await Promise.all([place(), killer(), beside]);

  const isDone = async (): Promise<boolean> => {
    for (const status of OPEN) if ((await mustAsk('GET', `/calls?status=${status}&limit=1`)).body.items.length > 0) return false; // prettier-ignore
    const pending = await mustAsk('GET', `/webhooks/${hook.body.id}/deliveries?status=pending&limit=1`);
    return pending.body.items.length === 0;
  };
  for (const deadline = Date.now() + DRAIN_MS; !(await isDone());) {
    if (Date.now() > deadline) {
      wrong('Calls are still open, or webhooks still pending');
      break;
    }
    await sleep(500);
  }

  const known = new Set<string>();
  const reasons = new Map<string, number>();
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  await everyItem('/calls?limit=1000', (call: any) => {
    known.add(call.id);
    if (call.status !== 'ended') wrong(`${call.id} is ${call.status}`);
    reasons.set(call.disposition, (reasons.get(call.disposition) ?? 0) + 1);
  });
  const ended = new Map<string, number>();
  await everyItem('/events/history?name=call.ended&limit=1000', ({ call }: { call: string }) => {
    ended.set(call, (ended.get(call) ?? 0) + 1);
  });
  for (const id of taken) if (!known.has(id)) wrong(`${id} was taken on and is not known`);
  for (const id of known) {
    if (ended.get(id) !== 1) wrong(`${id} has ${ended.get(id) ?? 0} call.ended`);
    if (!receiver.told.has(id)) wrong(`the end of ${id} came by no webhook`);
  }
  for (const id of ended.keys()) if (!known.has(id)) wrong(`call.ended of ${id}, which is not known`);
  if (receiver.state.forged > 0) wrong(`${receiver.state.forged} webhooks did not verify`);

  await service.kill();
  await asterisk.stop();
  receiver.close();
  rmSync(folder, { recursive: true, force: true });
  const twice = [...receiver.told.values()].filter((times) => times > 1).length;
  const text = [
    `Asterisk ${release}, seed ${seed}: ${taken.size} calls taken on, ${known.size} followed; killed -9: gateway ${kills.gateway}, Asterisk ${kills.asterisk}`,
    `dispositions: ${[...reasons].map(([name, count]) => `${name} ${count}`).join(', ')}`,
    `webhooks: ends of ${receiver.told.size} calls, ${twice} told more than once, ${receiver.state.refused} refused at first`,
    `violations: ${violations.length}`,
    ...violations.slice(0, 20).map((violation) => `  ${violation}`),
  ].join('\n');
  return { text, violations, kills };
};
