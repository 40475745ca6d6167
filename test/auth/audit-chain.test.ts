import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkTo, PRUNE, verifyChain } from '../../src/auth/audit-chain.ts';
import type { StoredAudit } from '../../src/store/store.ts';
import { createMemoryStore } from '../../src/store/open.ts';

const chainOf = (bodies: readonly string[]): StoredAudit[] => {
  const links: StoredAudit[] = [];
  for (const body of bodies) links.push(linkTo(links.at(-1), body));
  return links;
};
const verify = async (links: readonly StoredAudit[], known?: { seq: number; hash: string }) => {
  const store = createMemoryStore();
  await store.audit.append(links);
  return verifyChain(store, known);
};
const record = (more: object = {}) => JSON.stringify({ at: 1, operation: 'calls.place', ...more });
const chain = fc.array(fc.dictionary(fc.string(), fc.string()).map(record), { minLength: 2, maxLength: 30 }).map(chainOf); // prettier-ignore
const headOf = (links: readonly StoredAudit[]) => ({ seq: links.at(-1)!.seq, hash: links.at(-1)!.hash });

describe('the audit chain', () => {
  it('is whole as it was written, and empty where nothing was', async () => {
    await fc.assert(
      fc.asyncProperty(chain, async (links) => {
        expect(await verify(links, headOf(links))).toEqual({ records: links.length, first: 1, head: headOf(links), faults: [] }); // prettier-ignore
      }),
      { numRuns: 50 },
    );
    expect(await verify([])).toEqual({ records: 0, first: null, head: null, faults: [] });
  });

  it('shows whatever is changed in it, taken from within, or put in', async () => {
    const tampering = fc.record({ chain, at: fc.nat(), how: fc.constantFrom('body', 'hash', 'previous', 'remove', 'rewrite', 'swap') }); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(tampering, async ({ chain: links, at, how }) => {
        const index = at % (links.length - 1);
        const one = links[index]!;
        const next = links[index + 1]!;
        const changed = links.map((link) => ({ ...link }));
        if (how === 'body') changed[index] = { ...one, body: record({ forged: 'yes' }) };
        else if (how === 'hash') changed[index] = { ...one, hash: 'f'.repeat(64) };
        else if (how === 'previous') changed[index] = { ...one, previous: 'f'.repeat(64) };
        else if (how === 'remove') changed.splice(index, 1);
        else if (how === 'rewrite') changed[index] = { ...linkTo(links[index - 1], record({ forged: 'yes' })) };
        else if (one.body === next.body) return;
        else
          [changed[index], changed[index + 1]] = [
            { ...one, body: next.body },
            { ...next, body: one.body },
          ];
        expect((await verify(changed)).faults).not.toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('shows what was cut off at its end only to who knows a head', async () => {
    const links = chainOf([record(), record(), record()]);
    expect((await verify(links.slice(0, 2))).faults).toEqual([]);
    expect((await verify(links.slice(0, 2), headOf(links))).faults).toMatchObject([{ seq: 3 }]);
    const other = chainOf([record(), record(), record({ other: true })]);
    expect((await verify(other, headOf(links))).faults).toMatchObject([{ seq: 3 }]);
  });

  it('may begin later where a record says that the earlier ones were removed', async () => {
    const old = chainOf([record(), record(), record()]);
    const end = headOf(old.slice(0, 2));
    const pruned = [...old, linkTo(old[2], record({ operation: PRUNE, pruned: end }))];
    expect((await verify(pruned.slice(2))).faults).toEqual([]);
    expect((await verify(pruned.slice(3))).faults).toMatchObject([{ seq: 4 }]);
    expect((await verify(old.slice(1))).faults).toMatchObject([{ seq: 2 }]);
    const forged = [...old, linkTo(old[2], record({ operation: PRUNE, pruned: { ...end, hash: 'f'.repeat(64) } }))];
    expect((await verify(forged.slice(2))).faults).toMatchObject([{ seq: 3 }]);
  });
});
