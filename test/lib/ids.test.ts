import { describe, expect, it } from 'vitest';
import { createIds } from '../../src/lib/ids.ts';

describe('ids', () => {
  it('are 128 random bits each, never twice the same', () => {
    const makers = [createIds(), createIds()];
    const ids = Array.from({ length: 1_000 }, () => makers.map((next) => next())).flat();
    for (const id of ids) expect(id).toMatch(/^[\da-f]{32}$/);
    expect(new Set(ids).size).toBe(2_000);
  });
});
