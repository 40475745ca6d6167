const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** For how long a message is tried. */
export const GIVE_UP_AFTER_MS = 24 * HOUR;

const STEPS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR];

export interface RetryQuestion {
  /** Attempts made, all of which failed. */
  attempts: number;
  createdAt: number;
  now: number;
  retryAfterMs: number | null;
  random: () => number;
}

/** When to try again, or undefined where the time is over. The last attempt is at the end of that time. */
export const nextAttemptAt = (question: RetryQuestion): number | undefined => {
  const { attempts, createdAt, now, retryAfterMs, random } = question;
  const end = createdAt + GIVE_UP_AFTER_MS;
  if (now >= end) return undefined;
  const step = STEPS[Math.min(attempts, STEPS.length) - 1] ?? 5 * SECOND;
  const wait = Math.max(Math.round(step * (0.75 + random() * 0.5)), retryAfterMs ?? 0);
  return Math.min(now + wait, end);
};
