/** One AMI message as the simulator reads it. Written apart from src/ami on purpose: see docs/adr/0005. */
export interface Message {
  /** Names as sent, values with leading blanks taken off. */
  headers: [name: string, value: string][];
  /** What Asterisk says of a message it cannot take. */
  fault: string | null;
}

const LONGEST_LINE = 1_022;
const MOST_HEADERS = 128;

/** First value under a name in any case; empty where absent. */
export const header = ({ headers }: Message, name: string): string =>
  headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1] ?? '';

export const headersNamed = ({ headers }: Message, name: string): string[] =>
  headers.filter(([known]) => known.toLowerCase() === name.toLowerCase()).map(([, value]) => value);

/** Bytes to messages. A bare LF ends a line too; a line over 1022 bytes spoils its message; NUL ends a value. */
export const createReader = (onMessage: (message: Message) => void) => {
  let rest: Buffer = Buffer.alloc(0);
  let headers: Message['headers'] = [];
  let count = 0;
  let fault: string | null = null;

  const takeLine = (line: Buffer) => {
    if (line.length > LONGEST_LINE) {
      fault ??= 'Failed to parse message: line too long';
      return;
    }
    if (line.length === 0) {
      onMessage({ headers, fault });
      headers = [];
      count = 0;
      fault = null;
      return;
    }
    count += 1;
    if (count > MOST_HEADERS) fault ??= 'Too many lines in message or allocation failure';
    const end = line.indexOf(0);
    const text = line.toString('utf8', 0, end < 0 ? line.length : end);
    const colon = text.indexOf(':');
    if (colon > 0 && count <= MOST_HEADERS) {
      headers.push([text.slice(0, colon), text.slice(colon + 1).replace(/^[ \t]+/, '')]);
    }
  };

  return (bytes: Buffer): void => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    let start = 0;
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10, start)) {
      const end = at > start && rest[at - 1] === 13 ? at - 1 : at;
      takeLine(rest.subarray(start, end));
      start = at + 1;
    }
    rest = rest.subarray(start);
  };
};

export type Fields = readonly (readonly [name: string, value: string | number])[];

/** One message to the client. Values go out as they are: Asterisk does not escape them either. */
export const format = (fields: Fields): string =>
  `${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
