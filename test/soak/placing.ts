import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { labSecret } from '../lab/config.ts';
import { pick, type Random, sleep } from './chaos.ts';
import type { Answer } from './traffic.ts';

/** As fetch; null where the gateway is gone. */
export type AskOrNull = (method: string, path: string, body?: object, headers?: Record<string, string>) => Promise<Answer | null>; // prettier-ignore

const EXTENSIONS = ['short', 'short', 'short', 'busy', 'congestion', 'reject', 'ring'];

interface Options {
  ask: AskOrNull;
  random: Random;
  /** One more call may be placed. */
  take: () => boolean;
  onTaken: (callId: string) => void;
  onWrong: (what: string) => void;
}

/** A client that never gives up on a call: the same key again, until it is told what became of it. */
export const placeThroughGateway = async ({ ask, random, take, onTaken, onWrong }: Options): Promise<void> => {
  while (take()) {
    const key = { 'idempotency-key': randomUUID() };
    const call = { channel: `Local/${pick(random, EXTENSIONS)}@lab/n`, application: 'Wait', data: '2', ringTimeoutSeconds: 2 }; // prettier-ignore
    for (;;) {
      const answer = await ask('POST', '/calls', call, key);
      const callId: unknown = answer?.status === 201 ? answer.body.id : answer?.body?.callId;
      if (typeof callId === 'string') onTaken(callId);
      else if (answer && ![409, 429, 503].includes(answer.status)) onWrong(`POST /calls: ${JSON.stringify(answer)}`);
      // Gone, not connected, or busy with this very key: once more. All else is final.
      if (answer && ![409, 429, 503].includes(answer.status)) break;
      await sleep(200);
    }
    await sleep(100 + random() * 400);
  }
};

/** Calls the gateway only hears of: somebody else dials, by an AMI login of their own. */
export const placeBeside = async ({ port, random, running }: { port: () => number; random: Random; running: () => boolean }): Promise<void> => {
  while (running()) {
    const socket = connect(port(), '127.0.0.1');
    const gone = new Promise<void>((resolve) => {
      socket.on('error', () => socket.destroy()).on('close', resolve);
    });
    socket.resume();
    socket.write(`Action: Login\r\nUsername: gateway\r\nSecret: ${labSecret}\r\nEvents: off\r\n\r\n`);
    while (running() && socket.writable) {
      await sleep(50 + random() * 300);
      const extension = pick(random, EXTENSIONS);
      socket.write(`Action: Originate\r\nChannel: Local/${extension}@lab/n\r\nApplication: Wait\r\nData: 2\r\nTimeout: 2000\r\nAsync: true\r\n\r\n`);
    }
    socket.destroy();
    await gone;
    await sleep(100);
  }
}; // prettier-ignore
