export type Release = 16 | 22;

interface Traits {
  banner: string;
  version: string;
  /** Actions of one release only; all others are in both. */
  lacks: readonly string[];
  /** Cause of the channels of a call that nobody answered in time. */
  ringTimeoutCause: number;
}

/** Where 16.28 and 22.10 differ, as seen on both. */
export const RELEASES: Readonly<Record<Release, Traits>> = {
  16: {
    banner: '5.0.4',
    version: '16.28.0~simulated',
    lacks: ['CoreShowChannelMap', 'PJSIPHangup', 'SendFlash'],
    ringTimeoutCause: 0,
  },
  22: {
    banner: '11.0.0',
    version: '22.10.1~simulated',
    lacks: ['Monitor', 'StopMonitor', 'PauseMonitor', 'UnpauseMonitor', 'ChangeMonitor'],
    ringTimeoutCause: 19,
  },
};
