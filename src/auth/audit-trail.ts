import type { CancelTimer, Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import { type Log, withoutRepeats } from '../lib/log.ts';
import type { Store, StoredAudit } from '../store/store.ts';
import { type Audit, type AuditRecord, createLogAudit, hideSecrets } from './audit.ts';
import { type Head, linkTo, PRUNE } from './audit-chain.ts';

export interface AuditTrail {
  /** Into the log at once, into the store as soon as it can be. */
  audit: Audit;
  /** When everything of before is kept, or cannot be. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface AuditTrailOptions {
  store: Pick<Store, 'audit'>;
  clock: Clock;
  log: Log;
  /** How long records are kept, in milliseconds. */
  keepMs: number;
}

const BATCH = 500;
/** Records that may wait for a store that fails. */
const MOST_WAITING = 10_000;
const AGAIN_MS = 1_000;
const PRUNE_EVERY_MS = 3_600_000;
const PRUNE_AT_ONCE = 10_000;

const ofGateway = (operation: string, more: object): object =>
  ({ sub: null, jti: null, address: null, pbx: null, operation, requestId: null, action: null, targets: [], limits: [], outcome: 'ok', actionId: null, ...more }); // prettier-ignore

/** Who did what, as a chain in the store. What the store cannot take is in the log still, and the chain says how much it lacks. */
export const createAuditTrail = ({ store, clock, log, keepMs }: AuditTrailOptions): AuditTrail => {
  const logged = createLogAudit(log);
  const quiet = withoutRepeats(log, clock.now);
  const waiting: string[] = [];
  let lost = 0;
  /** Undefined where it has to be asked for: at the start, and when a write has failed. */
  let head: StoredAudit | null | undefined;
  let writing: Promise<void> | undefined;
  let cancelRetry: CancelTimer = () => {};
  let cancelPrune: CancelTimer = () => {};
  let closed = false;

  const put = (body: object): boolean => {
    const fits = waiting.length < MOST_WAITING;
    if (fits) waiting.push(JSON.stringify({ at: clock.now(), ...body }));
    else lost += 1;
    return fits;
  };

  const append = async (bodies: readonly string[]) => {
    if (head === undefined) head = (await store.audit.last()) ?? null;
    let last: StoredAudit | undefined = head ?? undefined;
    const links = bodies.map((body) => (last = linkTo(last, body)));
    try {
      await store.audit.append(links);
      head = last;
    } catch (error) {
      head = undefined;
      throw error;
    }
  };

  const tellLost = () => {
    if (lost === 0 || waiting.length >= MOST_WAITING) return;
    const count = lost;
    lost = 0;
    put(ofGateway('audit.lost', { count, outcome: 'store-unavailable' }));
  };

  const run = async () => {
    try {
      while (waiting.length > 0) {
        const bodies = waiting.slice(0, BATCH);
        await append(bodies);
        waiting.splice(0, bodies.length);
        tellLost();
      }
    } catch (error) {
      quiet.error({ reason: messageOf(error) }, 'Audit records cannot be kept for now; they are in the log');
      if (!closed) cancelRetry = clock.setTimeout(() => void start(), AGAIN_MS);
    }
    writing = undefined;
  };

  const start = async (): Promise<void> => {
    cancelRetry();
    if (waiting.length > 0) await (writing ??= run());
  };

  const pruneOnce = async (): Promise<boolean> => {
    const end = await store.audit.older(clock.now() - keepMs, PRUNE_AT_ONCE);
    if (!end) return false;
    const pruned: Head = { seq: end.seq, hash: end.hash };
    const told = put(ofGateway(PRUNE, { targets: [`records up to ${end.seq}`], pruned }));
    await start();
    // The record of it is kept before anything is gone.
    if (!told || waiting.length > 0) return false;
    await store.audit.removeUpTo(end.seq);
    return true;
  };

  const prune = async () => {
    try {
      while (!closed) if (!(await pruneOnce())) break;
      if (head) log.info({ seq: head.seq, hash: head.hash }, 'audit: head of the chain');
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'The audit trail could not be cleaned up');
    }
    if (!closed) schedule(PRUNE_EVERY_MS);
  };
  const schedule = (milliseconds: number) => {
    cancelPrune = clock.setTimeout(() => void prune(), milliseconds);
  };
  schedule(AGAIN_MS);

  return {
    audit(made: AuditRecord) {
      const record = hideSecrets(made);
      logged(record);
      put(record);
      if (!closed) void start();
    },
    flush: start,
    async close() {
      closed = true;
      cancelPrune();
      await start();
      cancelRetry();
      if (head) log.info({ seq: head.seq, hash: head.hash }, 'audit: head of the chain');
    },
  };
};
