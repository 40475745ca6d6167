import { fold } from './fold.ts';
import type { Place, Warning } from './problem.ts';

/** `key = value` as it stands in a section; where it was inherited, the place is the template's. */
export interface Entry extends Place {
  key: string;
  value: string;
}

export interface Section extends Place {
  name: string;
  /** `[name](!)`: only to be inherited from. */
  template: boolean;
  entries: Entry[];
}

export interface Sections {
  /** In their order. The same name may come more than once. */
  sections: readonly Section[];
  warnings: readonly Warning[];
}

export type TemplateFilter = 'exclude' | 'include' | 'restrict';

/** The first section of a name, whatever its case. */
export const findSection = (
  sections: readonly Section[],
  name: string,
  templates: TemplateFilter,
): Section | undefined => {
  const id = fold(name);
  const fits = (section: Section) => templates === 'include' || section.template === (templates === 'restrict');
  return sections.find((section) => fits(section) && fold(section.name) === id);
};

export interface SectionIndex {
  readonly all: readonly Section[];
  add(section: Section): void;
  find(name: string, templates: TemplateFilter): Section | undefined;
}

/** Sections in their order, found without looking through those of other names. */
export const createSectionIndex = (): SectionIndex => {
  const all: Section[] = [];
  const byName = new Map<string, Section[]>();
  return {
    all,
    add(section) {
      const id = fold(section.name);
      const same = byName.get(id) ?? [];
      byName.set(id, same);
      same.push(section);
      all.push(section);
    },
    find: (name, templates) => findSection(byName.get(fold(name)) ?? [], name, templates),
  };
};
