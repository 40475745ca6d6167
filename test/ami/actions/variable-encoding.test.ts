import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeVariable } from '../../../src/ami/actions/variable-encoding.ts';
import { Originate } from '../../../src/ami/actions/originate.ts';

/** How Asterisk 16 and 22 read `Variable:`, written after ami-facts.md section 7 and not after our encoder. */
const asteriskReads = (line: string): [name: string, value: string][] => {
  const parts: string[] = [''];
  let round = 0;
  let square = 0;
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    let character = line[at] ?? '';
    if (character === '"') {
      quoted = !quoted;
      continue;
    }
    if (character === '\\') {
      at += 1;
      character = line[at] ?? '';
    } else if (character === '(') round += 1;
    else if (character === ')') round = Math.max(0, round - 1);
    else if (character === '[') square += 1;
    else if (character === ']') square = Math.max(0, square - 1);
    else if (character === ',' && !quoted && round === 0 && square === 0) {
      parts.push('');
      continue;
    }
    parts.push(`${parts.pop() ?? ''}${character}`);
  }
  return parts
    .filter((part) => part.indexOf('=') > 0)
    .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]);
};

describe('the model of Asterisk', () => {
  it.each([
    ['A=a,B=b', { A: 'a', B: 'b' }],
    ['A="a,b"', { A: 'a,b' }],
    [String.raw`A=a\,b`, { A: 'a,b' }],
    [String.raw`A=\"hi\"`, { A: '"hi"' }],
    [String.raw`A=back\\slash`, { A: String.raw`back\slash` }],
    [String.raw`A=a\b`, { A: 'ab' }],
    ['A=a"b"c', { A: 'abc' }],
    ['A=x=y=z', { A: 'x=y=z' }],
    ['A=(a,b)', { A: '(a,b)' }],
    ['A=[a,b]', { A: '[a,b]' }],
    ['A={a,b}', { A: '{a' }],
    ['A=p(x,B=1', { A: 'p(x,B=1' }],
    ['A="open,B=1', { A: 'open,B=1' }],
    ['A= x y ', { A: ' x y ' }],
    ['A=', { A: '' }],
    ['A', {}],
  ])('reads %s as it was seen', (line, variables) => {
    expect(Object.fromEntries(asteriskReads(line))).toEqual(variables);
  });
});

const name = fc.constantFrom('A', '__campaign_id', 'CALLERID(num)', 'CHANNEL(rtp,dest)', 'CDR( x )');
const value = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\\', '"', ',', '(', ')', '[', ']', '{', '=', ';', '|', ' ', '\t'),
    fc.string({ minLength: 1, maxLength: 2 }),
    fc.constant('🐴'),
  ),
});

describe('encodeVariable', () => {
  it('makes Asterisk read the one variable that was meant, whatever its value', () => {
    fc.assert(
      fc.property(name, value, (key, content) => {
        expect(asteriskReads(encodeVariable(key, content))).toEqual([[key, content]]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is given one header a variable by Originate', () => {
    const { headers } = Originate({
      Channel: 'PJSIP/a',
      Async: true,
      Variable: { A: 'x,B=forged', json: '{"a":[1,2]}', empty: '' },
    });
    const lines = headers.filter(([header]) => header === 'Variable').map(([, line]) => asteriskReads(line));
    expect(lines).toEqual([[['A', 'x,B=forged']], [['json', '{"a":[1,2]}']], [['empty', '']]]);
  });
});
