import { expect, it } from 'vitest';
import { createTurns } from '../../src/lib/turns.ts';

it('runs what has one key in order, whatever becomes of the one before, and lets other keys pass', async () => {
  const inTurn = createTurns();
  const told: string[] = [];
  const gate = Promise.withResolvers<undefined>();
  const first = inTurn('a', async () => {
    await gate.promise;
    told.push('a1');
    throw new Error('a1 failed');
  });
  const second = inTurn('a', async () => told.push('a2'));
  await inTurn('b', async () => told.push('b1'));
  gate.resolve(undefined);
  await expect(first).rejects.toThrow('a1 failed');
  await second;
  expect(told).toEqual(['b1', 'a1', 'a2']);
});
