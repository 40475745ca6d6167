// npm run client:test: makes the types from openapi.json, compiles the examples against them, and runs those against
// the gateway on its simulator. Plain Node: it also installs what the rest of this folder needs.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;
const root = join(folder, '..');
const LIMIT_MS = 120_000;
const START_MS = 30_000;

const run = async (command: string, args: readonly string[], env: Record<string, string> = {}) => {
  const options = { cwd: folder, env: { ...process.env, ...env }, stdio: 'inherit', timeout: LIMIT_MS } as const;
  const [code] = (await once(spawn(command, args, options), 'exit')) as [number | null];
  if (code !== 0) throw new Error(`Failed: ${args[0] ?? command}`);
};
const tool = (file: string, ...args: string[]) => run(process.execPath, [join('node_modules', file), ...args]);

const secret = randomBytes(32).toString('hex');
const SCOPE = 'read:all write:all gateway:tokens gateway:webhooks gateway:audit gateway:metrics';
const LIMITS = { commands: ['core show'], databaseFamilies: ['cidname'] };

/** As an operator makes it. */
const operatorToken = (): string => {
  const args = ['src/cli/index.ts', 'token', '--sub', 'operator', '--scope', SCOPE, '--ttl', '10m', '--limits', JSON.stringify(LIMITS)]; // prettier-ignore
  return execFileSync(process.execPath, args, { cwd: root, env: { PATH: process.env['PATH'], JWT_SECRET: secret } }).toString().trim(); // prettier-ignore
};

/** The gateway with nothing but a key configured, and the token it prints. */
const startGateway = async () => {
  const child = spawn(process.execPath, ['src/server.ts'], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      STORE_URL: 'memory:',
      CLICK_TO_DIAL_CONTEXT: 'from-internal',
      JWT_SECRET: secret,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const forced = setTimeout(() => child.kill('SIGKILL'), 12_000);
    await ended;
    clearTimeout(forced);
  };
  process.once('exit', () => child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const deadline = Date.now() + START_MS;
  for (;;) {
    const token = /^T=(\S+)$/m.exec(output)?.[1];
    const url = /^Swagger UI: (\S+)\/docs /m.exec(output)?.[1];
    if (token && url && (await fetch(`${url}/health/ready`)).ok) return { url, token, stop };
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`The gateway did not start:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

if (!existsSync(join(folder, 'node_modules/.package-lock.json')))
  await run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']);
await tool('openapi-typescript/bin/cli.js', '../openapi/openapi.json', '--output', 'generated/ami-gateway.d.ts');
await tool('typescript/bin/tsc');
const { url, token, stop } = await startGateway();
try {
  const env = { GATEWAY_URL: url, GATEWAY_TOKEN: token, OPERATOR_TOKEN: operatorToken() };
  for (const file of ['first-call.ts', 'examples.ts', 'readme.ts']) await run(process.execPath, [file], env);
} finally {
  await stop();
}
