import { connect } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import type { Figures } from './load.ts';
import { task } from './processes.ts';

export interface RawLoad {
  port: number;
  user: string;
  secret: string;
  variable: string;
  value: string;
  inFlight: number;
  warmUpSeconds: number;
  seconds: number;
}

/** The least an AMI client can be: one connection, replies taken in order, nothing checked but the value. */
const run = (load: RawLoad): Promise<Figures> =>
  new Promise((resolve, reject) => {
    const microseconds = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
    const sentAt: number[] = [];
    let rest = '';
    let counted = 0;
    let measureFrom = 0;
    let warmUpTo = 0;

    const socket = connect({ host: '127.0.0.1', port: load.port, noDelay: true });
    socket.setEncoding('latin1');
    const ask = () => {
      sentAt.push(performance.now());
      socket.write(`Action: Getvar\r\nActionID: 1\r\nVariable: ${load.variable}\r\n\r\n`);
    };
    const finish = (now: number) => {
      socket.destroy();
      resolve({
        perSecond: (counted / (now - measureFrom)) * 1_000,
        p50: microseconds.percentile(50) / 1_000,
        p99: microseconds.percentile(99) / 1_000,
      });
    };
    const take = (frame: string) => {
      if (warmUpTo === 0) {
        if (!frame.startsWith('Response: Success')) throw new Error(`Login: ${frame}`);
        warmUpTo = performance.now() + load.warmUpSeconds * 1_000;
        for (let count = 0; count < load.inFlight; count += 1) ask();
        return;
      }
      if (!frame.endsWith(`Value: ${load.value}`)) throw new Error(`Not the value: ${frame}`);
      const now = performance.now();
      const from = sentAt.shift() ?? now;
      if (now >= warmUpTo) {
        measureFrom ||= now;
        counted += 1;
        microseconds.record(Math.max(1, Math.round((now - from) * 1_000)));
        if (now >= warmUpTo + load.seconds * 1_000) {
          finish(now);
          return;
        }
      }
      ask();
    };
    socket.once('connect', () => {
      socket.write(`Action: Login\r\nUsername: ${load.user}\r\nSecret: ${load.secret}\r\nEvents: off\r\n\r\n`);
    });
    socket.on('error', reject);
    socket.on('data', (text) => {
      const frames = (rest + String(text).replace(/^Asterisk Call Manager.*\r\n/, '')).split('\r\n\r\n');
      rest = frames.pop() ?? '';
      socket.cork();
      try {
        for (const frame of frames) if (!socket.destroyed) take(frame);
      } catch (error) {
        socket.destroy(error as Error);
      }
      socket.uncork();
    });
  });

if (import.meta.main) console.log(JSON.stringify(await run(task() as RawLoad)));
