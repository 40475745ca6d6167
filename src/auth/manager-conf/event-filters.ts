import { z } from 'zod';
import { messageOf } from '../../lib/errors.ts';
import { posixRegExp } from './patterns.ts';

const METHODS = ['regex', 'exact', 'starts_with', 'ends_with', 'contains', 'none'] as const;

/** An `eventfilter` of a user. */
export const eventFilterSchema = z.object({
  exclude: z.boolean(),
  /** Only events of this name. */
  event: z.string().nullable(),
  /** Only the value of this header is looked at; the whole event where there is none. */
  header: z.string().nullable(),
  method: z.enum(METHODS),
  text: z.string(),
});

export type EventFilter = z.output<typeof eventFilterSchema>;

/** An event as Asterisk sent it; headers in their order, without that of its name. */
export interface AmiEvent {
  name: string;
  headers: readonly (readonly [name: string, value: string])[];
}

export interface ParsedFilter {
  /** Null where Asterisk would leave the filter out. */
  filter: EventFilter | null;
  /** What is wrong with it. */
  fault: string | null;
}

const refused = (fault: string): ParsedFilter => ({ filter: null, fault: `${fault}; the filter is left out` });

type Criteria = Partial<Omit<EventFilter, 'text'>>;

const criterion = (word: string, value: string): Criteria | null => {
  if (word === 'name') return { event: value };
  if (word === 'header') return { header: value.replace(/:$/, '') };
  if (word === 'action') return value === 'include' || value === 'exclude' ? { exclude: value === 'exclude' } : null;
  const method = METHODS.find((known) => known === value);
  return method ? { method } : null;
};

/** Options of `eventfilter(action(exclude),name(Newexten))`, or what is wrong with them. */
const parseCriteria = (criteria: string): Criteria | string => {
  if (!criteria.endsWith(')')) return 'the criteria do not end with )';
  let found: Criteria = {};
  for (const option of criteria.split(/[ ,)]+/).filter((part) => part !== '')) {
    const [, word, value = ''] = /^(action|name|header|method)[^(]*\(?(.*)$/s.exec(option) ?? [];
    if (word === undefined) return `there is no option '${option}'`;
    if (value === '') return `the option '${word}' has no value`;
    const one = criterion(word, value);
    if (!one) return `the option '${word}' cannot be '${value}'`;
    found = { ...found, ...one };
  }
  return found;
};

/** A line `key = value` of which the key begins with `eventfilter`. */
export const parseEventFilter = (key: string, value: string): ParsedFilter => {
  const exclude = value.startsWith('!');
  const text = exclude ? value.slice(1) : value;
  const open = key.indexOf('(');
  if (open < 0 && text === '') {
    if (!exclude) return refused('it has no pattern');
    // Asterisk 16 takes it for a pattern that fits everything, 22 leaves it out.
    const everything: EventFilter = { exclude, event: null, header: null, method: 'none', text };
    return { filter: everything, fault: 'the ! stands alone, so every event is excluded' };
  }
  const criteria = open < 0 ? { method: 'regex' as const } : parseCriteria(key.slice(open + 1));
  if (typeof criteria === 'string') return refused(criteria);
  const filter: EventFilter = { exclude, event: null, header: null, method: 'none', text, ...criteria };
  if (text === '' && filter.method !== 'none') return refused(`the method '${filter.method}' needs a pattern`);
  if (text !== '' && filter.method === 'none') return refused('a pattern needs a method other than none');
  if (filter.event === null && filter.header === null && filter.method === 'none') {
    return refused('neither an event, nor a header, nor a pattern is named');
  }
  if (filter.method === 'regex') {
    try {
      posixRegExp(text);
    } catch (error) {
      const effect = filter.exclude ? 'every event it looks at is excluded' : 'it includes nothing';
      return { filter, fault: `the regular expression is not understood, so ${effect}: ${messageOf(error)}` };
    }
  }
  return { filter, fault: null };
};

type Match = (data: string) => boolean;

const matcher = ({ method, text, exclude }: EventFilter): Match => {
  switch (method) {
    case 'exact':
      return (data) => data === text;
    case 'starts_with':
      return (data) => data.startsWith(text);
    case 'ends_with':
      return (data) => data.endsWith(text);
    case 'contains':
      return (data) => data.includes(text);
    case 'none':
      return () => true;
    case 'regex':
      try {
        const pattern = posixRegExp(text);
        return (data) => pattern.test(data);
      } catch {
        // What the filter would have let through is not known, so it lets nothing through.
        return () => exclude;
      }
  }
};

interface Looked {
  event: AmiEvent;
  /** The whole event as it went over the wire. */
  text(): string;
}

const compile = (filter: EventFilter): ((looked: Looked) => boolean) => {
  const matches = matcher(filter);
  const { event: name, header } = filter;
  return ({ event, text }) => {
    if (name !== null && name !== event.name) return false;
    if (header === null) return matches(text());
    if (header === 'Event') return matches(event.name);
    return event.headers.some(([known, value]) => known === header && value !== '' && matches(value));
  };
};

/** Whether a user may see an event: only what an include matches, if there are any, and nothing an exclude matches. */
export const createEventJudge = (filters: readonly EventFilter[]): ((event: AmiEvent) => boolean) => {
  const includes = filters.filter(({ exclude }) => !exclude).map(compile);
  const excludes = filters.filter(({ exclude }) => exclude).map(compile);
  return (event) => {
    let whole: string | undefined;
    const text = () =>
      (whole ??= `Event: ${event.name}\r\n${event.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    const looked = { event, text };
    return (includes.length === 0 || includes.some((one) => one(looked))) && !excludes.some((one) => one(looked));
  };
};
