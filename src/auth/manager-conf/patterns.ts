/** A character of a bracket expression inside a JS class, where more of them mean something. */
const classEscape = (character: string) => (/[\\\]^[-]/.test(character) ? `\\${character}` : character);

const literal = (character: string) => (/[\\^$.|?*+()[\]{}/]/.test(character) ? `\\${character}` : character);

const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: '0-9A-Za-z',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\t-\\r ',
  blank: '\\t ',
  punct: '!-\\/:-@\\[-`{-~',
  print: ' -~',
  graph: '!-~',
  cntrl: '\\x00-\\x1f\\x7f',
  xdigit: '0-9A-Fa-f',
};

/** What GNU's library understands beyond POSIX, and JS by another name. */
const GNU_ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\b(?=\\w)',
  '>': '\\b(?<=\\w)',
  '`': '^',
  "'": '$',
};

interface Part {
  source: string;
  next: number;
}

/** A bracket expression from behind its `[`. A backslash is itself there, and so is a `]` at the start. */
const bracket = (pattern: string, from: number): Part => {
  let at = from;
  const negated = pattern[at] === '^';
  if (negated) at++;
  const first = at;
  let source = '';
  for (;;) {
    const character = pattern[at];
    if (character === undefined) throw new SyntaxError('a [ is not closed');
    if (character === ']' && at > first) break;
    const named = /^\[([:.=])(.*?)\1\]/s.exec(pattern.slice(at));
    if (named?.[1] === ':') {
      const members = POSIX_CLASSES[named[2] ?? ''];
      if (members === undefined) throw new SyntaxError(`there is no class [:${named[2] ?? ''}:]`);
      source += members;
      at += named[0].length;
    } else if (named) {
      if (named[2]?.length !== 1) throw new SyntaxError(`${named[0]} is no character`);
      source += classEscape(named[2]);
      at += named[0].length;
    } else {
      // Between two characters it is a range, and only there.
      const ranges = character === '-' && at > first && pattern[at + 1] !== ']';
      source += ranges ? '-' : classEscape(character);
      at++;
    }
  }
  return { source: `[${negated ? '^' : ''}${source}]`, next: at + 1 };
};

const escaped = (pattern: string, at: number): Part => {
  const character = pattern[at];
  if (character === undefined) throw new SyntaxError('nothing follows the last backslash');
  const kept = /[wWsSbB1-9]/.test(character) ? `\\${character}` : literal(character);
  return { source: GNU_ESCAPES[character] ?? kept, next: at + 1 };
};

const interval = (pattern: string, at: number): Part => {
  const found = /^\{(\d*)(,?)(\d*)\}/.exec(pattern.slice(at));
  if (!found || (found[1] === '' && found[3] === '')) throw new SyntaxError('a { begins no repetition');
  const [whole, least = '', comma = '', most = ''] = found;
  return { source: `{${least === '' ? '0' : least}${comma}${most}}`, next: at + whole.length };
};

/** One alternative's pieces, of which the last may still be repeated. */
interface Branch {
  done: string;
  last: string;
  repeated: boolean;
}

const fresh = (done = ''): Branch => ({ done, last: '', repeated: false });

/**
 * The pattern as Asterisk's regcomp reads it, POSIX extended with GNU's additions, for JavaScript. Throws a SyntaxError
 * for what neither can mean. The lines of an event are one text: `.` matches their ends, `^` and `$` do not.
 */
export const posixRegExp = (pattern: string): RegExp => {
  const groups: Branch[] = [];
  let branch = fresh();

  const push = (source: string) => {
    branch = { done: branch.done + branch.last, last: source, repeated: false };
  };
  const repeat = (quantifier: string) => {
    if (branch.last === '') throw new SyntaxError('nothing comes before a repetition');
    // JavaScript takes a second one for something else: `+?` would be lazy, and `**` an error.
    const atom = branch.repeated ? `(?:${branch.last})` : branch.last;
    branch = { ...branch, last: `${atom}${quantifier}`, repeated: true };
  };

  for (let at = 0; at < pattern.length;) {
    const character = pattern[at] ?? '';
    let part: Part = { source: '', next: at + 1 };
    if (character === '\\') push((part = escaped(pattern, at + 1)).source);
    else if (character === '[') push((part = bracket(pattern, at + 1)).source);
    else if (character === '{') repeat((part = interval(pattern, at)).source);
    else if (/[*+?]/.test(character)) repeat(character);
    else if (character === '(') {
      groups.push(branch);
      branch = fresh();
    } else if (character === ')' && groups.length > 0) {
      const inner = branch.done + branch.last;
      branch = groups.pop() ?? fresh();
      push(`(${inner})`);
    } else if (character === '|') branch = fresh(`${branch.done}${branch.last}|`);
    else push(/[.^$]/.test(character) ? character : literal(character));
    at = part.next;
  }
  if (groups.length > 0) throw new SyntaxError('a ( is not closed');
  return new RegExp(branch.done + branch.last, 's');
};
