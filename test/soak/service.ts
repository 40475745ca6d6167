import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { sleep } from './chaos.ts';

export interface Service {
  readonly url: string;
  /** Starts the gateway as users run it; resolves once it listens, whatever it is connected to. */
  start(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
}

/** The gateway in a process of its own, on the same port each time. */
export const createService = (port: number, env: Record<string, string>): Service => {
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  process.on('exit', () => child?.kill('SIGKILL'));
  return {
    url,
    async start() {
      const started = spawn(process.execPath, ['src/server.ts'], {
        env: { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'error', ...env, PORT: String(port) },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      child = started;
      const listens = () => fetch(`${url}/health/live`).then(({ ok }) => ok, () => false); // prettier-ignore
      while (!(await listens())) {
        if (started.exitCode !== null) throw new Error(`The gateway ended by itself: ${started.exitCode}`);
        await sleep(50);
      }
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
};
