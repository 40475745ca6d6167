import autocannon from 'autocannon';
import { createHistogram } from 'node:perf_hooks';
import { task } from './processes.ts';

export interface Load {
  url: string;
  /** Headers of each client in turn: AMI over HTTP gets a session each. */
  headers: Record<string, string>[];
  connections: number;
  warmUpSeconds: number;
  seconds: number;
  /** Every answer must be 200 and this. */
  body: string;
}

export interface Figures {
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

const run = (load: Load, seconds: number): Promise<Figures> =>
  new Promise((resolve, reject) => {
    // Own histogram: autocannon's knows whole milliseconds only.
    const microseconds = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
    let clients = 0;
    autocannon(
      {
        url: load.url,
        headers: load.headers[0]!,
        setupClient: (client) => {
          client.setHeaders(load.headers[clients++ % load.headers.length]!);
        },
        connections: load.connections,
        duration: seconds,
        pipelining: 1,
        timeout: 10,
        expectBody: load.body,
      },
      (error, result) => {
        const { non2xx, errors, timeouts, mismatches, duration } = result;
        const wrong = non2xx + errors + timeouts + mismatches;
        if (error || wrong > 0 || result['2xx'] === 0) {
          reject(error ?? new Error(`${load.url}: ${JSON.stringify({ non2xx, errors, timeouts, mismatches })}`));
          return;
        }
        resolve({
          perSecond: result['2xx'] / duration,
          p50: microseconds.percentile(50) / 1_000,
          p99: microseconds.percentile(99) / 1_000,
        });
      },
    ).on('response', (_client, _status, _bytes, milliseconds: number) => {
      microseconds.record(Math.max(1, Math.round(milliseconds * 1_000)));
    });
  });

if (import.meta.main) {
  const load = task() as Load;
  await run(load, load.warmUpSeconds);
  console.log(JSON.stringify(await run(load, load.seconds)));
}
