import type { CancelTimer, Clock } from '../lib/clock.ts';

export interface OwnClock extends Clock {
  /** Cancels every timer that is still set. */
  end(): void;
}

/** A clock for one world: what is still to happen in it ends with it, and keeps no process alive. */
export const createOwnClock = (clock: Clock): OwnClock => {
  const timers = new Set<CancelTimer>();
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    setTimeout(callback, milliseconds) {
      const forget = clock.setTimeout(() => {
        timers.delete(cancel);
        callback();
      }, milliseconds);
      const cancel = () => {
        timers.delete(cancel);
        forget();
      };
      timers.add(cancel);
      return cancel;
    },
    end() {
      for (const cancel of [...timers]) cancel();
    },
  };
};
