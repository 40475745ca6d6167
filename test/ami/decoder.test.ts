import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createDecoder, readBanner } from '../../src/ami/decoder.ts';
import { Frame } from '../../src/ami/frame.ts';
import { decodeBytes, encodeText } from '../../src/lib/bytes.ts';
import { GatewayError } from '../../src/lib/errors.ts';

const decode = (...chunks: (string | Buffer)[]): Frame[] => {
  const decoder = createDecoder();
  return chunks.flatMap((chunk) => decoder.push(Buffer.from(chunk)));
};
const entries = (frames: readonly Frame[]) => frames.map((frame) => [...frame.entries()]);

const PIECES = [
  '\r\n',
  '\r\n\r\n',
  '\r',
  '\n',
  ':',
  ': ',
  ' ',
  '\0',
  'A',
  'Event',
  'Ž',
  '🐴',
  '\r\r\n',
  'x'.repeat(40),
];
const bytes = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...PIECES).map((text) => Buffer.from(text)) },
      { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 4 }).map((array) => Buffer.from(array)) },
    ),
    { maxLength: 60 },
  )
  .map((pieces) => Buffer.concat(pieces));

const cut = (whole: Buffer, places: readonly number[]): Buffer[] => {
  const at = [...places.map((place) => place % (whole.length + 1)), whole.length].sort((a, b) => a - b);
  return at.map((end, index) => whole.subarray(at[index - 1] ?? 0, end));
};

/** The slow and obvious reading of the format, byte for byte. */
const readNaively = (whole: Buffer): [string, string][][] => {
  const text = whole.toString('latin1');
  if (!text.includes('\r\n\r\n')) return [];
  const frames: [string, string][][] = [[]];
  for (const line of text.slice(0, text.lastIndexOf('\r\n\r\n') + 4).split('\r\n')) {
    if (line === '') frames.push([]);
    else {
      const parts = /^([^:]*): ?([^]*)$/.exec(line) ?? ['', '', line];
      const [name = '', value = ''] = parts.slice(1).map((part) => decodeBytes(Buffer.from(part, 'latin1')));
      frames.at(-1)?.push([name, value]);
    }
  }
  return frames.filter((headers) => headers.length > 0);
};

describe('decoder', () => {
  it('gives the same frames however the bytes are split, and those of the obvious reading', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat()), (whole, places) => {
        const parts = cut(whole, places);
        const decoder = createDecoder();
        const frames = parts.flatMap((part) => decoder.push(part));
        expect(entries(frames)).toEqual(entries(decode(whole)));
        expect(entries(frames)).toEqual(readNaively(whole));
        // A surplus line end may wait to be told from half an end.
        const end = whole.lastIndexOf('\r\n\r\n');
        const unfinished = whole.length - (end < 0 ? 0 : end + 4);
        expect([unfinished, unfinished + 2]).toContain(decoder.pendingBytes);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives every byte back: text that is not UTF-8 stays distinguishable', () => {
    const value = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array.filter((byte) => byte !== 13 && byte !== 10))); // prettier-ignore
    fc.assert(
      fc.property(value, (content) => {
        const [frame] = decode(Buffer.concat([Buffer.from('Value: '), content, Buffer.from('\r\n\r\n')]));
        expect(encodeText(frame?.get('Value') ?? '').equals(content)).toBe(true);
      }),
    );
    const [latin] = decode(Buffer.from('Name: Müller\r\n\r\n', 'latin1'));
    const [utf8] = decode('Name: Müller\r\n\r\n');
    expect(utf8?.get('Name')).toBe('Müller');
    expect(latin?.get('Name')).toBe('M\udcfcller');
  });

  it('never holds more than its bound, and says so above it', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 30 })), (chunks) => {
        const decoder = createDecoder({ maxFrameBytes: 64 });
        try {
          for (const chunk of chunks) decoder.push(Buffer.from(chunk));
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
          expect(error).toMatchObject({ code: 'ami-frame-too-large' });
        }
        expect(decoder.pendingBytes).toBeLessThanOrEqual(64);
      }),
    );
    const decoder = createDecoder({ maxFrameBytes: 64 });
    decoder.push(Buffer.from(`Output: ${'x'.repeat(56)}`));
    expect(() => decoder.push(Buffer.from('x'))).toThrow(expect.objectContaining({ code: 'ami-frame-too-large' }));
  });

  it('finds the first of a repeated header in any case, and all of them in their order', () => {
    const [frame] = decode('Event: UserEvent\r\nUniqueid: 1.1\r\nuniqueid: forged\r\nEvent: Hangup\r\n\r\n');
    expect(frame?.event).toBe('UserEvent');
    expect(frame?.get('UNIQUEID')).toBe('1.1');
    expect(frame?.all('UniqueID')).toEqual(['1.1', 'forged']);
    expect(frame?.size).toBe(4);
    expect(frame?.get('Absent')).toBeUndefined();
  });

  it('finds the same value by search as in the headers taken apart', () => {
    fc.assert(
      fc.property(bytes, (whole) => {
        const names = ['A', 'event', 'Event', 'x'.repeat(40)];
        for (const frame of decode(whole)) {
          const searched = names.slice(0, 3).map((name) => frame.get(name));
          const first = names.map(
            (name) => [...frame.entries()].find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1],
          );
          expect(searched).toEqual(first.slice(0, 3));
          expect(names.map((name) => frame.get(name))).toEqual(first);
          expect(frame.kind === 'event').toBe([...frame.entries()][0]?.[0].toLowerCase() === 'event');
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('tells the kind of a message by its first header alone', () => {
    const kinds = decode('response: x\r\n\r\nEVENT: y\r\n\r\nX: y\r\nResponse: z\r\n\r\nEvent\r\n\r\n');
    expect(kinds.map(({ kind }) => kind)).toEqual(['response', 'event', 'other', 'other']);
  });

  it.each([
    ['a missing blank after the colon', 'A:b\r\n\r\n', [['A', 'b']]],
    ['one blank after the colon, and only one', 'A:   b \r\n\r\n', [['A', '  b ']]],
    ['an empty value', 'A:\r\nB: \r\n\r\n', [['A', ''], ['B', '']]],
    ['colons in a value', 'A: b:c: d\r\n\r\n', [['A', 'b:c: d']]],
    ['a line without a colon', 'A: b\r\ntext\r\nC: d\r\n\r\n', [['A', 'b'], ['', 'text'], ['C', 'd']]],
    ['blank lines before the first header', '\r\n\r\n\r\nA: b\r\n\r\n', [['A', 'b']]],
    ['bare CR and bare LF as bytes of the value', 'A: b\rc\nd\r\n\r\n', [['A', 'b\rc\nd']]],
  ])('takes %s', (_what, text, headers) => {
    expect(entries(decode(text))).toEqual([headers]);
  }); // prettier-ignore

  it('keeps the blanks of Output lines', () => {
    const [frame] = decode('Response: Success\r\nOutput:   name   state  \r\nOutput: \r\nOutput: x\r\n\r\n');
    expect(frame?.all('Output')).toEqual(['  name   state  ', '', 'x']);
  });
});

describe('banner', () => {
  it('is read wherever it is split, and what follows is given back', () => {
    const whole = Buffer.from('Asterisk Call Manager/11.0.0\r\nResponse: x');
    for (let at = 0; at < 30; at += 1) expect(readBanner(whole.subarray(0, at))).toBeUndefined();
    const banner = readBanner(whole);
    expect(banner?.version).toBe('11.0.0');
    expect(banner?.rest.toString()).toBe('Response: x');
    expect(readBanner(Buffer.from('Asterisk Call Manager/5.0.4\n'))?.version).toBe('5.0.4');
  });

  it.each([
    ['another server', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a banner without version', 'Asterisk Call Manager/\r\n'],
    ['something before it', 'x Asterisk Call Manager/5.0.4\r\n'],
    ['a line that never ends', 'x'.repeat(201)],
  ])('is refused: %s', (_what, text) => {
    expect(() => readBanner(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'ami-not-asterisk' }));
  });
});

/** What a real server answered, request by request, as it was recorded. */
const recorded = (release: number, action: string): Frame[][] =>
  readFileSync(new URL(`../fixtures/transcripts/${release}/${action}.txt`, import.meta.url), 'latin1')
    .split(/^>>>.*$/m)
    .slice(1)
    .map((exchange) => decode(Buffer.from(exchange.split('<<<\n', 2)[1]?.replace(/\n\n$/, '\n') ?? '', 'latin1')));

describe.each([16, 22])('what Asterisk %i said', (release) => {
  it('is read as lists of so many items as their ends say', () => {
    for (const action of ['Status', 'QueueStatus']) {
      const lists = recorded(release, action).filter(([response]) => response?.get('EventList') === 'start');
      expect(lists.length).toBeGreaterThan(2);
      for (const frames of lists) {
        expect(frames.at(-1)?.event).toBe(`${action}Complete`);
        expect(frames.at(-1)?.get('ListItems')).toBe(String(frames.length - 2));
        expect(new Set(frames.map(({ actionId }) => actionId))).toEqual(new Set(['id-1']));
      }
    }
    const [, member] = recorded(release, 'QueueStatus').at(-1)?.slice(1) ?? [];
    expect(member?.get('Location')).toBe('Local/ring@lab');
    expect(member?.get('PausedReason')).toBe('');
  });

  it('is read as CLI output line by line, also where the CLI refuses', () => {
    const [count, , refused] = recorded(release, 'Command').map(([response]) => response);
    expect(count?.all('Output').slice(0, 2)).toEqual(['2 active channels', '2 active calls']);
    expect(count?.all('Output')).toHaveLength(3);
    expect(refused?.get('Response')).toBe('Error');
    expect(refused?.all('Output')).toHaveLength(1);
  });

  it('is read as one header an action', () => {
    const [[commands] = []] = recorded(release, 'ListCommands');
    expect(commands?.size).toBeGreaterThan(110);
    expect(commands?.get('Originate')).toMatch(/Priv: originate/);
  });
});

it.each(['Response: Success', 'A: b\r\nValue: x', 'A: b\r\nno colon', 'A: b\r\nValue: x\r\nC', 'A: b\r\nValue:', ''])(
  'the last header of %j is named as it is where all are taken apart',
  (text) => {
    const frame = new Frame(text);
    expect(frame.lastName).toBe([...frame.entries()].at(-1)?.[0] ?? '');
  },
);
