import { BlockList, isIPv6 } from 'node:net';

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** Whether an address is among these: single ones, and ranges such as `10.0.0.0/8`. */
export const addressList = (ranges: readonly string[]): ((address: string) => boolean) => {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    if (prefix === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return (address) => list.check(address, familyOf(address));
};

/** Bits of a range that are fixed: all of them for a single address. */
export const prefixOf = (range: string): number => Number(range.split('/')[1] ?? (isIPv6(range) ? 128 : 32));
