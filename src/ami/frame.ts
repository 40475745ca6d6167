/** One AMI message as received: headers in their order, some more than once. */
export class Frame {
  readonly #pairs: readonly string[];

  /** `pairs` alternates names and values. A line without a colon has the empty name. */
  constructor(pairs: readonly string[]) {
    this.#pairs = pairs;
  }

  /**
   * The first value under the name, whatever its case. The first occurrence is the only trustworthy one:
   * UserEvent and unescaped values let others append headers behind the genuine ones.
   */
  get(name: string): string | undefined {
    const pairs = this.#pairs;
    for (let index = 0; index < pairs.length; index += 2) {
      if (sameName(pairs[index] ?? '', name)) return pairs[index + 1];
    }
    return undefined;
  }

  /** Every value under the name, in order. */
  all(name: string): string[] {
    const values: string[] = [];
    const pairs = this.#pairs;
    for (let index = 0; index < pairs.length; index += 2) {
      if (sameName(pairs[index] ?? '', name)) values.push(pairs[index + 1] ?? '');
    }
    return values;
  }

  /** Headers in their order, as name and value. */
  *entries(): Generator<[string, string]> {
    const pairs = this.#pairs;
    for (let index = 0; index < pairs.length; index += 2) yield [pairs[index] ?? '', pairs[index + 1] ?? ''];
  }

  get size(): number {
    return this.#pairs.length / 2;
  }

  /** `Response`, `Event`, or neither (a forged or torn message). */
  get kind(): 'response' | 'event' | 'other' {
    const first = this.#pairs[0] ?? '';
    if (sameName(first, 'Event')) return 'event';
    return sameName(first, 'Response') ? 'response' : 'other';
  }

  get event(): string {
    return this.get('Event') ?? '';
  }

  get actionId(): string | undefined {
    return this.get('ActionID');
  }
}

const sameName = (a: string, b: string): boolean =>
  a === b || (a.length === b.length && a.toLowerCase() === b.toLowerCase());
