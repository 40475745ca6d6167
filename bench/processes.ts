import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** No single measurement takes longer. */
const LIMIT_MS = 120_000;
let stopping = false;
const living = new Set<ChildProcess>();

const kill = (child: ChildProcess, signal: NodeJS.Signals): void => {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
};

process.on('exit', () => {
  for (const child of living) kill(child, 'SIGKILL');
});

/** A Node process of its own, with nothing of our environment but what is given. */
const startNode = (
  script: string,
  args: readonly string[],
  stdout: 'pipe' | 2,
  env: Record<string, string> = {},
): ChildProcess => {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...env },
    stdio: ['ignore', stdout, 2],
  });
  living.add(child);
  child.once('exit', () => living.delete(child));
  return child;
};

/** A server that runs until stopAll; what it prints is seen, and that it ends before then. */
export const startServer = (
  script: string,
  args: readonly string[],
  env: Record<string, string> = {},
): ChildProcess => {
  const child = startNode(script, args, 2, env);
  child.once('exit', (code, signal) => {
    if (!stopping) console.error(`${script} ended by itself: ${signal ?? code ?? ''}`);
  });
  return child;
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (!living.has(child)) return;
  const gone = once(child, 'exit');
  kill(child, 'SIGTERM');
  const forced = setTimeout(() => {
    kill(child, 'SIGKILL');
  }, 12_000);
  await gone;
  clearTimeout(forced);
};

export const stopAll = async (): Promise<void> => {
  stopping = true;
  await Promise.all([...living].map(stop));
  stopping = false;
};

/** Runs a script of this folder to its end and gives what it printed as JSON. */
export const measure = async (script: string, task: object): Promise<unknown> => {
  const child = startNode(script, [JSON.stringify(task)], 'pipe');
  const limit = setTimeout(() => {
    kill(child, 'SIGKILL');
  }, LIMIT_MS);
  const [output] = await Promise.all([text(child.stdout!), once(child, 'close')]);
  clearTimeout(limit);
  if (child.exitCode !== 0) throw new Error(`${script} failed (${child.exitCode ?? child.signalCode ?? ''})`);
  return JSON.parse(output);
};

/** What `measure` gave this process. */
export const task = (): unknown => JSON.parse(process.argv[2] ?? '{}');

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return address.port;
};

/** Polls until it says yes. */
export const until = async (ready: () => Promise<boolean>, what: string, limitMs = 20_000): Promise<void> => {
  const deadline = Date.now() + limitMs;
  while (!(await ready().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`${what} is not ready`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** The npm clients to compare with, in this folder's own node_modules. */
export const installPeers = (): void => {
  if (existsSync(join(import.meta.dirname, 'node_modules/.package-lock.json'))) return;
  const locked = existsSync(join(import.meta.dirname, 'package-lock.json'));
  const args = [locked ? 'ci' : 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  execFileSync('npm', args, { cwd: import.meta.dirname, stdio: ['ignore', 'ignore', 'inherit'], timeout: LIMIT_MS });
};
