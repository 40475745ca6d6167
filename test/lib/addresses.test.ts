import { expect, it } from 'vitest';
import { addressList } from '../../src/lib/addresses.ts';

it.each<[string[], string, boolean]>([
  [['10.0.0.0/8'], '10.1.2.3', true],
  [['10.0.0.0/8'], '11.1.2.3', false],
  [['10.0.0.0/8'], '::ffff:10.1.2.3', true],
  [['10.0.0.1'], '10.0.0.1', true],
  [['::/0'], '2001:db8::1', true],
  [['::/0'], '10.1.2.3', false],
  [['::/0'], '::ffff:10.1.2.3', false],
  [['::ffff:0:0/96'], '10.1.2.3', false],
  [['0.0.0.0/0'], '::1', false],
  [['fd00::/8', '127.0.0.1'], '127.0.0.1', true],
  [[], '127.0.0.1', false],
])('%j holds %s: %s', (ranges, address, held) => {
  expect(addressList(ranges)(address)).toBe(held);
});
