import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A rule of an access list. The mask is one by its bits, which need not be a prefix. */
export interface AddressRule {
  allow: boolean;
  address: readonly number[];
  mask: readonly number[];
}

/** Rules in their order, of which the last that fits decides; where none fits, the address is allowed. */
export interface AddressList {
  /** Name of a list of acl.conf; null for the `permit` and `deny` of the user itself. */
  name: string | null;
  /** Null for a list that is not there or does not parse: it lets nobody in. */
  rules: readonly AddressRule[] | null;
}

/** Four bytes or sixteen; an IPv4 address written as an IPv6 one is IPv4. Null for what is no address. */
export const addressBytes = (text: string): number[] | null => {
  if (!isIPv4(text) && !(isIPv6(text) && !text.includes('%'))) return null;
  return ipaddr.process(text).toByteArray();
};

const prefixMask = (bits: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, index) => 0xff & (0xff00 >> Math.min(8, Math.max(0, bits - index * 8))));

const parseMask = (text: string | undefined, bytes: number): number[] | null => {
  if (text === undefined) return prefixMask(bytes * 8, bytes);
  if (/[.:]/.test(text)) {
    const mask = addressBytes(text);
    return mask?.length === bytes ? mask : null;
  }
  return /^\d{1,3}$/.test(text) && Number(text) <= bytes * 8 ? prefixMask(Number(text), bytes) : null;
};

const masked = (address: readonly number[], mask: readonly number[]) =>
  address.map((byte, index) => byte & (mask[index] ?? 0));

const unbracketed = (text: string) => /^\[(.*)\]$/.exec(text)?.[1] ?? text;

/** Rules of one `permit` or `deny` line: `10.0.0.0/8,!10.1.0.0/255.255.0.0`. Null where Asterisk would refuse it. */
export const parseAddressRules = (sense: 'permit' | 'deny', text: string): AddressRule[] | null => {
  const rules: AddressRule[] = [];
  for (const item of text.split(',')) {
    const negated = item.startsWith('!');
    const whole = negated ? item.slice(1) : item;
    const slash = whole.indexOf('/');
    const address = addressBytes(unbracketed(slash < 0 ? whole : whole.slice(0, slash)));
    const mask = address && parseMask(slash < 0 ? undefined : whole.slice(slash + 1), address.length);
    if (!address || !mask) return null;
    rules.push({ allow: (sense === 'permit') !== negated, address: masked(address, mask), mask });
  }
  return rules;
};

/** IPv4 rules do not touch IPv6 addresses, nor the other way round. */
const fits = (rule: AddressRule, address: readonly number[]): boolean =>
  rule.address.length === address.length &&
  rule.address.every((byte, index) => ((address[index] ?? 0) & (rule.mask[index] ?? 0)) === byte);

/** Whether every list lets the address in. What is no address is let in only where there are no lists. */
export const addressAllowed = (lists: readonly AddressList[], text: string): boolean => {
  if (lists.length === 0) return true;
  const address = addressBytes(text);
  return (
    address !== null &&
    lists.every(({ rules }) => rules !== null && (rules.findLast((rule) => fits(rule, address))?.allow ?? true))
  );
};

const prefixBits = (mask: readonly number[]): number | null => {
  const bits = mask.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : null;
};

/** IPv4 as IPv6 writes it. A range that holds this would let in every IPv4 address too, where ranges are checked. */
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0];

const ALL = [4, 16].map((length) => ({ length, all: prefixMask(0, length).join() }));

/**
 * The same as CIDR ranges, for `limits.ip`; null where ranges alone cannot say it. They can for one list that first
 * denies everybody of both families and then permits only.
 */
export const asRanges = (lists: readonly AddressList[]): string[] | null => {
  const rules = lists.length === 1 ? lists[0]?.rules : null;
  if (!rules) return null;
  const closed = ALL.every(({ length, all }) => {
    const first = rules.find((rule) => rule.address.length === length);
    return first?.allow === false && first.mask.join() === all;
  });
  const permits = rules.filter((rule) => rule.allow);
  if (!closed || permits.length !== rules.length - ALL.length) return null;
  const ranges = permits.map((rule) => {
    const bits = prefixBits(rule.mask);
    return bits === null || fits(rule, MAPPED) ? null : `${ipaddr.fromByteArray([...rule.address]).toString()}/${bits}`;
  });
  return ranges.every((range) => range !== null) ? ranges : null;
};
