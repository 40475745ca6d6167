import type { Clock } from '../lib/clock.ts';

export interface Pulse {
  /** When bytes last came, by the monotonic clock. */
  lastReceived(): number;
  /** Requests not yet answered. */
  inFlight(): number;
  /** Requests whose time is over and whose reply still has not come. */
  overdue(): number;
  ping(timeoutMs: number): Promise<unknown>;
  die(reason: string): void;
}

export interface HeartbeatOptions {
  clock: Clock;
  /** Silence after which an idle peer is asked, and a peer that owes an answer is given up. */
  idleMs?: number;
}

/** Finds a dead or frozen peer within three times idleMs. A peer busy with a long action is left alone. */
export const startHeartbeat = (pulse: Pulse, { clock, idleMs = 4_000 }: HeartbeatOptions): (() => void) => {
  let stopped = false;
  let cancel = () => {};
  const beat = async () => {
    const silence = clock.monotonic() - pulse.lastReceived();
    if (silence >= idleMs) {
      if (pulse.overdue() > 0) pulse.die('it owes an answer and is silent');
      else if (pulse.inFlight() === 0) {
        await pulse.ping(idleMs).catch(() => {
          pulse.die('it does not answer Ping');
        });
      }
    }
    plan();
  };
  const plan = () => {
    if (!stopped) cancel = clock.setTimeout(() => void beat(), idleMs / 2);
  };
  plan();
  return () => {
    stopped = true;
    cancel();
  };
};
