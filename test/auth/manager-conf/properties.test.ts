import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AMI_CLASSES } from '../../../src/ami/types.ts';
import { createTree, loadText } from './trees.ts';
import { addressAllowed } from '../../../src/auth/manager-conf/addresses.ts';
import { createEventJudge } from '../../../src/auth/manager-conf/event-filters.ts';
import { toPrincipal } from '../../../src/auth/manager-conf/principal.ts';
import { isGatewayError } from '../../../src/lib/errors.ts';

const word = fc.constantFrom(
  ...['[a]', '[a](!)', '[b](a)', '[a](+)', '[', ']', '(', ')', '!', '+', 'secret', 'read', 'permit', 'deny', 'acl'],
  ...['eventfilter', 'eventfilter(name(x))', '=', '=>', '+=', '\\', ';', ';--', '--;', '#include ', '#tryinclude '],
  ...['#exec ', 'manager.conf', 'other.conf', '*.conf', '"', '<', '>', 'all', 'call', ',', '10.0.0.0/8', '\n', '\n'],
  ...['\0', '\t', ' ', '\r', 'é', '*', '(?:', '{a,b}', '/', '..', '[general]', 'enabled'],
);
const text = fc.array(fc.oneof({ weight: 8, arbitrary: word }, fc.string()), { maxLength: 60 });
const content = fc.oneof(
  text.map((words) => Buffer.from(words.join(''))),
  fc.uint8Array({ maxLength: 300 }),
);

describe('any files', () => {
  it('give users, or an error that names file and line', () => {
    fc.assert(
      fc.property(content, content, (main, other) => {
        const tree = createTree({ 'manager.conf': main, 'other.conf': other });
        try {
          for (const user of tree.load().users) {
            const principal = toPrincipal(user);
            expect(addressAllowed(principal.addressRules, '10.1.2.3')).toBeTypeOf('boolean');
            expect(createEventJudge(principal.eventFilters)({ name: 'x', headers: [['a', 'b']] })).toBeTypeOf(
              'boolean',
            );
          }
        } catch (error) {
          expect(isGatewayError(error, 'invalid-manager-conf')).toBe(true);
          expect(error).toMatchObject({ details: { file: expect.any(String), line: expect.any(Number) } });
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a file of absurd size', () => {
  it.each<[string, string]>([
    ['sections', Array.from({ length: 60_000 }, (_, index) => `[s${index}]\n`).join('')],
    ['inheritance', `[a]\n${'[b](a)\n'.repeat(60_000)}`],
    ['settings', `[a]\n${Array.from({ length: 60_000 }, (_, index) => `deny=10.0.${index % 256}.0/24\n`).join('')}`],
    ['nothing', ';'.repeat(3_000_000)],
  ])('is read in time: %s', (_, text) => {
    const began = performance.now();
    loadText(text);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

const name = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,20}$/).filter((one) => one !== 'general');
const secret = fc
  .string({ unit: fc.oneof(fc.constantFrom(...Array.from('abcXYZ019;=#![]()-_\\"<> é')), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })), minLength: 16, maxLength: 40 })
  // What no line can hold, or what would be stripped from its ends.
  .filter((one) => !/[\p{Cc}\\]/u.test(one) && one.trim() === one && !/^>|--;|;--/.test(one)); // prettier-ignore
const classes = fc.uniqueArray(fc.constantFrom(...AMI_CLASSES));
const user = fc.record({ name, secret, read: classes, write: classes, multiple: fc.boolean(), arrow: fc.boolean() });
const users = fc.uniqueArray(user, { selector: (one) => one.name, maxLength: 8 });

describe('sections that were written', () => {
  it('are read as they were meant', () => {
    fc.assert(
      fc.property(users, (written) => {
        const sections = written.map(
          (one) =>
            `[${one.name}]\nsecret ${one.arrow ? '=>' : '='} ${one.secret.replaceAll(';', '\\;')} ; a comment\n` +
            `read=${one.read.join()}\nwrite = ${one.write.join()}\nallowmultiplelogin=${one.multiple ? 'yes' : 'no'}\n`,
        );
        const conf = loadText(sections.join('\n'));
        expect(conf.users).toMatchObject(
          written.map((one) => ({
            name: one.name,
            secret: one.secret,
            read: new Set(one.read),
            write: new Set(one.write),
            allowMultipleLogin: one.multiple,
            disabled: null,
          })),
        );
      }),
    );
  });
});
