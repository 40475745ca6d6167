import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressAllowed,
  asRanges,
  parseAddressRules,
  type AddressList,
} from '../../../src/auth/manager-conf/addresses.ts';
import { addressList } from '../../../src/lib/addresses.ts';

/** A list of lines such as `deny 0.0.0.0/0`. */
const list = (...lines: string[]): AddressList => ({
  name: null,
  rules: lines.flatMap((line) => {
    const [sense, text] = line.split(' ') as ['permit' | 'deny', string];
    return parseAddressRules(sense, text)!;
  }),
});

describe('access rules', () => {
  it.each<[string[], string[], string[]]>([
    [[], ['1.2.3.4', '::1'], []],
    [['deny 0.0.0.0/0.0.0.0', 'permit 10.0.0.0/8'], ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1'], ['1.2.3.4']],
    [['permit 10.0.0.0/8', 'deny 0.0.0.0/0'], ['::1'], ['10.1.2.3', '::ffff:10.1.2.3']],
    [
      ['deny 10.0.0.0/8', 'permit 10.1.0.0/16', 'deny 10.1.2.3'],
      ['10.1.2.4', '11.0.0.1'],
      ['10.1.2.3', '10.2.0.1'],
    ],
    [['deny 0.0.0.0/0,::/0', 'permit 2001:db8::/32,!2001:db8:1::/48'], ['2001:db8::1'], ['2001:db8:1::1', '1.2.3.4']],
    [['deny 0.0.0.0/0', 'permit ::ffff:10.0.0.0/8'], ['10.1.2.3'], ['1.2.3.4']],
    [
      ['deny 0.0.0.0/0', 'permit 10.0.0.7/255.0.0.255'],
      ['10.1.2.7', '10.9.9.7'],
      ['10.1.2.8', '11.1.2.7'],
    ],
    [['deny 10.1.2.3/31'], ['10.1.2.4'], ['10.1.2.2', '10.1.2.3']],
    [['deny ::/ffff:0:0:ffff::', 'permit [::1]'], ['::1', '1::'], ['0:1::']],
  ])('%j let in %j and not %j', (lines, inside, outside) => {
    const lists = [list(...lines)];
    expect(inside.filter((address) => !addressAllowed(lists, address))).toEqual([]);
    expect(outside.filter((address) => addressAllowed(lists, address))).toEqual([]);
  });

  it.each(['', '10', '10.1', '1.2.3.256', '1.2.3.4/33', '1.2.3.4/', '1.2.3.4/x', '1.2.3.4/24x', '1.2.3.4/ffff::', '::1/129', '::1/255.0.0.0', 'fe80::1%eth0', 'localhost', '1.2.3.4,', '1.2.3.4, 1.2.3.5', '1.2.3.4:80'])(
    'cannot be %j',
    (text) => {
      expect(parseAddressRules('deny', text)).toBeNull();
    },
  ); // prettier-ignore

  it('let nobody in who has no address, nor anybody by a list that is not there', () => {
    expect(addressAllowed([list('permit 0.0.0.0/0')], 'unknown')).toBe(false);
    expect(addressAllowed([{ name: 'gone', rules: null }], '1.2.3.4')).toBe(false);
    expect(addressAllowed([], 'unknown')).toBe(true);
  });
});

const octet = fc.integer({ min: 0, max: 255 });
const ipv4 = fc.tuple(octet, octet, octet, octet).map((bytes) => bytes.join('.'));
/** Near each other, so that rules meet. */
const near = fc.tuple(fc.constantFrom(10, 11), fc.constantFrom(0, 1), octet).map(([a, b, c]) => `${a}.${b}.${c}.1`);
const ipv6 = fc.integer({ min: 0, max: 0xffff }).map((word) => `2001:db8:${word.toString(16)}::1`);
const range = fc.oneof(
  fc.tuple(fc.oneof(ipv4, near), fc.integer({ min: 0, max: 32 })).map(([address, bits]) => `${address}/${bits}`),
  fc.tuple(ipv6, fc.integer({ min: 16, max: 128 })).map(([address, bits]) => `${address}/${bits}`),
);
const line = fc.tuple(fc.constantFrom('permit', 'deny'), range).map((parts) => parts.join(' '));
const address = fc.oneof(ipv4, near, ipv6);

describe('rules as ranges', () => {
  it('say the same, where they can be ranges', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 5 }), fc.array(address), (ranges, addresses) => {
        const lists = [list('deny 0.0.0.0/0', 'deny ::/0', ...ranges.map((one) => `permit ${one}`))];
        const same = addressList(asRanges(lists)!);
        for (const one of addresses) expect(same(one)).toBe(addressAllowed(lists, one));
      }),
    );
  });

  it('are none where IPv6 stays open, order matters, masks have gaps, IPv4 would come in by IPv6, or there are several lists', () => {
    const all = ['deny 0.0.0.0/0', 'deny ::/0'];
    expect(asRanges([])).toBeNull();
    expect(asRanges([list('deny 0.0.0.0/0', 'permit 10.0.0.0/8')])).toBeNull();
    expect(asRanges([list(...all, 'permit 10.0.0.0/8', 'deny 10.1.0.0/16')])).toBeNull();
    expect(asRanges([list('permit 10.0.0.0/8', ...all)])).toBeNull();
    expect(asRanges([list(...all, 'permit ::/0')])).toBeNull();
    expect(asRanges([list(...all, 'permit ::/80')])).toBeNull();
    expect(asRanges([list(...all, 'permit 10.0.0.7/255.0.0.255')])).toBeNull();
    expect(asRanges([list(...all), list(...all)])).toBeNull();
    expect(asRanges([{ name: 'gone', rules: null }])).toBeNull();
    expect(asRanges([list(...all)])).toEqual([]);
    expect(asRanges([list(...all, 'permit 10.1.2.3/8,::1')])).toEqual(['10.0.0.0/8', '::1/128']);
  });

  it('decide by the last that fits', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), address, (lines, one) => {
        const fitting = lines.filter((text) => addressList([text.split(' ')[1]!])(one));
        expect(addressAllowed([list(...lines)], one)).toBe(!(fitting.at(-1)?.startsWith('deny') ?? false));
      }),
    );
  });
});
