import { isAscii, isUtf8 } from 'node:buffer';

// Bytes that are not UTF-8 travel as lone surrogates U+DC80..U+DCFF (as in Python's surrogateescape),
// so that they can be told apart from real text and go back to Asterisk as the bytes they were.
const ESCAPE = 0xdc00;

const sequenceLength = (lead: number): number => {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
};

const decodeMixed = (bytes: Buffer): string => {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    const length = byte < 0x80 ? 1 : sequenceLength(byte);
    const part = bytes.subarray(at, at + length);
    if (length > 0 && part.length === length && isUtf8(part)) {
      text += part.toString('utf8');
      at += length;
    } else {
      text += String.fromCharCode(ESCAPE + byte);
      at += 1;
    }
  }
  return text;
};

/** UTF-8 to text; bytes that are not UTF-8 stay distinguishable. */
export const decodeBytes = (bytes: Buffer): string => {
  if (isAscii(bytes)) return bytes.toString('latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : decodeMixed(bytes);
};

/** The reverse of decodeBytes. Other lone surrogates cannot be encoded; callers refuse them first. */
export const encodeText = (text: string): Buffer => {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    parts.push(isEscapedByte(code) ? Buffer.of(code - ESCAPE) : Buffer.from(character, 'utf8'));
  }
  return Buffer.concat(parts);
};

const isEscapedByte = (code: number): boolean => code >= 0xdc80 && code <= 0xdcff;

/** True where every character can reach Asterisk unchanged. */
export const isEncodable = (text: string): boolean => {
  if (text.isWellFormed()) return true;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xd800 && code <= 0xdfff && !isEscapedByte(code)) return false;
  }
  return true;
};

/** Length in bytes as it will be on the wire. */
export const byteLength = (text: string): number =>
  text.isWellFormed() ? Buffer.byteLength(text, 'utf8') : encodeText(text).length;
