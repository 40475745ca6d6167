import { byteLength, isEncodable } from '../lib/bytes.ts';
import { GatewayError } from '../lib/errors.ts';

/** AMI reads at most 1022 bytes before CRLF; longer lines tear the message apart (16 and 22). */
export const MAX_LINE_BYTES = 1022;
/** AMI takes 128 headers an action, the Action line included (16 and 22). */
export const MAX_HEADERS = 128;

export type Header = readonly [name: string, value: string];

/** Nearly every value: one pass says that nothing is wrong with it. */
const PLAIN = /^[\x21-\x7e][\x20-\x7e]*$/;

const refuse = (code: string, header: string, message: string): never => {
  throw new GatewayError(code, message, { details: { header } });
};

const checkHeader = ([name, value]: Header): void => {
  // UserEvent takes underscores and digits, AOCMessage numbers such as `UnitAmount(0)`.
  if (!/^\w[\w-]*(?:\(\d{1,2}\))?$/.test(name)) {
    refuse('invalid-request', name.slice(0, 40), `${JSON.stringify(name.slice(0, 40))} is not an AMI header name`);
  }
  if (PLAIN.test(value) && name.length + 2 + value.length <= MAX_LINE_BYTES) return;
  if (/[\r\n\0]/.test(value)) {
    refuse('forbidden-character', name, `${name} holds a line break or NUL, which AMI cannot carry`);
  }
  if (value.startsWith(' ') || value.startsWith('\t')) {
    refuse('leading-blank', name, `${name} starts with a blank, which Asterisk would silently drop`);
  }
  if (!isEncodable(value)) refuse('forbidden-character', name, `${name} holds text that is not valid Unicode`);
  const length = name.length + 2 + byteLength(value);
  if (length > MAX_LINE_BYTES) {
    refuse('line-too-long', name, `${name} makes a line of ${length} bytes; AMI reads at most ${MAX_LINE_BYTES}`);
  }
};

/**
 * One action as text for the wire (see encodeText), Action and ActionID first.
 * Throws before anything is sent: `invalid-request`, `forbidden-character`, `leading-blank`, `line-too-long`, `too-many-headers`.
 */
export const encodeAction = (action: string, actionId: string, headers: readonly Header[]): string => {
  const all: Header[] = [['Action', action], ['ActionID', actionId], ...headers];
  if (all.length > MAX_HEADERS) {
    throw new GatewayError('too-many-headers', `${all.length} headers; AMI takes at most ${MAX_HEADERS} an action`);
  }
  let text = '';
  for (const header of all) {
    checkHeader(header);
    text += `${header[0]}: ${header[1]}\r\n`;
  }
  return `${text}\r\n`;
};
