import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localTargets } from '../../../src/auth/rules/dial.ts';
import { dial, enter, verdict } from '../../helpers/judging.ts';

const bytes = (text: string, most: number): string => Buffer.from(text).subarray(0, most).toString('latin1');

type Target = { context: string; extension: string } | undefined;

/** Where a dial string leads, after manager.c and core_local.c: 255 bytes of it, 79 of each part. */
const dialled = (dialString: string, release: 16 | 22): Target => {
  const [technology = '', ...rest] = bytes(dialString, 255).split('/');
  if (rest.length === 0 || technology.toLowerCase() !== 'local') return undefined;
  // Options stand behind the first slash in 16 and behind the last in 22.
  const place = rest.slice(0, release === 16 ? 1 : Math.max(1, rest.length - 1)).join('/');
  const at = place.indexOf('@');
  const context = at < 0 ? '' : place.slice(at + 1);
  return {
    extension: (at < 0 ? place : place.slice(0, at)).slice(0, 79),
    context: (context === '' ? 'default' : context).slice(0, 79),
  };
};

const asteriskDials = (dialString: string): Target[] => [dialled(dialString, 16), dialled(dialString, 22)];

const ALLOWED = 'from-internal';
const judged = (dialString: string) => verdict('write:originate', { contexts: [ALLOWED] }, dial(dialString));

describe('a dial string', () => {
  it.each<[string, Target, Target?]>([
    ['Local/1@lab', { extension: '1', context: 'lab' }],
    ['local/1@lab/nj', { extension: '1', context: 'lab' }],
    ['LOCAL/1@a@b', { extension: '1', context: 'a@b' }],
    ['Local/1', { extension: '1', context: 'default' }],
    ['Local/1@/n', { extension: '1', context: 'default' }],
    ['Local/@lab', { extension: '', context: 'lab' }],
    ['Local/1@private/@lab', { extension: '1', context: 'private' }],
    // Seen on 16.28 and 22.10.
    ['Local/1/@private/n', { extension: '1', context: 'default' }, { extension: '1/', context: 'private' }],
    ['Local/1@a/b@c/n', { extension: '1', context: 'a' }, { extension: '1', context: 'a/b@c' }],
    ['PJSIP/1@lab', undefined],
    ['Locals/1@lab', undefined],
  ])('%s leads where Asterisk takes it', (dialString, on16, on22 = on16) => {
    expect(asteriskDials(dialString)).toEqual([on16, on22]);
    expect(localTargets(dialString)).toEqual(on16 ? [...new Set([on16, on22])] : []);
  });

  it('is judged by every reading there is of it', () => {
    const limits = { contexts: ['default'], extensions: ['1*'] };
    expect(verdict('write:originate', limits, dial('Local/1/n'))).toBe('allowed');
    expect(verdict('write:originate', limits, dial('Local/1/@private/n'))).toBe('limit-exceeded contexts');
    expect(verdict('write:originate', { channels: ['Local/1'] }, dial('Local/1/n'))).toBe('allowed');
    expect(verdict('write:originate', { channels: ['Local/1'] }, dial('Local/1/@private/n'))).toBe('limit-exceeded channels'); // prettier-ignore
  });

  it('that is allowed leads to no context but the allowed one, however it is spelled', () => {
    const piece = fc.constantFrom(
      'Local', 'local', 'LOCAL', 'lOcAl', '/', '@', '/n', '1', 'private', ALLOWED, 'FROM-INTERNAL', '%40', ' ', '_', '\t', '*',
    ); // prettier-ignore
    const before = fc.constantFrom('', 'Local/', 'local/1@', 'Local/1@private', `Local/1@${ALLOWED}/`, 'Local/1/');
    const behind = fc.constantFrom('', '/n', `@${ALLOWED}`, `/@${ALLOWED}`, '@private/n');
    let allowed = 0;
    fc.assert(
      fc.property(before, fc.array(piece, { maxLength: 5 }), behind, (head, pieces, tail) => {
        const dialString = `${head}${pieces.join('')}${tail}` || '/';
        if (judged(dialString) !== 'allowed') return;
        for (const target of asteriskDials(dialString)) {
          if (!target) continue;
          allowed += 1;
          expect(target.context).toBe(ALLOWED);
        }
      }),
      { numRuns: 5_000 },
    );
    expect(allowed).toBeGreaterThan(20);
  });

  // Seen on 16.28 and 22.10: the first runs 1éé… in context default, the second extension 100…0 without the 5.
  it.each([
    ['what is cut off behind 255 bytes', `Local/1${'é'.repeat(130)}@${ALLOWED}`],
    ['an extension cut off behind 79 bytes', `Local/1${'0'.repeat(100)}5@${ALLOWED}`],
    ['a context cut off behind 79 bytes', `Local/1@${'x'.repeat(79)}-safe`],
  ])('is not judged by %s', (_what, dialString) => {
    const limits = { contexts: [ALLOWED, '*-safe'], extensions: ['1é*', '*5', '1'] };
    expect(verdict('write:originate', limits, dial(dialString))).not.toBe('allowed');
  });

  it('is not listed by what stands among its options, where Asterisk looks for no context', () => {
    const limits = { channels: ['Local/*@from-internal'] };
    expect(verdict('write:originate', limits, dial('Local/1@private/n@from-internal'))).toBe('limit-exceeded channels');
  });

  it('of chan_sip shows no caller the token may not show', () => {
    const limits = { callerIds: ['800*'] };
    for (const own of ['SIP/carrier/5', 'SIP/carrier/5!to', 'SIP/carrier/5!!8005551234@x', 'PJSIP/carrier!!911']) {
      expect(verdict('write:originate', limits, dial(own)), own).toBe('allowed');
    }
    for (const other of ['SIP/carrier/5!!911', 'sip/carrier/5!to!911@x', 'SIP/5@carrier!to!911!800']) {
      expect(verdict('write:originate', limits, dial(other)), other).toBe('limit-exceeded callerIds');
      expect(verdict('write:originate', {}, dial(other)), other).toBe('allowed');
    }
  });

  it.each(['sipx', 'PJSIP', 'localx', 'agent001'])('without a slash is not valid: %s', (dialString) => {
    expect(verdict('write:originate', {}, dial(dialString))).toBe('invalid-request');
    expect(verdict('write:originate', { channels: ['*'] }, dial(dialString))).toBe('invalid-request');
  });
});

describe('what a dialplan could take for more than an extension', () => {
  const EXTENSIONS = ['1@other', '1/n', '1;x', '1 2', '1)', '1|2', '"1"'];

  it.each(EXTENSIONS)('is refused where places are limited: %s', (extension) => {
    for (const limits of [{ extensions: ['1*', '"*'] }, { contexts: ['lab'] }]) {
      expect(verdict('write:originate', limits, enter('lab', extension))).toMatch(/^limit-exceeded (extensions|contexts)$/); // prettier-ignore
    }
    expect(verdict('write:originate', {}, enter('lab', extension))).toBe('allowed');
    expect(verdict('write:originate', { contexts: ['*'] }, enter('lab', extension))).toBe('allowed');
  });

  it.each(['100', '*97', '#21*5', '+31201234567', 's', 'agent-answer', 'a.b_c', 'café', '_[1-5]XX.'])('is not %s', (extension) => {
    expect(verdict('write:originate', { contexts: ['lab'] }, enter('lab', extension))).toBe('allowed');
  }); // prettier-ignore

  // Seen on 16.28 and 22.10: the name of the channel, in the arguments of MixMonitor and of the Dial that ends parking,
  // ran what stood behind the commas and in ${SHELL()}, and dialled what stood behind the &.
  it.each(['1,,id', '1&Local/1@private', '1${SHELL(id)}'])('is refused to everybody: %s', (extension) => {
    expect(verdict('write:all', {}, enter('lab', extension))).toBe('invalid-request');
    for (const channel of [`Local/${extension}@lab`, `PJSIP/${extension}@carrier`, `SIP/${extension}`]) {
      expect(verdict('write:all', {}, dial(channel)), channel).toBe('invalid-request');
    }
  });
});

describe('a place of the dialplan', () => {
  it('is not reached by another spelling of a context the token does not have', () => {
    const change = fc.constantFrom<(text: string) => string>(
      (text) => text.toUpperCase(),
      (text) => ` ${text}`,
      (text) => `${text} `,
      (text) => `_${text}`,
      (text) => `%${text.charCodeAt(0).toString(16)}${text.slice(1)}`,
      (text) => `${text}/n`,
      (text) => `${text}@${ALLOWED}`,
      (text) => `${ALLOWED}@${text}`,
      (text) => `${text},${ALLOWED}`,
      (text) => `"${text}"`,
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
        const spelled = changes.reduce((text, apply) => apply(text), 'private');
        expect(verdict('write:originate', { contexts: [ALLOWED] }, enter(spelled, '1'))).toBe(
          'limit-exceeded contexts',
        );
        expect(judged(`Local/1@${spelled}`)).toBe('limit-exceeded contexts');
      }),
    );
  });

  it.each(['PJSIP/agent001-*', 'PJSIP/agent001*', 'PJSIP/*'])(
    'by the pattern %s leads to no other place',
    (pattern) => {
      const limits = { channels: [pattern] };
      expect(verdict('write:originate', limits, dial('PJSIP/agent001'))).toBe('allowed');
      // All of these left the phone on 16.28 and 22.10: what stands before @ is the user part.
      for (const away of ['PJSIP/agent001-5@carrier', 'PJSIP/agent001-5@carrier/sip:x@y', 'PJSIP/agent001/sip:x@y']) {
        expect(verdict('write:originate', limits, dial(away)), away).toBe('limit-exceeded channels');
      }
      expect(verdict('write:originate', { channels: ['PJSIP/*@carrier'] }, dial('PJSIP/5@carrier'))).toBe('allowed');
    },
  );
});
