import { decodeBytes } from '../lib/bytes.ts';
import { GatewayError } from '../lib/errors.ts';
import { Frame } from './frame.ts';

const END = Buffer.from('\r\n\r\n');
const CR = 13;

export interface Decoder {
  /** Takes bytes as they come and gives the frames they complete. Throws `ami-frame-too-large`. */
  push(chunk: Buffer): Frame[];
  /** Bytes held back because their frame is not complete. */
  readonly pendingBytes: number;
}

export interface DecoderOptions {
  /** Longest frame accepted, in bytes. Command and GetConfig put their whole output in one frame. */
  maxFrameBytes?: number;
}

/** AMI text to frames. Pure: no sockets, no timers. Feed it what follows the banner line. */
export const createDecoder = ({ maxFrameBytes = 16 * 1024 * 1024 }: DecoderOptions = {}): Decoder => {
  let held: Buffer = Buffer.alloc(0);
  let length = 0;

  const hold = (bytes: Buffer) => {
    if (length + bytes.length > maxFrameBytes) {
      throw new GatewayError('ami-frame-too-large', `AMI frame of more than ${maxFrameBytes} bytes`);
    }
    if (length + bytes.length > held.length) {
      const grown = Buffer.allocUnsafe(Math.max(1024, 2 * (length + bytes.length)));
      held.copy(grown, 0, 0, length);
      held = grown;
    }
    bytes.copy(held, length);
    length += bytes.length;
  };

  /** Offset behind the last complete frame. Looks only where an end can have become complete. */
  const completeUpTo = (data: Buffer, from: number): number => {
    const at = data.subarray(from).lastIndexOf(END);
    return at < 0 ? 0 : from + at + END.length;
  };

  return {
    push(chunk) {
      let data = chunk;
      let from = 0;
      if (length > 0) {
        from = Math.max(0, length - (END.length - 1));
        hold(chunk);
        data = held.subarray(0, length);
      }
      const end = completeUpTo(data, from);
      if (end === 0) {
        if (length === 0) hold(chunk);
        return [];
      }
      const text = decodeBytes(data.subarray(0, end));
      const rest = data.subarray(end);
      held = Buffer.alloc(0);
      length = 0;
      if (rest.length > 0) hold(rest);
      return splitFrames(text);
    },
    get pendingBytes() {
      return length;
    },
  };
};

const splitFrames = (text: string): Frame[] => {
  const frames: Frame[] = [];
  let at = 0;
  while (at < text.length) {
    // A blank line before any header is surplus: QueueRule sends one after its reply.
    if (text.startsWith('\r\n', at)) {
      at += 2;
      continue;
    }
    const end = text.indexOf('\r\n\r\n', at);
    frames.push(new Frame(text.slice(at, end)));
    at = end + 4;
  }
  return frames;
};

export interface Banner {
  /** AMI protocol version, such as `5.0.4` (Asterisk 16) or `11.0.0` (Asterisk 22). */
  version: string;
  rest: Buffer;
}

/** Reads the greeting line, the only one not followed by a blank line. Undefined while it is incomplete. */
export const readBanner = (bytes: Buffer): Banner | undefined => {
  const end = bytes.indexOf('\n');
  if (end < 0) {
    if (bytes.length > 200) throw new GatewayError('ami-not-asterisk', 'The server sent no AMI banner');
    return undefined;
  }
  const line = bytes.toString('latin1', 0, bytes[end - 1] === CR ? end - 1 : end);
  const match = /^Asterisk Call Manager\/(\S+)$/.exec(line);
  if (!match?.[1]) {
    throw new GatewayError(
      'ami-not-asterisk',
      `The server is not an Asterisk Manager: it said ${JSON.stringify(line.slice(0, 80))}`,
    );
  }
  return { version: match[1], rest: bytes.subarray(end + 1) };
};
