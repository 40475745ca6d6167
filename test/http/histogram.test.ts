import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createHistogram } from '../../src/http/histogram.ts';

const NAME = 'seconds';
const HELP = 'Time it takes';
const BUCKETS = [0.001, 0.01, 0.1, 1];
const LABELS = ['operation', 'status'];

const observations = fc.array(
  fc.record({
    operation: fc.constantFrom('calls.create', 'a "quoted" one', 'line\nbreak'),
    status: fc.constantFrom('200', '404', ''),
    amount: fc.oneof(fc.constantFrom(0, ...BUCKETS, 2), fc.double({ min: 0, max: 3, noNaN: true })),
  }),
);

describe('histogram', () => {
  it('says what one of prom-client would say', async () => {
    await fc.assert(
      fc.asyncProperty(observations, async (all) => {
        const [register, theirs] = [new Registry(), new Registry()];
        const ours = createHistogram({ name: NAME, help: HELP, labelNames: LABELS, buckets: BUCKETS, register });
        const model = new Histogram({ name: NAME, help: HELP, labelNames: LABELS, buckets: BUCKETS, registers: [theirs] }); // prettier-ignore
        for (const { operation, status, amount } of all) {
          ours.observe([operation, status], amount);
          model.observe({ operation, status }, amount);
        }
        expect((await register.metrics()).split('\n').sort()).toEqual((await theirs.metrics()).split('\n').sort());
      }),
    );
  });
});
