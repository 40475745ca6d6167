import type { Principal } from '../principal.ts';
import { limitExceeded } from '../verdict.ts';

const words = (line: string): string[] => line.trim().toLowerCase().split(/\s+/);

/**
 * A CLI line must begin with all words of an allowed prefix, as the CLI itself reads words: blanks collapse, case does
 * not matter. Quotes and backslashes are not undone, so a word hidden in them matches nothing.
 */
export const judgeCommand = (principal: Principal, line: string): void => {
  const given = words(line);
  const allowed = (principal.limits.commands ?? []).some(
    (prefix) => prefix === '*' || words(prefix).every((word, index) => given[index] === word),
  );
  if (!allowed) throw limitExceeded('commands', `The token's commands do not include ${JSON.stringify(line)}`);
};
