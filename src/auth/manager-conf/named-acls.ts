import { parseAddressRules, type AddressRule } from './addresses.ts';
import { fold } from './fold.ts';
import type { Warning } from './problem.ts';
import type { Section } from './sections.ts';

export interface NamedAcls {
  /** Null for lists that are not there or cannot be used. */
  find(name: string): readonly AddressRule[] | null;
  warnings: readonly Warning[];
}

/** Lists of acl.conf. One with a faulty rule, or whose name comes twice, lets nobody in rather than too many. */
export const readNamedAcls = (sections: readonly Section[]): NamedAcls => {
  const lists = new Map<string, AddressRule[] | null>();
  const warnings: Warning[] = [];
  for (const { name, file, line, template, entries } of sections) {
    if (template) continue;
    const id = fold(name);
    let faulty = lists.has(id);
    if (faulty) warnings.push({ file, line, user: null, message: `the access list '${name}' is there twice` });
    const list = entries.flatMap(({ key, value, ...place }) => {
      const sense = fold(key);
      if (sense !== 'permit' && sense !== 'deny') return [];
      const rules = parseAddressRules(sense, value);
      if (rules) return rules;
      faulty = true;
      const message = `'${key} = ${value}' is no list of addresses; '${name}' lets nobody in`;
      warnings.push({ ...place, user: null, message });
      return [];
    });
    lists.set(id, faulty ? null : list);
  }
  return { find: (name) => lists.get(fold(name)) ?? null, warnings };
};
