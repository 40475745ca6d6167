export interface Tally {
  perSecond: number;
  events: number;
  /** Events that carry a Uniqueid: shows that the events were read, and read alike. */
  withId: number;
}

/** Counts events; the clock starts after the first tenth, when the code is warm and the bytes flow. */
export const createTally = (total: number) => {
  const warm = Math.floor(total / 10);
  const done = Promise.withResolvers<Tally>();
  let events = 0;
  let withId = 0;
  let from = 0;
  return {
    done: done.promise,
    count(event: unknown, uniqueId: unknown): void {
      if (typeof event !== 'string' || event === '') throw new Error('An event without a name');
      events += 1;
      if (typeof uniqueId === 'string' && uniqueId !== '') withId += 1;
      if (events === warm) from = performance.now();
      if (events !== total) return;
      done.resolve({ perSecond: (total - warm) / ((performance.now() - from) / 1_000), events, withId });
    },
  };
};
