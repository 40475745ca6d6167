/** So many headers are searched for in the text; a frame of which more is wanted is taken apart. */
const CHEAP_READS = 3;
const COLON = 58;
const SPACE = 32;

/** One AMI message as received: headers in their order, some more than once. */
export class Frame {
  readonly #text: string;
  #pairs: string[] | null = null;
  #reads = 0;

  /** Lines parted by CR LF, without the blank one at the end. */
  constructor(text: string) {
    this.#text = text;
  }

  /** Names and values in turn. A line without a colon has the empty name. */
  #all(): readonly string[] {
    if (this.#pairs) return this.#pairs;
    const pairs: string[] = [];
    const text = this.#text;
    let colon = -1;
    for (let at = 0; at < text.length;) {
      const found = text.indexOf('\r\n', at);
      const end = found < 0 ? text.length : found;
      // Searched once per colon, not once per line: lines without a colon must not cost a scan each.
      if (colon < at) {
        colon = text.indexOf(':', at);
        if (colon < 0) colon = Infinity;
      }
      if (colon < end) pairs.push(text.slice(at, colon), valueAt(text, colon + 1, end));
      else pairs.push('', text.slice(at, end));
      at = end + 2;
    }
    this.#pairs = pairs;
    return pairs;
  }

  /**
   * The first value under the name, whatever its case. The first occurrence is the only trustworthy one:
   * UserEvent and unescaped values let others append headers behind the genuine ones.
   */
  get(name: string): string | undefined {
    if (this.#reads < CHEAP_READS) {
      this.#reads += 1;
      return search(this.#text, name);
    }
    const pairs = this.#all();
    for (let index = 0; index < pairs.length; index += 2) {
      if (sameName(pairs[index] ?? '', name)) return pairs[index + 1];
    }
    return undefined;
  }

  /** Every value under the name, in order. */
  all(name: string): string[] {
    const values: string[] = [];
    const pairs = this.#all();
    for (let index = 0; index < pairs.length; index += 2) {
      if (sameName(pairs[index] ?? '', name)) values.push(pairs[index + 1] ?? '');
    }
    return values;
  }

  /** Headers in their order. */
  each(visit: (name: string, value: string) => void): void {
    const pairs = this.#all();
    for (let index = 0; index < pairs.length; index += 2) visit(pairs[index] ?? '', pairs[index + 1] ?? '');
  }

  /** Headers in their order, as name and value. */
  *entries(): Generator<[string, string]> {
    const pairs = this.#all();
    for (let index = 0; index < pairs.length; index += 2) yield [pairs[index] ?? '', pairs[index + 1] ?? ''];
  }

  /** Name of the last header, empty where its line has no colon. Cheap: nothing is taken apart for it. */
  get lastName(): string {
    const end = this.#text.lastIndexOf('\r\n');
    const start = end < 0 ? 0 : end + 2;
    const colon = this.#text.indexOf(':', start);
    return colon < 0 ? '' : this.#text.slice(start, colon);
  }

  /** Messages that were sent without a blank line between them: each begins with a header of the name. */
  partedAt(name: string): Frame[] {
    return this.#text.split(new RegExp(`\\r\\n(?=${name}:)`, 'i')).map((text) => new Frame(text));
  }

  get size(): number {
    return this.#all().length / 2;
  }

  /** `Response`, `Event`, or neither (a forged or torn message). */
  get kind(): 'response' | 'event' | 'other' {
    if (isNamed(this.#text, 0, 'Event')) return 'event';
    return isNamed(this.#text, 0, 'Response') ? 'response' : 'other';
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

const isNamed = (text: string, at: number, name: string): boolean =>
  text.charCodeAt(at + name.length) === COLON &&
  (text.startsWith(name, at) || sameName(text.slice(at, at + name.length), name));

const valueAt = (text: string, at: number, end: number): string =>
  text.slice(at < end && text.charCodeAt(at) === SPACE ? at + 1 : at, end);

const search = (text: string, name: string): string | undefined => {
  for (let at = 0; at < text.length;) {
    const found = text.indexOf('\r\n', at);
    const end = found < 0 ? text.length : found;
    if (at + name.length < end && isNamed(text, at, name)) return valueAt(text, at + name.length + 1, end);
    at = end + 2;
  }
  return undefined;
};
