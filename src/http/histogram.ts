import type { Metric, Registry } from 'prom-client';

export interface HistogramOptions {
  name: string;
  help: string;
  labelNames: readonly string[];
  /** Upper bounds, ascending. */
  buckets: readonly number[];
  register: Registry;
}

export interface LabelledHistogram {
  /** Label values in the order of their names. */
  observe(values: readonly string[], amount: number): void;
}

interface Child {
  labels: Record<string, string>;
  /** Observations by bucket; one more for what is above all. */
  counts: number[];
  sum: number;
}

/** For every request: prom-client's own checks and sorts the labels at each observation, for ten times the time. */
export const createHistogram = (options: HistogramOptions): LabelledHistogram => {
  const { name, help, labelNames, buckets, register } = options;
  const children = new Map<string, Child>();

  const add = (key: string, values: readonly string[]): Child => {
    const labels = Object.fromEntries(labelNames.map((label, index) => [label, values[index] ?? '']));
    const child = { labels, counts: new Array<number>(buckets.length + 1).fill(0), sum: 0 };
    children.set(key, child);
    return child;
  };

  const samplesOf = ({ labels, counts, sum }: Child) => {
    let count = 0;
    const cumulative = counts.map((inBucket, index) => {
      count += inBucket;
      return { metricName: `${name}_bucket`, labels: { le: buckets[index] ?? '+Inf', ...labels }, value: count };
    });
    return [
      ...cumulative,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  };

  const get = () =>
    Promise.resolve({ name, help, type: 'histogram', values: [...children.values()].flatMap(samplesOf) });
  // A registry asks no more of a metric than this.
  register.registerMetric({ name, get } as unknown as Metric);

  return {
    observe(values, amount) {
      const key = values.join('\n');
      const child = children.get(key) ?? add(key, values);
      let bucket = 0;
      while (bucket < buckets.length && amount > (buckets[bucket] as number)) bucket += 1;
      child.counts[bucket] = (child.counts[bucket] as number) + 1;
      child.sum += amount;
    },
  };
};
