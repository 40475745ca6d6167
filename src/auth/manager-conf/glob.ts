import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const MAX_BRACES = 64;
const MAGIC = /[*?[]/;

/** `a{b,c}` to `ab` and `ac`; braces that are not closed, or hold no comma, stand for themselves. */
const expandBraces = (pattern: string): string[] => {
  const done: string[] = [];
  const open = [pattern];
  for (let next = open.pop(); next !== undefined && done.length + open.length < MAX_BRACES; next = open.pop()) {
    const found = /^(.*?)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(next);
    if (!found) done.push(next);
    else for (const choice of (found[2] ?? '').split(',').reverse()) open.push(`${found[1]}${choice}${found[3]}`);
  }
  return done;
};

const escape = (text: string) => text.replace(/[\\^$.|?*+()[\]{}/-]/g, '\\$&');

/** One component of a path. Null for patterns such as `[z-a]`, which match nothing. */
const compile = (component: string): RegExp | null => {
  const source = component.replace(/\[([!^]?)(\]?[^\]]*)\]|\*+|\?|[^*?]/gs, (part, not: string, set?: string) => {
    if (part.startsWith('*')) return '[^]*';
    if (part === '?') return '[^]';
    if (set === undefined || set === '') return escape(part);
    return `[${not === '' ? '' : '^'}${set.replace(/[\\\]^[]/g, '\\$&')}]`;
  });
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return null;
  }
};

const entriesOf = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

const descend = (folders: readonly string[], component: string): string[] => {
  if (!MAGIC.test(component)) return folders.map((folder) => join(folder, component));
  const pattern = compile(component);
  if (!pattern) return [];
  return folders.flatMap((folder) =>
    entriesOf(folder)
      .filter((name) => (component.startsWith('.') || !name.startsWith('.')) && pattern.test(name))
      .map((name) => join(folder, name)),
  );
};

export const isGlob = (path: string): boolean => MAGIC.test(path) || /\{.*,.*\}/s.test(path);

/** Paths that an absolute pattern stands for, in their order; one without wildcards stands for itself, there or not. */
export const globPaths = (pattern: string): string[] =>
  expandBraces(pattern).flatMap((path) =>
    path
      .split('/')
      .filter((component) => component !== '')
      .reduce<string[]>(descend, ['/'])
      .sort(),
  );
