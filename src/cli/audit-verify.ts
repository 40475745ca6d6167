import { existsSync } from 'node:fs';
import { type Head, verifyChain } from '../auth/audit-chain.ts';
import { DEFAULT_STORE_URL, processEnvironment } from '../config.ts';
import { GatewayError } from '../lib/errors.ts';
import { fileOf } from '../store/open.ts';
import { createSqliteStore } from '../store/sqlite/store.ts';

const parseHead = (text: string | undefined): Head | undefined => {
  if (text === undefined) return undefined;
  const [, seq, hash] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined)
    throw new GatewayError('invalid-request', '--head takes the number and hash of a record, as 42:9f86d0…');
  return { seq: Number(seq), hash };
};

/** Prints what was found; the exit status is 1 where the trail is not whole. */
export const verifyAudit = async (options: { store?: string; head?: string }): Promise<void> => {
  const known = parseHead(options.head);
  const url = options.store ?? processEnvironment()['STORE_URL'] ?? DEFAULT_STORE_URL;
  const file = fileOf(url);
  // Opening it would make it.
  if (!existsSync(file)) throw new GatewayError('store-unavailable', `There is no store at ${url}`);
  const store = createSqliteStore(file);
  try {
    const { records, first, head, faults } = await verifyChain(store, known);
    for (const { seq, what } of faults) console.log(`record ${seq}: ${what}`);
    if (head) console.log(`${records} records, ${first} to ${head.seq}; the last is ${head.seq}:${head.hash}`);
    else console.log('The trail is empty');
    console.log(faults.length === 0 ? 'The trail is whole.' : 'The trail is NOT whole.');
    if (faults.length > 0) process.exitCode = 1;
  } finally {
    await store.close();
  }
};
