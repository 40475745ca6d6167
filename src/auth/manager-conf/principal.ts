import type { Limits } from '../limits.ts';
import type { Scope } from '../scopes.ts';
import { asRanges, type AddressList } from './addresses.ts';
import type { EventFilter } from './event-filters.ts';
import type { AmiUser } from './users.ts';

/** What an AMI user may do, in terms of the gateway. Lists and filters are plain data, fit for a store. */
export interface ImportedPrincipal {
  sub: string;
  scopes: ReadonlySet<Scope>;
  limits: Limits;
  addressRules: readonly AddressList[];
  eventFilters: readonly EventFilter[];
}

/** `limits.ip` is set where it says all that the rules say; elsewhere the rules alone do. */
export const toPrincipal = ({ name, read, write, addressRules, eventFilters }: AmiUser): ImportedPrincipal => {
  const ip = asRanges(addressRules);
  return {
    sub: name,
    scopes: new Set<Scope>([
      ...[...read].map((one): Scope => `read:${one}`),
      ...[...write].map((one): Scope => `write:${one}`),
    ]),
    limits: ip ? { ip } : {},
    addressRules,
    eventFilters,
  };
};
