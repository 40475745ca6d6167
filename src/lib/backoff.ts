export interface BackoffOptions {
  /** Upper bound of the first delay, in milliseconds. */
  baseMs: number;
  /** Upper bound of every delay, in milliseconds. */
  maxMs: number;
  random?: () => number;
}

/** Full jitter: any delay between nothing and the doubled bound, so that many clients do not come back at once. */
export const backoffDelay = (attempt: number, { baseMs, maxMs, random = Math.random }: BackoffOptions): number =>
  Math.round(random() * Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30)));
