import { createHash } from 'node:crypto';
import type { Store, StoredAudit } from '../store/store.ts';

/** Stands before the first link. */
export const GENESIS = '0'.repeat(64);
/** Operation of the record that says how far older ones were removed. */
export const PRUNE = 'audit.prune';

export const hashOf = (previous: string, seq: number, body: string): string =>
  createHash('sha256').update(`${previous}\n${seq}\n${body}`).digest('hex');

/** The next link behind one, or the first. */
export const linkTo = (last: Pick<StoredAudit, 'seq' | 'hash'> | undefined, body: string): StoredAudit => {
  const seq = (last?.seq ?? 0) + 1;
  const previous = last?.hash ?? GENESIS;
  return { seq, previous, hash: hashOf(previous, seq, body), body };
};

export interface Head {
  seq: number;
  hash: string;
}

export interface Verification {
  /** Records looked at. */
  records: number;
  first: number | null;
  head: Head | null;
  /** What is not as it was written; none where the chain is whole. */
  faults: { seq: number; what: string }[];
}

const PAGE = 1_000;
const MOST_FAULTS = 100;

const prunedIn = (body: string): Head | undefined => {
  try {
    const { operation, pruned } = JSON.parse(body) as { operation?: string; pruned?: Head };
    return operation === PRUNE ? pruned : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Reads the whole chain. Links changed, removed from between, put in, or removed from the beginning without a record of
 * it are found; links cut off at the end only where a head known from elsewhere is given.
 */
export const verifyChain = async (store: Pick<Store, 'audit'>, known?: Head): Promise<Verification> => {
  const faults: Verification['faults'] = [];
  const fault = (seq: number, what: string) => {
    if (faults.length < MOST_FAULTS) faults.push({ seq, what });
  };
  let first: StoredAudit | undefined;
  let head: Head | null = null;
  let records = 0;
  const removed: Head[] = [];
  for (;;) {
    const page = await store.audit.after(head?.seq ?? -1, PAGE);
    if (page.length === 0) break;
    for (const link of page) {
      first ??= link;
      records += 1;
      if (head && link.seq !== head.seq + 1)
        fault(link.seq, `${link.seq - head.seq - 1} records before it are missing`);
      else if (head && link.previous !== head.hash) fault(link.seq, 'it does not follow the one before');
      if (hashOf(link.previous, link.seq, link.body) !== link.hash) fault(link.seq, 'its contents were changed');
      if (known?.seq === link.seq && known.hash !== link.hash)
        fault(link.seq, 'it is another than the head that is known');
      const pruned = prunedIn(link.body);
      if (pruned) removed.push(pruned);
      head = { seq: link.seq, hash: link.hash };
    }
  }
  if (first && first.previous !== GENESIS) {
    const { seq, previous } = first;
    if (!removed.some((end) => end.seq === seq - 1 && end.hash === previous)) fault(seq, 'what was before it is gone, and no record says that it was removed'); // prettier-ignore
  } else if (first && first.seq !== 1) fault(first.seq, 'it is not the first');
  if (known && known.seq > (head?.seq ?? 0)) fault(known.seq, 'the head that is known is gone: records were cut off');
  if (known && first && known.seq < first.seq) fault(known.seq, 'the head that is known was removed as too old');
  return { records, first: first?.seq ?? null, head, faults };
};
