import type { Clock } from '../../src/lib/clock.ts';

export interface FakeClock extends Clock {
  /** Lets the time pass: timers fire in their order, and what they start runs as far as it can without further time. */
  advance(milliseconds: number): Promise<void>;
  /** Sets the time of day, as an administrator does. */
  set(milliseconds: number): void;
  /** Timers that are set and have neither fired nor been cancelled. */
  readonly pendingTimers: number;
}

/** Lets everything run that waits for no timer. */
export const flush = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A clock that stands still until it is told. */
export const createFakeClock = (start = Date.UTC(2026, 10, 23, 3, 20)): FakeClock => {
  let now = start;
  let offset = 0;
  let timers: { at: number; callback: () => void }[] = [];
  return {
    now: () => now + offset,
    monotonic: () => now,
    set(milliseconds) {
      offset = milliseconds - now;
    },
    setTimeout(callback, milliseconds) {
      const timer = { at: now + milliseconds, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    async advance(milliseconds) {
      const until = now + milliseconds;
      await flush();
      for (;;) {
        const due = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        timers = timers.filter((timer) => timer !== due);
        now = Math.max(now, due.at);
        due.callback();
        await flush();
      }
      now = until;
    },
    get pendingTimers() {
      return timers.length;
    },
  };
};
