import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteLength, decodeBytes, encodeText, isEncodable } from '../../src/lib/bytes.ts';

const LEADS = [0x00, 0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc3, 0xa9, 0xe0, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0xf0, 0x9f, 0x90, 0xb4, 0xff]; // prettier-ignore
const bytes = fc
  .array(fc.oneof(fc.constantFrom(...LEADS), fc.nat(255)), { maxLength: 30 })
  .map((all) => Buffer.from(all));

describe('bytes', () => {
  it('come back from text as they were, UTF-8 or not', () => {
    fc.assert(
      fc.property(bytes, (given) => {
        const text = decodeBytes(given);
        expect(encodeText(text).equals(given)).toBe(true);
        expect(isEncodable(text)).toBe(true);
        expect(byteLength(text)).toBe(given.length);
      }),
      { numRuns: 3_000 },
    );
  });

  it('that differ never look alike', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(decodeBytes(a) === decodeBytes(b)).toBe(a.equals(b));
      }),
    );
  });

  it.each([
    [[0x41, 0xc3, 0xa9], 'Aé'],
    [[0xf0, 0x9f, 0x90, 0xb4], '🐴'],
    [[0xe9], '\udce9'],
    [[0xc3, 0xc3, 0xa9], '\udcc3é'],
    [[0xed, 0xa0, 0x80], '\udced\udca0\udc80'],
    [[0xc0, 0x80], '\udcc0\udc80'],
    [[0xf0, 0x9f, 0x90], '\udcf0\udc9f\udc90'],
    [[0xef, 0xbb, 0xbf, 0x41], '\ufeffA'],
  ])('%j read as %j', (given, text) => {
    expect(decodeBytes(Buffer.from(given))).toBe(text);
  });
});

describe('text', () => {
  it.each([
    ['é🐴', true],
    ['\udc80', true],
    ['\udcff', true],
    ['\udc7f', false],
    ['\udc00', false],
    ['\udd00', false],
    ['\ud800', false],
    ['a\ud83d', false],
  ])('%j reaches Asterisk unchanged: %s', (text, expected) => {
    expect(isEncodable(text)).toBe(expected);
  });

  it('is as long as its bytes', () => {
    expect(byteLength('aé🐴')).toBe(7);
    expect(byteLength('\udcff🐴')).toBe(5);
  });
});
