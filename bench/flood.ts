import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { task } from './processes.ts';
import { openStream } from './subscribers.ts';

export interface FloodTask {
  /** Where this Asterisk listens, and the gateway. */
  amiPort: number;
  port: number;
  token: string;
  /** Captured events. */
  file: string;
  perSecond: number;
  seconds: number;
}

export interface FloodResult {
  events: number;
  calls: number;
  /** Calls whose `call.ended` came to the subscriber. */
  ended: number;
  /** More than one `call.ended` for a call. */
  doubled: number;
  /** Gaps the subscriber was told of. */
  gaps: number;
  /** From the last event written to the last `call.ended`, milliseconds. */
  behind: number;
  /** Longest time for which a connection took nothing; Asterisk gives up after 100 ms (writetimeout). */
  stalled: number;
  disconnects: number;
  /** When the subscriber that stopped reading was cut, seconds after the flood began; null if never. */
  cutAfter: number | null;
}

const WRITE_TIMEOUT_MS = 100;
const TICK_MS = 5;
const WARM_UP_SECONDS = 4;
const END = '\r\n\r\n';
const UNTRUSTED = /^Privilege: (?:dialplan|user|agi),/m;
const CUT_WITHIN_MS = 60_000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Lists that end at once, and settings; enough for a gateway to be content. */
const replyTo = (name: string, id: string): string => {
  const head = `Response: Success\r\nActionID: ${id}\r\n`;
  if (name === 'challenge') return `${head}Challenge: 1${END}`;
  if (name === 'login') return `${head}Message: Authentication accepted${END}`;
  if (name === 'ping') return `${head}Ping: Pong${END}`;
  const list = { coreshowchannels: 'CoreShowChannelsComplete', status: 'StatusComplete' }[name];
  if (!list) return `${head}AMIversion: 11.0.0\r\nAsteriskVersion: 22.0.0${END}`;
  return `${head}EventList: start\r\nMessage: will follow${END}Event: ${list}\r\nActionID: ${id}\r\nEventList: Complete\r\nListItems: 0${END}`;
};

/** An Asterisk that only answers and writes events; as the real one, it drops who takes nothing for 100 ms. */
const startFlood = async (amiPort: number) => {
  const lanes = { trusted: new Set<Socket>(), untrusted: new Set<Socket>() };
  const figures = { stalled: 0, disconnects: 0 };
  const server = createServer({ noDelay: true }, (socket) => {
    let asked = '';
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (lanes.trusted.delete(socket) || lanes.untrusted.delete(socket)) figures.disconnects += 1;
    });
    socket.write('Asterisk Call Manager/11.0.0\r\n');
    socket.on('data', (chunk: Buffer) => {
      const actions = (asked + chunk.toString('latin1')).split(END);
      asked = actions.pop() ?? '';
      for (const action of actions) {
        const id = /^ActionID: (.*)$/im.exec(action)?.[1] ?? '';
        const name = /^Action: (\w+)/im.exec(action)?.[1]?.toLowerCase() ?? '';
        socket.write(replyTo(name, id));
        const mask = /^Events: (.*)$/im.exec(action)?.[1];
        if (mask === undefined || mask === 'off') continue;
        if (mask.includes('call')) {
          lanes.trusted.add(socket);
          socket.write(`Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 1\r\nStatus: Fully Booted${END}`);
        } else lanes.untrusted.add(socket);
      }
    });
  });
  server.listen(amiPort, '127.0.0.1');
  await once(server, 'listening');
  const fullSince = new Map<Socket, number>();
  const write = (sockets: Set<Socket>, text: string) => {
    const now = performance.now();
    for (const socket of sockets) {
      if (socket.writableLength === 0) fullSince.set(socket, now);
      const stalled = now - (fullSince.get(socket) ?? now);
      figures.stalled = Math.max(figures.stalled, stalled);
      if (stalled > WRITE_TIMEOUT_MS) socket.destroy();
      else if (text !== '') socket.write(text, 'latin1');
    }
  };
  return { lanes, figures, write, close: () => server.close() };
};

/** Seconds' worth of events due: the pace rises evenly to the full one, while the code warms up. */
const dueAfter = (elapsed: number): number =>
  elapsed < WARM_UP_SECONDS ? elapsed ** 2 / (2 * WARM_UP_SECONDS) : elapsed - WARM_UP_SECONDS / 2;

const run = async (options: FloodTask): Promise<FloodResult> => {
  const { port, token, perSecond, seconds } = options;
  const flood = await startFlood(options.amiPort);
  while (flood.lanes.trusted.size === 0 || flood.lanes.untrusted.size === 0) await sleep(50);
  await sleep(1_000);

  const ended = new Map<string, number>();
  let gaps = 0;
  let lastEnded = 0;
  const subscriber = await openStream(port, token, '/events?name=call.*', (text) => {
    for (const message of text.split('\n\n')) {
      if (message.includes('"name":"stream.gap"')) gaps += 1;
      if (!message.includes('"name":"call.ended"')) continue;
      const call = /"call":"([^"]+)"/.exec(message)?.[1] ?? '';
      ended.set(call, (ended.get(call) ?? 0) + 1);
      lastEnded = performance.now();
    }
  });
  const stopped = await openStream(port, token, '/events', () => {});
  stopped.pause();

  const captured = readFileSync(options.file, 'latin1').split(END).slice(0, -1);
  const texts = captured.map((text) => ({ text: text + END, untrusted: UNTRUSTED.test(text) }));
  const callsOf = captured.filter((text) => text.startsWith('Event: OriginateResponse')).length;
  const rounds = Math.max(1, Math.round((perSecond * (seconds + WARM_UP_SECONDS / 2)) / texts.length));
  const total = rounds * texts.length;

  const started = performance.now();
  const cut: { at?: number } = {};
  stopped.once('close', () => (cut.at = performance.now()));
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.ceil(dueAfter((performance.now() - started) / 1_000) * perSecond));
    const parts = { trusted: '', untrusted: '' };
    for (; sent < due; sent += 1) {
      const { text, untrusted } = texts[sent % texts.length]!;
      // Each round is of other channels: the seconds in their Uniqueids are later.
      const round = Math.floor(sent / texts.length);
      parts[untrusted ? 'untrusted' : 'trusted'] += text.replace(
        /\b(\d{10})(\.\d+)/g,
        (_all, second: string, count: string) => `${Number(second) + round * 1_000}${count}`,
      );
    }
    flood.write(flood.lanes.trusted, parts.trusted);
    flood.write(flood.lanes.untrusted, parts.untrusted);
    await sleep(TICK_MS);
  }
  const lastSent = performance.now();
  const calls = callsOf * rounds;
  while (ended.size < calls && performance.now() - lastSent < 30_000) await sleep(50);
  const behind = Math.max(0, lastEnded - lastSent);
  while (cut.at === undefined && performance.now() - lastSent < CUT_WITHIN_MS) {
    // Nothing is read, but a socket notices its end only when it reads.
    await sleep(500);
    if (performance.now() - started > 45_000) stopped.resume();
  }
  subscriber.destroy();
  stopped.destroy();
  flood.close();
  return {
    events: total,
    calls,
    ended: ended.size,
    doubled: [...ended.values()].filter((count) => count > 1).length,
    gaps,
    behind,
    ...flood.figures,
    cutAfter: cut.at === undefined ? null : (cut.at - started) / 1_000,
  };
};

if (import.meta.main) {
  console.log(JSON.stringify(await run(task() as FloodTask)));
  process.exit();
}
