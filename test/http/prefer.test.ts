import { describe, expect, it } from 'vitest';
import { MAX_WAIT_SECONDS, waitSeconds } from '../../src/http/prefer.ts';
import { verdictOf } from '../helpers/doubles.ts';

describe('Prefer', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['respond-async', undefined],
    ['return=minimal; await=5', undefined],
    ['wait', undefined],
    ['wait=20', 20],
    ['WAIT = "20"', 20],
    ['respond-async, wait=120', MAX_WAIT_SECONDS],
    ['return=minimal;wait=1', 1],
    ['wait=3, wait=9', 3],
  ])('%j waits %s seconds', (prefer, seconds) => {
    expect(waitSeconds(prefer)).toBe(seconds);
  });

  it.each(['wait=0', 'wait=121', 'wait=-1', 'wait=1.5', 'wait=1e1', 'wait=x', 'wait=', 'wait=""', 'wait=0x10'])(
    '%s is refused',
    (prefer) => {
      expect(verdictOf(() => waitSeconds(prefer)).code).toBe('invalid-request');
    },
  );
});
