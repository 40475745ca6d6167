import { type Clock } from '../../lib/clock.ts';
import { createConfFiles, type ConfFiles } from './files.ts';
import { loadManagerConf, type ManagerConf } from './load.ts';

const INTERVAL_MS = 2_000;
/** Files are read only once they have been still for so long: half a file may lack the line that denies. */
const STILL_MS = 250;

export interface WatchOptions {
  path: string;
  clock: Clock;
  /** The files have changed and were read anew. */
  onReload?: (conf: ManagerConf) => void;
  /** They have changed, but what they hold now cannot be used; the last good version stays. */
  onError?: (error: unknown) => void;
}

export interface WatchedConf {
  /** The last version that could be read. */
  readonly current: ManagerConf;
  close(): void;
}

/** Reads manager.conf, and again whenever any of its files has changed. Throws where the first reading fails. */
export const watchManagerConf = ({ path, clock, onReload, onError }: WatchOptions): WatchedConf => {
  let files: ConfFiles = createConfFiles();
  let current = loadManagerConf({ path, files });
  let closed = false;

  const reload = () => {
    files = createConfFiles();
    try {
      current = loadManagerConf({ path, files });
    } catch (error) {
      onError?.(error);
      return;
    }
    onReload?.(current);
  };

  const poll = (before?: string) => {
    const state = files.changed() ? files.state() : undefined;
    const unsettled = state !== undefined && state !== before;
    if (state !== undefined && !unsettled) reload();
    if (closed) return;
    cancel = clock.setTimeout(
      () => {
        poll(unsettled ? state : undefined);
      },
      unsettled ? STILL_MS : INTERVAL_MS,
    );
  };

  let cancel = clock.setTimeout(poll, INTERVAL_MS);
  return {
    get current() {
      return current;
    },
    close() {
      closed = true;
      cancel();
    },
  };
};
