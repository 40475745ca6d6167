import { parseAddressRules, type AddressRule } from './addresses.ts';
import { fold } from './fold.ts';
import type { Warning } from './problem.ts';
import type { Section } from './sections.ts';

export interface NamedAcls {
  /** Null for lists that are not there or cannot be used. */
  find(name: string): readonly AddressRule[] | null;
  warnings: readonly Warning[];
}

/**
 * Lists of acl.conf, told apart by the case of their names too, as in Asterisk; a second section of a name goes on with
 * the list. One with a faulty rule lets nobody in rather than too many.
 */
export const readNamedAcls = (sections: readonly Section[]): NamedAcls => {
  const lists = new Map<string, AddressRule[] | null>();
  const warnings: Warning[] = [];
  for (const { name, template, entries } of sections) {
    if (template) continue;
    let list = lists.has(name) ? (lists.get(name) ?? null) : [];
    for (const { key, value, ...place } of entries) {
      const sense = fold(key);
      if (sense !== 'permit' && sense !== 'deny') continue;
      const rules = parseAddressRules(sense, value);
      const message = `'${key} = ${value}' is no list of addresses; '${name}' lets nobody in`;
      if (!rules) warnings.push({ ...place, user: null, message });
      if (!rules) list = null;
      else list?.push(...rules);
    }
    lists.set(name, list);
  }
  return { find: (name) => lists.get(name) ?? null, warnings };
};
