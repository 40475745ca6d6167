import ipaddr from 'ipaddr.js';
import { GatewayError } from '../../lib/errors.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** What webhooks may connect to. */
export interface AddressRule {
  mayConnect(address: string): boolean;
}

/** Azure's metadata and DNS, in what is otherwise a public network. */
const METADATA = '168.63.129.16';
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

// ipaddr.js calls every other range by a name: loopback, private, carrierGradeNat, linkLocal, 6to4, teredo, …
const isPublic = (address: Address): boolean =>
  address.range() === 'unicast' &&
  address.toString() !== METADATA &&
  (address instanceof ipaddr.IPv4 || address.match(GLOBAL_UNICAST));

/** Networks as `10.1.0.0/16`, or single addresses. Throws for anything else. */
export const createAddressRule = (allowNetworks: readonly string[]): AddressRule => {
  const allowed = allowNetworks.map((network) =>
    network.includes('/')
      ? ipaddr.parseCIDR(network)
      : ipaddr.parseCIDR(`${network}/${ipaddr.parse(network).kind() === 'ipv4' ? 32 : 128}`),
  );
  const listed = (address: Address): boolean =>
    allowed.some(([network, bits]) => network.kind() === address.kind() && address.match([network, bits] as never));
  return {
    mayConnect(text) {
      if (!ipaddr.isValid(text)) return false;
      // IPv4 written as ::ffff:a.b.c.d is that IPv4 address.
      const address = ipaddr.process(text);
      return listed(address) || isPublic(address);
    },
  };
};

// Ports above 1023 that speak something in which a POST could be read as commands.
const BLOCKED_PORTS = new Set([
  1_719, 1_720, 1_723, 2_049, 3_306, 3_659, 4_045, 4_190, 5_038, 5_039, 5_060, 5_061, 5_432, 6_000, 6_379, 6_566, 6_665,
  6_666, 6_667, 6_668, 6_669, 6_679, 6_697, 10_080, 11_211, 27_017,
]);

const refused = (message: string) => new GatewayError('url-not-allowed', message);

/** Refuses with `url-not-allowed` what no receiver's URL may be. Names are judged when they are resolved. */
export const parseReceiverUrl = (text: string, rule: AddressRule): URL => {
  if (!URL.canParse(text)) throw refused('The URL is not valid');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refused('The URL must begin with https:// or http://');
  if (url.username !== '' || url.password !== '') throw refused('The URL may not hold a user or password');
  const port = Number(url.port);
  if (port !== 0 && port !== 80 && port !== 443 && (port < 1_024 || BLOCKED_PORTS.has(port)))
    throw refused(`The port ${port} is not for webhooks`);
  const host = hostOf(url);
  if (ipaddr.isValid(host) && !rule.mayConnect(host)) throw refused(`The address ${host} is not in a public network`);
  return url;
};

/** Host without the brackets of IPv6. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');
