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
): Section | undefined =>
  sections.find(
    (section) =>
      fold(section.name) === fold(name) && (templates === 'include' || section.template === (templates === 'restrict')),
  );
