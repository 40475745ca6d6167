import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../helpers/asterisk.ts';
import { startReceiver } from '../../helpers/receiver.ts';

const TOTAL = 600;
const CALLS = 10;

it('every message comes at least once, in the order of its call, through kill -9 of the gateway', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'webhooks-'));
  const receiver = await startReceiver((response) => setTimeout(() => response.writeHead(204).end(), 2));
  const numbers = () =>
    receiver.received.map(({ body }) => (JSON.parse(body) as { data: { fields: { number: number } } }).data.fields.number); // prettier-ignore
  let child: ChildProcess | undefined;
  onTestFinished(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const start = () => {
    const args = ['test/helpers/webhooks-process.ts', join(folder, 'gateway.db'), receiver.url, String(TOTAL)];
    child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    return child;
  };

  for (let kills = 0; kills < 3; kills++) {
    const killed = start();
    const until = receiver.received.length + 40 + kills * 25;
    await eventually(() => expect(receiver.received.length).toBeGreaterThan(until), 10_000);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(new Set(numbers()).size).toBeLessThan(TOTAL);
  }
  start();
  await eventually(() => expect(new Set(numbers()).size).toBe(TOTAL), 15_000);

  for (let call = 0; call < CALLS; call++) {
    const arrived = [...new Set(numbers().filter((number) => number % CALLS === call))];
    expect(arrived).toEqual(arrived.toSorted((a, b) => a - b));
  }
});
