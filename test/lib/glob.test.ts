import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesAnyGlob, matchesGlob } from '../../src/lib/glob.ts';

const asRegExp = (glob: string) =>
  new RegExp(`^${glob.replace(/[\\^$.|?+()[\]{}]/g, '\\$&').replaceAll('*', '[^]*')}$`);

/** A string that counts how often it is looked into. */
const counting = (text: string) => {
  const looks = { count: 0 };
  const boxed: object = Object(text);
  const proxy = new Proxy(boxed, {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) looks.count += 1;
      return Reflect.get(target, key, target) as unknown;
    },
  });
  return { proxy: proxy as unknown as string, looks };
};

describe('glob', () => {
  it('agrees with the regular expression it stands for', () => {
    const over = (letters: string) => fc.string({ unit: fc.constantFrom(...letters.split('')), maxLength: 12 });
    fc.assert(
      fc.property(over('ab.\n?'), over('ab.*?*'), (text, glob) => {
        expect(matchesGlob(text, glob)).toBe(asRegExp(glob).test(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['PJSIP/a-1', 'PJSIP/*', true],
    ['PJSIP/a-1', 'pjsip/*', false],
    ['lab', 'lab', true],
    ['laboratory', 'lab', false],
    ['my lab', 'lab', false],
    ['', '*', true],
    ['', '', true],
    ['x', '', false],
    ['axb', 'a?b', false],
    ['axb', 'a.b', false],
    ['a*b', 'a*b', true],
    ['ab\nc', 'ab*', true],
  ])('%j against %j: %s', (text, glob, expected) => {
    expect(matchesGlob(text, glob)).toBe(expected);
  });

  it('takes no more steps than text times pattern, whatever a token holder sends', () => {
    const { proxy, looks } = counting(`${'a'.repeat(2_000)}b`);
    const glob = `${'*a'.repeat(120)}*c`;
    expect(matchesGlob(proxy, glob)).toBe(false);
    expect(looks.count).toBeLessThanOrEqual(2 * 2_001 * glob.length);
    expect(looks.count).toBeGreaterThan(1_000);
  });

  it('matches where any of a list does, and nothing where the list is empty', () => {
    expect(matchesAnyGlob('lab', ['x', 'l*'])).toBe(true);
    expect(matchesAnyGlob('lab', ['x'])).toBe(false);
    expect(matchesAnyGlob('', [])).toBe(false);
  });
});
