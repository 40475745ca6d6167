import type { Socket } from 'node:net';
import type { Clock } from '../../lib/clock.ts';
import type { Afflictions, LineInfo } from './kinds.ts';
import { toWire } from '../wire.ts';
import { endsList, forged, garbage, isResponse, lengthen, spoilLogin, valueOf } from './mangle.ts';

export interface LineOptions {
  id: number;
  socket: Socket;
  faults: Afflictions;
  clock: Clock;
}

/** The wire between one client and its session, on which faults act. */
export interface Line extends LineInfo {
  /** Whoever takes what comes in. */
  onReceive: (bytes: Buffer) => void;
  /** One message, or the greeting, to the client. */
  send(text: string): void;
  /** The same past all faults that change messages. */
  sendRaw(bytes: Buffer | string): void;
  /** Stops listening, or goes on, as the faults that are on say. */
  refresh(): void;
  /** Gives out what was held back to be overtaken. */
  release(): void;
}

type Piece = { bytes: Buffer | string; at: number } | 'cut';

export const createLine = ({ id, socket, faults, clock }: LineOptions): Line => {
  const mute = faults.on('half-open', { id, user: '', authenticated: false, events: true }) !== undefined;
  const out: Piece[] = [];
  /** Actions received and not answered, by ActionID. */
  const asked = new Map<string, string>();
  let held = Buffer.alloc(0);
  let overtaken: string | undefined;
  let lastItem = '';
  let waiting = false;

  const pump = (): void => {
    waiting = false;
    while (out.length > 0) {
      if (!socket.writable || faults.on('freeze', line)) return;
      const [piece] = out;
      if (piece === undefined || piece === 'cut') {
        socket.destroySoon();
        return;
      }
      const early = piece.at - clock.now();
      if (early > 0) {
        waiting = true;
        clock.setTimeout(pump, early);
        return;
      }
      if (faults.on('byte-by-byte', line) && piece.bytes.length > 1) {
        const bytes = Buffer.from(typeof piece.bytes === 'string' ? toWire(piece.bytes) : piece.bytes);
        socket.write(bytes.subarray(0, 1));
        piece.bytes = bytes.subarray(1);
        waiting = true;
        setImmediate(pump);
        return;
      }
      out.shift();
      socket.write(typeof piece.bytes === 'string' ? toWire(piece.bytes) : piece.bytes);
    }
  };

  const push = (piece: Piece) => {
    out.push(piece);
    if (!waiting) pump();
  };

  /** Holds a reply back, or gives out the one held back behind it. */
  const inOrder = (text: string, action: string): string[] => {
    if (overtaken === undefined && faults.strike('reply-out-of-order', line, action)) {
      overtaken = text;
      return [];
    }
    const late = overtaken === undefined ? [] : [overtaken];
    overtaken = undefined;
    return [text, ...late];
  };

  const reply = (text: string) => {
    const actionId = valueOf(text, 'ActionID');
    const action = asked.get(actionId) ?? '';
    asked.delete(actionId);
    lastItem = '';
    if (text.includes('Authentication accepted')) line.authenticated = true;
    const at = clock.now() + (faults.on('delay', line)?.ms ?? 0);
    const put = (bytes: Buffer | string) => {
      push({ bytes, at });
    };
    if (faults.strike('cut-before-reply', line, action)) push('cut');
    else if (faults.strike('cut-mid-frame', line, action)) {
      put(text.slice(0, Math.ceil(text.length / 2)));
      push('cut');
    } else {
      const spoiled = faults.strike('garbage', line, action);
      if (spoiled) put(garbage(spoiled.bytes));
      const twice = faults.strike('duplicate-reply', line, action) ? text : '';
      const forgery = faults.strike('forged-frames', line, action);
      put(inOrder(text, action).join('') + twice + (forgery ? forged(forgery.frame) : ''));
    }
  };

  const take = (message: Buffer) => {
    const text = message.toString('latin1');
    const action = valueOf(text, 'Action');
    const login = action.toLowerCase() === 'login';
    if (login) {
      line.user = valueOf(text, 'Username');
      line.events = !/^off$/i.test(valueOf(text, 'Events'));
    }
    if (faults.strike('cut-after-write', line, action)) {
      socket.destroy();
      return;
    }
    const actionId = valueOf(text, 'ActionID');
    if (faults.any && actionId !== '') asked.set(actionId, action);
    const refused = login && faults.on('login-refused', line);
    line.onReceive(refused ? Buffer.from(spoilLogin(text), 'latin1') : message);
  };

  socket.on('data', (chunk: Buffer) => {
    if (mute) return;
    if (!faults.any && line.authenticated && held.length === 0) {
      asked.clear();
      line.onReceive(chunk);
      return;
    }
    held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk]);
    for (let end = endOfMessage(held); end > 0 && !socket.destroyed; end = endOfMessage(held)) {
      const message = held.subarray(0, end);
      held = held.subarray(end);
      take(message);
    }
  });

  const line: Omit<Line, keyof LineInfo> & { -readonly [K in keyof LineInfo]: LineInfo[K] } = {
    id,
    user: '',
    authenticated: false,
    events: true,
    onReceive: () => {},
    send(text) {
      if (mute) return;
      if (!faults.any && line.authenticated && out.length === 0 && overtaken === undefined) {
        if (socket.writable) socket.write(toWire(text));
      } else if (isResponse(text)) reply(text);
      else if (endsList(text)) {
        const action = valueOf(text, 'Event');
        const long = faults.strike('long-list', line, action);
        for (const bytes of long ? lengthen(lastItem, text, long.bytes) : [text]) push({ bytes, at: 0 });
      } else {
        if (text.includes('\r\nActionID: ')) lastItem = text;
        push({ bytes: text, at: 0 });
      }
    },
    sendRaw(bytes) {
      if (!mute) push({ bytes, at: 0 });
    },
    refresh() {
      if (faults.on('freeze', line)) socket.pause();
      else socket.resume();
      if (!waiting) pump();
    },
    release() {
      if (overtaken === undefined) return;
      push({ bytes: overtaken, at: 0 });
      overtaken = undefined;
    },
  };
  return line;
};

/** Where the first message of these bytes ends, whichever way its lines end; 0 where it is not complete. */
const endOfMessage = (bytes: Buffer): number => {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return at + 2;
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return at + 3;
  }
  return 0;
};
