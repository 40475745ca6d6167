import { confError, type Place } from './problem.ts';

/** As many as Asterisk reads of a line; it leaves out longer ones as a whole. */
export const MAX_LINE_BYTES = 8190;
const MAX_NESTED_COMMENTS = 127;

/** Without the control characters and blanks around it, as Asterisk counts them. */
export const strip = (text: string): string => {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) < 33) start++;
  while (end > start && text.charCodeAt(end - 1) < 33) end--;
  return text.slice(start, end);
};

export interface Uncommented {
  text: string;
  /** How many `;--` are open behind the line. */
  depth: number;
}

/** What of a line is no comment: `;` ends it, `;--` to `--;` may span lines and nest, `\;` is a semicolon. */
export const uncomment = (line: string, depth: number, place: Place): Uncommented => {
  let rest = line;
  let kept = '';
  let start = 0;
  let from = 0;
  for (;;) {
    const at = rest.indexOf(';', from);
    if (at < 0) break;
    if (at > from && rest[at - 1] === '\\') {
      rest = rest.slice(0, at - 1) + rest.slice(at);
      from = at;
    } else if (rest.startsWith('--', at + 1) && rest[at + 3] !== '-') {
      if (depth >= MAX_NESTED_COMMENTS) throw confError(place, 'comments nest too deep');
      if (depth === 0) kept += rest.slice(start, at);
      depth += 1;
      from = at + 3;
    } else if (at >= from + 2 && rest.startsWith('--', at - 2)) {
      // Asterisk would take every line from here to the end of the file for a comment.
      if (depth === 0) throw confError(place, 'a comment ends with --; that has not begun');
      depth -= 1;
      from = at + 1;
      start = from;
    } else if (depth === 0) {
      return { text: strip(kept + rest.slice(start, at)), depth };
    } else {
      from = at + 1;
    }
  }
  return { text: strip(depth === 0 ? kept + rest.slice(start) : kept), depth };
};
