import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { ConfFiles } from './files.ts';
import { fold } from './fold.ts';
import { MAX_LINE_BYTES, strip, uncomment } from './lines.ts';
import { confError, type Place, type Warning } from './problem.ts';
import { createSectionIndex, type Entry, type Section, type Sections, type TemplateFilter } from './sections.ts';

/** Includes below the first file; as in Asterisk. */
const MAX_DEPTH = 10;
const MAX_FILES = 256;
const MAX_ENTRIES = 100_000;

const TEMPLATE_FILTERS: Readonly<Record<string, TemplateFilter>> = {
  '': 'exclude',
  'TEMPLATES=include': 'include',
  'TEMPLATES=restrict': 'restrict',
};

const parseHeader = (text: string, place: Place): { name: string; options: string[] } => {
  const end = text.indexOf(']');
  if (end < 0) throw confError(place, 'the section has no closing ]');
  const name = text.slice(1, end);
  if (text[end + 1] !== '(') return { name, options: [] };
  const close = text.indexOf(')', end);
  if (close < 0) throw confError(place, 'the section has no closing )');
  return { name, options: text.slice(end + 2, close).split(',') };
};

const sameLine = (entry: Entry, last: Entry): boolean =>
  fold(entry.key) === fold(last.key) && (last.value === '' || fold(entry.value) === fold(last.value));

/** `#word argument`, the argument without its quotes. */
const parseDirective = (text: string): { word: string; argument: string } => {
  const [word = ''] = text.slice(1).split(/\s/, 1);
  const argument = strip(text.slice(1 + word.length));
  const quoted = /^"(.*)"$/s.exec(argument) ?? /^<(.*)>$/s.exec(argument);
  return { word, argument: quoted?.[1] ?? argument };
};

export interface ReadOptions {
  files: ConfFiles;
  path: string;
}

/** Reads a file of Asterisk's configuration with all it includes. Throws where Asterisk would refuse the whole. */
export const readSections = ({ files, path }: ReadOptions): Sections => {
  const root = resolve(path);
  const sections = createSectionIndex();
  const warnings: Warning[] = [];
  let current: Section | null = null;
  let filesRead = 0;
  let entries = 0;

  const warn = (place: Place, message: string) => {
    warnings.push({ ...place, user: null, message });
  };

  const count = (place: Place, more = 1) => {
    entries += more;
    if (entries > MAX_ENTRIES) throw confError(place, `there are more than ${MAX_ENTRIES} settings and sections`);
  };

  const addedTo = (name: string, option: string, place: Place): Section => {
    const filter = TEMPLATE_FILTERS[option.slice(1)];
    if (!filter) throw confError(place, `an addition to sections chosen by '${option}' is not understood`);
    const target = sections.find(name, filter);
    if (!target) throw confError(place, `section '${name}' is added to, but does not exist`);
    return target;
  };

  const openSection = (text: string, place: Place): Section => {
    const { name, options } = parseHeader(text, place);
    const fresh: Section = { ...place, name, template: false, entries: [] };
    let section = fresh;
    for (const option of options) {
      if (option === '!') {
        section.template = true;
      } else if (option.startsWith('+')) {
        const target = addedTo(name, option, place);
        if (section !== fresh) continue;
        target.template ||= fresh.template;
        target.entries.push(...fresh.entries);
        section = target;
      } else {
        const base = sections.find(option, 'include');
        if (!base) throw confError(place, `section '${option}' is inherited from, but does not exist`);
        count(place, base.entries.length);
        section.entries.push(...base.entries.map((entry) => ({ ...entry })));
      }
    }
    count(place);
    if (section === fresh) sections.add(fresh);
    return section;
  };

  const setEntry = (line: string, section: Section | null, place: Place) => {
    if (!section) throw confError(place, 'a setting stands before the first section');
    const escaped = line.startsWith('\\');
    const text = escaped ? line.slice(1) : line;
    if (escaped && (text === '' || text.charCodeAt(0) < 33)) throw confError(place, 'nothing follows the backslash');
    const at = text.indexOf('=', escaped ? 1 : 0);
    if (at < 0) {
      warn(place, 'the line has no = and is left out');
      return;
    }
    const appends = at > (escaped ? 1 : 0) && text[at - 1] === '+';
    const key = strip(text.slice(0, appends ? at - 1 : at));
    const value = text.slice(at + (!appends && text[at + 1] === '>' ? 2 : 1));
    const last = appends ? section.entries.findLast((entry) => entry.key === key) : undefined;
    count(place);
    // Asterisk writes to the first line that reads as the last does.
    const before = last && section.entries.find((entry) => sameLine(entry, last));
    if (before) before.value = strip(before.value + value);
    else if (key === '') warn(place, 'the line has no name before its = and is left out');
    else section.entries.push({ ...place, key, value: strip(value) });
  };

  /** Paths of the first folder that has any: that of the including file, then that of the first one. */
  const resolveInclude = (name: string, place: Place): string[] => {
    if (isAbsolute(name)) return files.find(name);
    const beside = files.find(join(dirname(place.file), name));
    if (dirname(place.file) === dirname(root)) return beside;
    const atRoot = files.find(join(dirname(root), name)).filter((found) => files.has(found));
    if (!beside.some((found) => files.has(found))) return atRoot;
    if (atRoot.length > 0) warn(place, `'${name}' is also in ${dirname(root)}, where Asterisk would take it from`);
    return beside;
  };

  const include = (text: string, depth: number, place: Place) => {
    const { word, argument } = parseDirective(text);
    const directive = fold(word);
    if (directive === 'exec') {
      warn(place, '#exec is never run; what it would have given is missing');
    } else if (directive !== 'include' && directive !== 'tryinclude') {
      warn(place, `the directive '#${word}' is not known and left out`);
    } else if (argument === '') {
      warn(place, `#${word} names no file`);
    } else {
      if (depth >= MAX_DEPTH) throw confError(place, `includes nest deeper than ${MAX_DEPTH}`);
      const read = resolveInclude(argument, place).filter((path) => readFile(path, depth + 1, place));
      if (read.length === 0 && directive === 'include') throw confError(place, `the file '${argument}' is not there`);
    }
  };

  const readLine = (text: string, section: Section | null, depth: number, place: Place): Section | null => {
    if (text.startsWith('[')) return openSection(text, place);
    if (text.startsWith('#')) include(text, depth, place);
    else setEntry(text, section, place);
    return section;
  };

  /** False where there is no such file, or none that can be read. */
  const readFile = (file: string, depth: number, from: Place): boolean => {
    const content = files.read(file);
    if (content.kind === 'absent') return false;
    if (content.kind === 'unusable') {
      warn(from, `'${file}' is left out: ${content.reason}`);
      return false;
    }
    filesRead += 1;
    if (filesRead > MAX_FILES) throw confError(from, `more than ${MAX_FILES} files are included`);
    let section = current;
    let comment = 0;
    let commentStart = 0;
    for (const [index, whole] of content.text.split('\n').entries()) {
      const place = { file, line: index + 1 };
      const [line = ''] = whole.split('\0', 1);
      if (Buffer.byteLength(line) > MAX_LINE_BYTES) {
        warn(place, 'the line is too long and left out');
        continue;
      }
      const { text, depth: open } = uncomment(line, comment, place);
      if (comment === 0) commentStart = place.line;
      comment = open;
      if (text === '') continue;
      section = readLine(text, section, depth, place);
      if (text.startsWith('[')) current = section;
    }
    if (comment > 0) warn({ file, line: commentStart }, 'the comment that begins here does not end');
    return true;
  };

  const top = { file: root, line: 0 };
  if (!readFile(root, 0, top)) throw confError(top, warnings.at(-1)?.message ?? 'the file is not there');
  return { sections: sections.all, warnings };
};
