import { connect } from 'node:net';
import type { ContractServer } from '../lab/global-setup.ts';
import { eventually } from './asterisk.ts';

/** One message as it came: header lines in order, names as sent. */
export interface Frame {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly names: readonly string[];
  get(name: string): string | undefined;
  all(name: string): string[];
}

export interface RawAmi {
  readonly banner: string;
  /** Everything received since the banner. */
  readonly frames: readonly Frame[];
  readonly closed: boolean;
  write(bytes: string | Buffer): void;
  /** Sends an action with a fresh ActionID and returns its reply. */
  ask(action: string, headers?: Headers): Promise<Frame>;
  /** The same, with items and completion of a list. */
  list(action: string, headers?: Headers): Promise<Frame[]>;
  until(look: (frame: Frame) => boolean, timeoutMs?: number): Promise<Frame>;
  /** Replies only, once there are so many. */
  replies(count: number): Promise<Frame[]>;
  login(user: string, secret: string, headers?: Headers): Promise<Frame>;
  gone(timeoutMs?: number): Promise<void>;
  close(): void;
}

export type Headers = Readonly<Record<string, string | number | readonly string[]>>;

let asked = 0;

const parse = (text: string): Frame => {
  // Asterisk sends a surplus blank line now and then.
  const headers = text
    .replace(/^(?:\r\n)+/, '')
    .split('\r\n')
    .map((line): [string, string] => {
      const at = line.indexOf(':');
      return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1).replace(/^ /, '')];
    });
  return {
    headers,
    names: headers.map(([name]) => name),
    get: (name) => headers.find(([known]) => known === name)?.[1],
    all: (name) => headers.flatMap(([known, value]) => (known === name ? [value] : [])),
  };
};

export const encode = (action: string, headers: Headers): string => {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${name}: ${one}\r\n`),
  );
  return `Action: ${action}\r\n${lines.join('')}\r\n`;
};

/** A plain TCP client of the suite's own, which knows no more than frames. Written apart from src/ami on purpose. */
export const openAmi = async ({ amiPort }: Pick<ContractServer, 'amiPort'>): Promise<RawAmi> => {
  const socket = connect(amiPort, '127.0.0.1').setNoDelay(true).setEncoding('utf8');
  const frames: Frame[] = [];
  let banner = '';
  let rest = '';
  let closed = false;
  socket.on('error', () => {}).on('close', () => (closed = true));
  socket.on('data', (chunk: unknown) => {
    rest += String(chunk);
    if (banner === '') {
      const end = rest.indexOf('\r\n');
      if (end < 0) return;
      banner = rest.slice(0, end + 2);
      rest = rest.slice(end + 2);
    }
    const parts = rest.split('\r\n\r\n');
    rest = parts.pop() ?? '';
    for (const part of parts) frames.push(parse(part));
  });
  const wait = <T>(look: () => T | undefined | false, timeoutMs = 8_000): Promise<T> =>
    eventually(() => {
      const found = look();
      if (found === undefined || found === false) throw new Error(`Nothing of the kind among ${frames.length} frames`);
      return found;
    }, timeoutMs);
  await wait(() => banner !== '');

  const ami: RawAmi = {
    banner,
    frames,
    get closed() {
      return closed;
    },
    write: (bytes) => void socket.write(bytes),
    ask: async (action, headers = {}) => {
      const id = `ask-${(asked += 1)}`;
      ami.write(encode(action, { ActionID: id, ...headers }));
      return ami.until((frame) => frame.get('Response') !== undefined && frame.get('ActionID') === id);
    },
    list: async (action, headers) => {
      const reply = await ami.ask(action, headers);
      const id = reply.get('ActionID');
      if (reply.get('EventList') === undefined) return [reply];
      await ami.until((frame) => frame.get('EventList') === 'Complete' && frame.get('ActionID') === id);
      return frames.filter((frame) => frame.get('ActionID') === id);
    },
    until: (look, timeoutMs) => wait(() => frames.find(look), timeoutMs),
    replies: (count) =>
      wait(() => {
        const found = frames.filter((frame) => frame.get('Response') !== undefined);
        return found.length >= count && found;
      }),
    login: (user, secret, headers = {}) => ami.ask('Login', { Username: user, Secret: secret, ...headers }),
    gone: (timeoutMs) => wait(() => closed, timeoutMs).then(() => {}),
    close: () => socket.destroy(),
  };
  return ami;
};

/** Logged in as the user who may do everything. */
export const loggedIn = async (
  pbx: Pick<ContractServer, 'amiPort' | 'secret'>,
  headers: Headers = { Events: 'off' },
): Promise<RawAmi> => {
  const ami = await openAmi(pbx);
  const reply = await ami.login('gateway', pbx.secret, headers);
  if (reply.get('Response') !== 'Success') throw new Error('Login refused');
  return ami;
};
