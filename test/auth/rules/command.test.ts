import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cli, verdict } from '../../helpers/judging.ts';

/** Words of a CLI line after parse_args in cli.c: quotes and backslashes are undone, blanks collapse. */
const asteriskWords = (line: string): string[] => {
  const words: string[] = [];
  let quoted = false;
  let escaped = false;
  let between = true;
  const add = (character: string) => {
    if (between) words.push('');
    between = false;
    words.push(`${words.pop() ?? ''}${character}`);
  };
  for (const character of line) {
    if (escaped) {
      add(character);
      escaped = false;
    } else if (character === '\\') escaped = true;
    else if (character === '"') {
      quoted = !quoted;
      if (quoted) add('');
    } else if ((character === ' ' || character === '\t') && !quoted) between = true;
    else add(character);
  }
  return words;
};

describe('a CLI command', () => {
  it('that is allowed begins, for Asterisk too, with the words of a prefix', () => {
    const piece = fc.constantFrom(
      'core',
      'show',
      'CORE',
      'Show',
      'restart',
      'now',
      ' ',
      '  ',
      '\t',
      '"',
      '\\',
      'uptime',
      '_',
    );
    let allowed = 0;
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), fc.boolean(), (pieces, prefixed) => {
        const line = `${prefixed ? 'core show ' : ''}${pieces.join('')}`;
        if (verdict('write:command', { commands: ['core show', 'queue  Show'] }, cli(line)) !== 'allowed') return;
        allowed += 1;
        expect(asteriskWords(line).slice(0, 2).join(' ').toLowerCase()).toBe('core show');
      }),
      { numRuns: 3_000 },
    );
    expect(allowed).toBeGreaterThan(100);
  });

  it('is refused by default, also to a token with every scope', () => {
    for (const line of [
      'core show uptime',
      'core restart now',
      'database put a b c',
      'manager show user gateway',
      '!id',
    ]) {
      expect(verdict('write:all', {}, cli(line))).toBe('limit-exceeded commands');
    }
  });
});
