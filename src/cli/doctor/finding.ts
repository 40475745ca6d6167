export const LEVELS = ['ok', 'notice', 'warning', 'error'] as const;

export type Level = (typeof LEVELS)[number];

export interface Finding {
  level: Level;
  /** What was looked at, and what is the matter with it. */
  what: string;
  /** What to change; for `ok`, what was seen. Never a secret. */
  advice: string;
}

type Tell = (what: string, advice: string) => Finding;

const at =
  (level: Level): Tell =>
  (what, advice) => ({ level, what, advice });

export const ok = at('ok');
export const notice = at('notice');
export const warning = at('warning');
export const error = at('error');

/** One line of a terminal: what a PBX or a file says may hold anything. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

const line = ({ level, what, advice }: Finding): string =>
  `${level.padEnd(7)}  ${printable(what)}: ${printable(advice)}`;

export type Counts = Record<Level, number>;

export const countsOf = (findings: readonly Finding[]): Counts => {
  const counts: Counts = { ok: 0, notice: 0, warning: 0, error: 0 };
  for (const { level } of findings) counts[level] += 1;
  return counts;
};

/** Findings, one a line, and how many there are of each level. */
export const renderFindings = (findings: readonly Finding[], json = false): string => {
  const counts = countsOf(findings);
  if (json) return `${JSON.stringify({ summary: counts, findings }, null, 2)}\n`;
  const summary = LEVELS.map((level) => `${counts[level]} ${level}`).join(', ');
  return `${[...findings.map(line), summary].join('\n')}\n`;
};
