import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { posixRegExp } from '../../../src/auth/manager-conf/patterns.ts';

const event = 'Event: Newchannel\r\nChannel: PJSIP/a-0001\r\n\r\n';

describe('a regular expression of POSIX', () => {
  it.each<[string, string[], string[]]>([
    ['Event: Newchannel', [event], ['Event: Hangup']],
    ['^Event: .*PJSIP', [event], [`x${event}`]],
    ['^Channel', ['Channel: x'], [event]],
    ['Newchannel$', ['Event: Newchannel'], [event]],
    ['[^a]Channel', [event], ['aChannel']],
    ['^[[:digit:][:upper:]_-]+$', ['A_1-'], ['a', ':']],
    ['^[]a]+$', ['a]'], ['b']],
    ['^[^]a]$', ['b'], [']', 'a']],
    ['^[a\\]$', ['\\', 'a'], ['b']],
    ['^[\\d]$', ['d', '\\'], ['1']],
    ['^[a-c-]$', ['b', '-'], ['d']],
    ['^[-a]$', ['-', 'a'], ['b']],
    ['^[[.-.]a]$', ['-', 'a'], ['b']],
    ['^[[=a=]]$', ['a'], ['=']],
    ['^[[:space:]]$', [' ', '\t', '\r'], ['a']],
    ['^[[]$', ['['], ['a']],
    ['^a{2}b{,1}c{1,}$', ['aac', 'aabcc'], ['ac', 'aabbc']],
    ['^a+?$', ['', 'aa'], ['b']],
    ['^(ab){2}**$', ['', 'abab', 'abababab'], ['ab']],
    ['^(a|b(c|d))$', ['a', 'bc'], ['b', 'ab']],
    ['^a)$', ['a)'], ['a']],
    ['^\\d$', ['d'], ['1']],
    ['^\\w\\W\\s$', ['a- '], ['aaa']],
    ['\\<al\\>', ['x al y'], ['also']],
    ['^\\.\\*\\[\\/$', ['.*[/'], ['aa[/']],
    ['^(a)\\1$', ['aa'], ['ab']],
    ['^a/b$', ['a/b'], ['a']],
    ['^}$', ['}'], ['{']],
    ['^é$', ['é'], ['e']],
  ])('%s matches %j and not %j', (pattern, inside, outside) => {
    const compiled = posixRegExp(pattern);
    expect(inside.filter((text) => !compiled.test(text))).toEqual([]);
    expect(outside.filter((text) => compiled.test(text))).toEqual([]);
  });

  it.each(['*', '+a', 'a|*', '(?:a)', '(?=a)', '(*a)', '(', '(a', '[', '[a', '[]', '[[:nope:]]', '[z-a]', 'a{', 'a{x}', 'a{,}', 'a{2,1}', '{1}', '\\', '[[.ab.]]'])(
    'cannot be %s',
    (pattern) => {
      expect(() => posixRegExp(pattern)).toThrow(SyntaxError);
    },
  ); // prettier-ignore

  it('matches what grep -E matches', () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      '.',
      '[ab]',
      '[^a]',
      '[[:alpha:]]',
      '(a|b)',
      '\\.',
      '(ab)',
      '-',
      '\\<',
      '[]-]',
    );
    const quantifier = fc.constantFrom('', '', '*', '+', '?', '{2}', '{,2}', '+?', '*+');
    const piece = fc.tuple(atom, quantifier).map((parts) => (parts[0] === '\\<' ? parts[0] : parts.join('')));
    const pattern = fc.array(piece, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '-', '.', ']', ' '), minLength: 1, maxLength: 6 });
    const grep = (source: string, lines: readonly string[]) => {
      try {
        const input = `${lines.join('\n')}\n`;
        return execFileSync('grep', ['-nE', '-e', source], {
          input,
          encoding: 'utf8',
          stdio: ['pipe', 'pipe', 'ignore'],
        });
      } catch {
        return '';
      }
    };
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 8 }), fc.boolean(), (body, lines, whole) => {
        const source = whole ? `^(${body})$` : body;
        const compiled = posixRegExp(source);
        const found = lines.flatMap((line, index) => (compiled.test(line) ? [`${index + 1}:${line}\n`] : []));
        expect(found.join('')).toBe(grep(source, lines));
      }),
      { numRuns: 60 },
    );
  });

  it('is a RegExp or an error, whatever it is', () => {
    const any = fc.string({ unit: fc.constantFrom(...Array.from('ab*+?()[]{}|^$.\\-:=,1<é')), maxLength: 20 });
    fc.assert(
      fc.property(any, (pattern) => {
        try {
          expect(posixRegExp(pattern)).toBeInstanceOf(RegExp);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
  });
});
