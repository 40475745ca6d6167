import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/lib/errors.ts';
import { type ClickToDialSettings, dialForm, resolveClickToDial } from '../../src/pbx/click-to-dial.ts';

const settings: ClickToDialSettings = { endpoint: 'PJSIP/{extension}', region: 'NL', format: '{digits}', context: 'from-internal', callerId: null }; // prettier-ignore

describe('a number as people write it', () => {
  it.each([
    ['NL', '020 123 4567', '31201234567'],
    ['NL', '+31 (0)20-123 45 67', '31201234567'],
    ['NL', '0031201234567', '31201234567'],
    ['NL', '+49 30 901820', '4930901820'],
    ['DE', '030/901820', '4930901820'],
    ['US', '(312) 555-1234', '13125551234'],
    ['US', '011 44 20 7946 0018', '442079460018'],
    ['GB', '020 7946 0018', '442079460018'],
    [null, '+1 312 555 1234', '13125551234'],
    ['NL', '101', '101'],
    ['NL', '+31 20 123 4567 ext. 12', '31201234567'],
    ['US', '1-800-356-9377', '18003569377'],
    ['NL', '*97', '*97'],
    ['NL', '*21*0201234567#', '*21*0201234567#'],
    ['NL', '112', '112'],
    ['US', 'tel:+31-20-123-4567', '31201234567'],
    ['NL', 'TEL:020-1234567;ext=12', '31201234567'],
    ['NL', '\u202a+31 20 123 4567\u202c', '31201234567'],
  ])('in %s: %s is dialled as %s', (region, to, digits) => {
    expect(dialForm(to, { region, format: '{digits}' })).toBe(digits);
  });

  it('takes the form the PBX dials', () => {
    const to = '020 123 4567';
    expect(dialForm(to, { region: 'NL', format: '{e164}' })).toBe('+31201234567');
    expect(dialForm(to, { region: 'NL', format: '9{national}' })).toBe('90201234567');
    expect(dialForm(to, { region: 'NL', format: '00{digits}' })).toBe('0031201234567');
  });

  it.each([
    ['NL', '+49 30 901820', '004930901820'],
    ['NL', '+31 20 123 4567 ext. 12', '0201234567'],
    ['NL', '+800 1234 5678', '0080012345678'],
    ['US', '+31 20 123 4567', '01131201234567'],
    ['US', '+1 416 555 0123', '4165550123'],
    ['GB', '+44 20 7946 0018', '02079460018'],
    ['IT', '06 1234 5678', '0612345678'],
  ])('where the PBX of %s dials nationally: %s is dialled as %s, and rings no stranger', (region, to, dialled) => {
    expect(dialForm(to, { region, format: '{national}' })).toBe(dialled);
  });

  it('is read where its writer is, and dialled where the PBX is', () => {
    expect(dialForm('030 901820', { region: 'NL', format: '{national}' }, 'DE')).toBe('004930901820');
  });

  it.each([
    ['NL', 'hello'],
    ['US', '1-800-FLOWERS'],
    ['NL', 'call me on 020 123 4567'],
    ['NL', '+31 20'],
    ['NL', '0201234567890123456'],
    [null, '020 123 4567'],
    ['NL', '+999 123456789'],
  ])('in %s: %s is none', (region, to) => {
    expect(() => dialForm(to, { region, format: '{digits}' })).toThrow(
      expect.objectContaining({ code: 'not-a-number' }),
    );
  });

  it('never becomes anything but digits, +, * and #', () => {
    for (const format of ['{digits}', '{national}'])
      fc.assert(
        fc.property(
          fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...Array.from('0123456789+-() .,/;xX@&\r\n')) })),
          (to) => {
            try {
              expect(dialForm(to, { ...settings, format })).toMatch(/^[0-9+*#]+$/);
            } catch (error) {
              expect(error).toBeInstanceOf(GatewayError);
            }
          },
        ),
        { numRuns: 2_000 },
      );
  });
});

describe('click-to-dial', () => {
  it('rings a user by extension, or an endpoint as it is', () => {
    const of = (from: string) => resolveClickToDial(settings, {}, { from, to: '101' });
    expect(of('102')).toEqual({ channel: 'PJSIP/102', context: 'from-internal', extension: '101', callerId: null });
    expect(of('SIP/anna').channel).toBe('SIP/anna');
    for (const from of ['a b', 'x&PJSIP', 'a@b', ''])
      expect(() => of(from), from).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });

  it('takes the settings of the token before those of the operator, and wants a context from one of them', () => {
    const dial = { context: 'sales', callerId: '<100>', region: 'US' };
    const wanted = { from: '102', to: '312 555 1234' };
    expect(resolveClickToDial(settings, { dial }, wanted)).toEqual({ channel: 'PJSIP/102', context: 'sales', extension: '13125551234', callerId: '<100>' }); // prettier-ignore
    expect(() => resolveClickToDial({ ...settings, context: null }, {}, wanted)).toThrow(/CLICK_TO_DIAL_CONTEXT/);
  });
});
