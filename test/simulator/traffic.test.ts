import { expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/index.ts';
import { officeScenario } from '../../src/simulator/scenario.ts';
import { startTraffic } from '../../src/simulator/traffic.ts';
import { createFakeClock } from '../helpers/clock.ts';

it('places calls at the rate asked for, lets them end, and goes on after a restart', async () => {
  const clock = createFakeClock();
  const simulator = await startSimulator({ scenario: officeScenario, clock });
  let seed = 1;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const stop = startTraffic(simulator, 60, random);
  await clock.advance(300_000);
  const before = simulator.box.processedCalls();
  expect(before).toBeGreaterThan(300);
  // A call lasts a minute and a bit at most.
  expect(simulator.box.channels.size).toBeLessThan(150);
  simulator.faults.inject({ kind: 'restart', downMs: 0 });
  expect(simulator.box.processedCalls()).toBe(0);
  await clock.advance(60_000);
  expect(simulator.box.processedCalls()).toBeGreaterThan(50);
  stop();
  const at = simulator.box.processedCalls();
  await clock.advance(60_000);
  expect(simulator.box.processedCalls() - at).toBeLessThan(60);
  await clock.advance(60_000);
  expect([...simulator.box.channels.values()].map(({ name }) => name)).toEqual([]);
  await simulator.close();
});

it('leaves nothing to be done when it is closed amid calls', async () => {
  const clock = createFakeClock();
  const simulator = await startSimulator({ scenario: officeScenario, clock });
  const stop = startTraffic(simulator, 600);
  await clock.advance(30_000);
  expect(clock.pendingTimers).toBeGreaterThan(10);
  stop();
  await simulator.close();
  expect(clock.pendingTimers).toBe(0);
});
