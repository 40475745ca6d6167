import { BlockList, isIPv6 } from 'node:net';

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** As a socket for both families names a peer of IPv4. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * Whether an address is among these: single ones, and ranges such as `10.0.0.0/8`. Ranges of IPv6 hold no address of IPv4;
 * in one BlockList of Node `::/0` would hold them all.
 */
export const addressList = (ranges: readonly string[]): ((address: string) => boolean) => {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = familyOf(address);
    if (prefix === undefined) lists[family].addAddress(address, family);
    else lists[family].addSubnet(address, Number(prefix), family);
  }
  return (given) => {
    const address = MAPPED.exec(given)?.[1] ?? given;
    const family = familyOf(address);
    return lists[family].check(address, family);
  };
};

/** Bits of a range that are fixed: all of them for a single address. */
const prefixOf = (range: string): number => Number(range.split('/')[1] ?? (isIPv6(range) ? 128 : 32));

/** Whether all of a range lies in another. */
export const isWithin = (range: string, other: string): boolean => {
  const [[address = ''], [base = '']] = [range.split('/'), other.split('/')];
  return familyOf(address) === familyOf(base) && prefixOf(other) <= prefixOf(range) && addressList([other])(address);
};
