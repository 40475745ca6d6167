import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDecoder } from '../../src/ami/decoder.ts';
import { encodeAction, type Header, MAX_HEADERS } from '../../src/ami/encoder.ts';
import { encodeText } from '../../src/lib/bytes.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { verdictOf } from '../helpers/doubles.ts';

const CODES = ['invalid-request', 'forbidden-character', 'leading-blank', 'line-too-long', 'too-many-headers'];
const HOSTILE = [
  '\r',
  '\n',
  '\0',
  '\r\n',
  ' ',
  '\t',
  ':',
  ',',
  'é',
  '🐴',
  '\ud800',
  '\udc80',
  '\udcff',
  '\udfff',
  '\u2028',
];

const text = fc.string({
  unit: fc.oneof({ weight: 4, arbitrary: fc.string() }, { weight: 1, arbitrary: fc.constantFrom(...HOSTILE) }),
  maxLength: 30,
});
const name = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('Channel', 'Variable', 'X-1', 'ActionID', 'Action') },
  { weight: 1, arbitrary: text },
);
const headers = fc.array(fc.tuple(name, text), { maxLength: 12 });

const encode = (given: readonly Header[]): Buffer => encodeText(encodeAction('Ping', 'id-1', given));

describe('encoder', () => {
  it('writes exactly the headers meant, or refuses and writes nothing', () => {
    let written = 0;
    fc.assert(
      fc.property(headers, (given) => {
        let wire: Buffer;
        try {
          wire = encode(given);
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
          expect(CODES).toContain((error as GatewayError).code);
          return;
        }
        written += 1;
        // As Asterisk reads it, where a bare LF ends a line too.
        expect(wire.toString('latin1').split(/\r?\n/)).toHaveLength(given.length + 4);
        const frames = createDecoder().push(wire);
        expect(frames).toHaveLength(1);
        const got = [...(frames[0]?.entries() ?? [])].map(([key, value]) => [key, encodeText(value)]);
        const meant = [['Action', 'Ping'], ['ActionID', 'id-1'], ...given] as Header[];
        expect(got).toEqual(meant.map(([key, value]) => [key, encodeText(value)]));
      }),
      { numRuns: 2_000 },
    );
    expect(written).toBeGreaterThan(100);
  });

  it.each([
    ['CR in a value', ['Value', 'a\rb'], 'forbidden-character'],
    ['LF in a value', ['Value', 'a\nAction: Originate'], 'forbidden-character'],
    ['NUL in a value', ['Value', 'a\0b'], 'forbidden-character'],
    ['a value that ends in a line break', ['Value', 'a\r\n'], 'forbidden-character'],
    ['a line break in a name', ['Value\r\nAction', 'Originate'], 'invalid-request'],
    ['a colon in a name', ['Value: a', 'b'], 'invalid-request'],
    ['a blank in a name', ['Value ', 'b'], 'invalid-request'],
    ['an empty name', ['', 'b'], 'invalid-request'],
    ['a blank in front of a value', ['Value', ' a'], 'leading-blank'],
    ['a tab in front of a value', ['Value', '\ta'], 'leading-blank'],
    ['half a surrogate pair', ['Value', 'a\ud800b'], 'forbidden-character'],
    ['a lone low surrogate that stands for no byte', ['Value', 'a\udc00b'], 'forbidden-character'],
    ['blanks at the end of a value', ['Value', 'a '], 'allowed'],
    ['an empty value', ['Value', ''], 'allowed'],
    ['a byte that came from Asterisk and was not UTF-8', ['Value', 'M\udcfcller'], 'allowed'],
  ] as const)('judges %s', (_what, given, code) => {
    expect(verdictOf(() => encode([given])).code).toBe(code);
  });

  it.each([
    [1_022, 'allowed'],
    [1_023, 'line-too-long'],
    [1_024, 'line-too-long'],
    [2_046, 'line-too-long'],
    [3_069, 'line-too-long'],
  ])('judges a line of %i bytes, in ASCII, in UTF-8 and in bytes that are neither', (length, code) => {
    const room = length - 'Value: '.length;
    for (const filler of ['x', 'é', '🐴', '\udcff']) {
      const size = encodeText(filler).length;
      const value = 'x'.repeat(room % size) + filler.repeat(Math.floor(room / size));
      expect(encodeText(value)).toHaveLength(room);
      expect(verdictOf(() => encode([['Value', value]]))).toEqual({
        code,
        about: code === 'allowed' ? [] : ['Value'],
      });
    }
  });

  it('counts Action and ActionID among the 128 headers AMI takes', () => {
    const many = (count: number): Header[] => Array.from({ length: count }, () => ['Variable', 'a=b']);
    const lines = encode(many(MAX_HEADERS - 2))
      .toString()
      .split('\r\n');
    expect(lines).toHaveLength(128 + 2);
    expect(verdictOf(() => encode(many(MAX_HEADERS - 1))).code).toBe('too-many-headers');
  });
});
