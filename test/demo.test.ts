import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { eventually } from './helpers/asterisk.ts';

const start = (env: Record<string, string>) => {
  const child = spawn(process.execPath, ['src/server.ts'], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', ...env },
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, ended: once(child, 'close').then(([code]) => code as number | null), output: () => text };
};

const bash = async (script: string): Promise<string> => {
  const child = spawn('bash', ['-euc', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return text;
};

it('runs its main job with nothing configured, and what it prints can be pasted', async () => {
  const started = Date.now();
  const { child, ended, output } = start({});
  await eventually(() => {
    expect(output()).toContain('fully booted');
  }, 15_000);
  expect(output()).toContain('THIS IS A DEMO');
  const [token = '', call = '', channels = '', hangUp = ''] = output()
    .split('\n')
    .filter((line) => /^(T=|curl |for id)/.test(line));
  expect(JSON.parse(await bash(`${token}\n${call}`))).toMatchObject({ status: 'answered', channel: 'PJSIP/agent001' });
  // From the start of the process to an answered call; the phone alone rings for one second of it.
  expect(Date.now() - started).toBeLessThan(15_000);
  expect(JSON.parse(await bash(`${token}\n${channels}`)).total).toBeGreaterThan(0);
  await bash(`${token}\n${hangUp}`);
  await eventually(async () => {
    expect(JSON.parse(await bash(`${token}\n${channels}`)).total).toBe(0);
  });
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
}, 40_000);

it.each([
  ['in production', { NODE_ENV: 'production' }, 'AMI_URL is missing'],
  ['on an address others can reach', { HOST: '0.0.0.0' }, 'HOST must be 127.0.0.1'],
])('never shows a demo %s', async (_where, env, reason) => {
  const { ended, output } = start(env);
  expect(await ended).toBe(1);
  expect(output()).toContain(reason);
  expect(output()).not.toContain('DEMO:');
});
