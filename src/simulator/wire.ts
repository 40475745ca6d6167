import { decodeBytes, encodeText } from '../lib/bytes.ts';

/** One AMI message as the simulator reads it. Written apart from src/ami on purpose: see docs/adr/0005. */
export interface Message {
  /** Names as sent, values with leading blanks taken off. */
  headers: [name: string, value: string][];
  /** What Asterisk says of a message it cannot take. */
  fault: string | null;
}

/** Asterisk's input buffer; a full one without a line's end is thrown away but for its last byte. */
const BUFFER = 1_024;
const MOST_HEADERS = 128;

/** First value under a name in any case; empty where absent. */
export const header = ({ headers }: Message, name: string): string =>
  headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1] ?? '';

export const headersNamed = ({ headers }: Message, name: string): string[] =>
  headers.filter(([known]) => known.toLowerCase() === name.toLowerCase()).map(([, value]) => value);

/**
 * Bytes to messages. A bare LF ends a line too, and a NUL its text. A line that does not fit the buffer spoils its
 * message; as the last byte is kept, one of 1023 bytes (and multiples) leaves its CR, which LF makes a blank line.
 */
export const createReader = (onMessage: (message: Message) => void) => {
  let rest: Buffer = Buffer.alloc(0);
  let headers: Message['headers'] = [];
  let count = 0;
  let fault: string | null = null;

  const takeLine = (line: Buffer) => {
    const end = line.indexOf(0);
    const text = decodeBytes(end < 0 ? line : line.subarray(0, end));
    if (text === '') {
      onMessage({ headers, fault });
      headers = [];
      count = 0;
      fault = null;
      return;
    }
    count += 1;
    if (count > MOST_HEADERS) fault = 'Too many lines in message or allocation failure';
    const colon = text.indexOf(':');
    if (colon > 0 && count <= MOST_HEADERS) {
      // eslint-disable-next-line no-control-regex
      headers.push([text.slice(0, colon), text.slice(colon + 1).replace(/^[\x01-\x20]+/, '')]);
    }
  };

  return (bytes: Buffer): void => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    let start = 0;
    for (;;) {
      const at = rest.indexOf(10, start);
      const length = (at < 0 ? rest.length : at + 1) - start;
      if (length > BUFFER || (at < 0 && length === BUFFER)) {
        fault ??= 'Failed to parse message: line too long';
        start += BUFFER - 1;
        continue;
      }
      if (at < 0) break;
      takeLine(rest.subarray(start, at > start && rest[at - 1] === 13 ? at - 1 : at));
      start = at + 1;
    }
    rest = rest.subarray(start);
  };
};

export type Fields = readonly (readonly [name: string, value: string | number])[];

/** One message to the client. Values go out as they are: Asterisk does not escape them either. */
export const format = (fields: Fields): string =>
  `${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;

/** Text as it goes over the wire: what came as bytes that are no UTF-8 goes back as the same bytes. */
export const toWire = (text: string): string | Buffer => (text.isWellFormed() ? text : encodeText(text));
