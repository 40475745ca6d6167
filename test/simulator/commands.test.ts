import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { openRaw } from './raw.ts';

describe.each([16, 22] as const)('ListCommands of simulator %i', (release) => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ release, scenario: { users: { tester: { secret: 'x' } } } });
  });
  afterAll(() => simulator.close());

  it('tells of each action what the real one tells', async () => {
    const recorded = readFileSync(`test/fixtures/transcripts/${release}/ListCommands.txt`, 'utf8').split(/\r?\n/);
    const raw = openRaw(simulator.port);
    raw.send('Login', 'in', 'Username: tester\r\nSecret: x\r\nEvents: off\r\n');
    raw.send('ListCommands', 'list');
    const text = (await raw.until('StopMixMonitor')).split('ActionID: list\r\n')[1];
    const lines = text?.split('\r\n').filter((line) => line.includes('(Priv: ')) ?? [];
    expect(lines.length).toBeGreaterThan(50);
    expect(lines.filter((line) => !recorded.includes(line))).toEqual([]);
    raw.socket.destroy();
  });
});

it('gives bytes that are no UTF-8 back as they came', async () => {
  const simulator = await startSimulator({ scenario: { users: { tester: { secret: 'x' } } } });
  const raw = openRaw(simulator.port);
  raw.send('Login', 'in', 'Username: tester\r\nSecret: x\r\nEvents: off\r\n');
  raw.socket.write(Buffer.from('Action: Getvar\r\nVariable: M\xfcller\r\nActionID: Zo\xeb\r\n\r\n', 'latin1'));
  expect(await raw.until('Variable: M\xfcller\r\n')).toContain('ActionID: Zo\xeb\r\n');
  raw.socket.destroy();
  await simulator.close();
});
