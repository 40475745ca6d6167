import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock } from '../lib/clock.ts';
import { encodeText } from '../lib/bytes.ts';
import { GatewayError } from '../lib/errors.ts';
import { createIds } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import { Ping } from './actions/system.ts';
import { Challenge, Login, Logoff } from './actions/session.ts';
import { createDecoder, readBanner } from './decoder.ts';
import { encodeAction } from './encoder.ts';
import { unavailableError } from './errors.ts';
import type { Frame } from './frame.ts';
import { startHeartbeat } from './heartbeat.ts';
import { Pending } from './pending.ts';
import { type AmiAddress, openSocket } from './transport.ts';
import type { Action, Reply, Sender, SendOptions } from './types.ts';

/** Asterisk waits a second before it refuses a login. */
const REFUSAL_TAKES_MS = 3_000;

export interface ConnectionOptions {
  address: AmiAddress;
  username: string;
  secret: string;
  /** Mask of the events wanted: `off`, or classes such as `system,call`. */
  events: string;
  timeoutMs: number;
  maxListItems: number;
  clock: Clock;
  log: Log;
  onEvent: (frame: Frame) => void;
  /** Bytes came and were handled: there may be room for more work. */
  onProgress: () => void;
  /** Told once, whether it was closed or lost. */
  onClose: (error: GatewayError) => void;
}

/** One logged-in AMI session. Made by openConnection. */
export class Connection implements Sender {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #pending: Pending;
  readonly #decoder = createDecoder();
  readonly #nextId = createIds();
  #greeting: Buffer | undefined = Buffer.alloc(0);
  #greeted: (() => void) | undefined;
  #lastReceived: number;
  #outgoing = '';
  #closed = false;
  #stopHeartbeat = () => {};

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#lastReceived = options.clock.monotonic();
    this.#pending = new Pending(options);
    socket.on('data', (chunk: Buffer) => {
      this.#read(chunk);
    });
    socket.on('error', (error) => {
      this.destroy(unavailableError(`AMI connection failed: ${error.message}`, error));
    });
    socket.on('close', () => {
      this.destroy(unavailableError('Asterisk closed the AMI connection'));
    });
  }

  get inFlight(): number {
    return this.#pending.size;
  }

  /** False while a reply is overdue: nothing more is stacked behind an answer that may never come. */
  get usable(): boolean {
    return !this.#closed && this.#pending.overdue === 0;
  }

  /** Bytes leave at the end of this turn of the event loop: more can go with them in the same packet. */
  get flushing(): boolean {
    return this.#outgoing !== '';
  }

  send(
    { declaration, headers }: Action,
    { signal, timeoutMs = this.#options.timeoutMs }: SendOptions = {},
  ): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw unavailableError('The AMI connection is closed');
      signal?.throwIfAborted();
      const actionId = this.#nextId();
      const text = encodeAction(declaration.name, actionId, headers);
      this.#pending.add({ actionId, declaration, timeoutMs, resolve, reject });
      this.#write(text);
    });
  }

  /** Finishes what is in flight, says Logoff, closes. */
  async close(): Promise<void> {
    while (!this.#closed && this.#pending.size > 0) {
      await new Promise<void>((resolve) => {
        this.#options.clock.setTimeout(resolve, 10);
      });
    }
    this.#stopHeartbeat();
    if (!this.#closed) await this.send(Logoff({}), { timeoutMs: 1_000 }).catch(() => undefined);
    this.destroy(unavailableError('The AMI connection was closed'));
  }

  /** Closes now and fails what is in flight. */
  destroy(error: GatewayError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopHeartbeat();
    this.#socket.destroy();
    this.#pending.failAll(error);
    this.#options.onClose(error);
  }

  async login(): Promise<void> {
    const { clock, timeoutMs, username, secret, events } = this.#options;
    await new Promise<void>((resolve, reject) => {
      const cancel = clock.setTimeout(() => {
        reject(unavailableError(`Asterisk sent no greeting within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#greeted = () => {
        cancel();
        resolve();
      };
      this.#socket.once('close', () => {
        cancel();
        reject(unavailableError('Asterisk closed the connection before its greeting'));
      });
    });
    const { response } = await this.send(Challenge({ AuthType: 'MD5' }));
    const key = createHash('md5')
      .update(`${response.get('Challenge') ?? ''}${secret}`)
      .digest('hex');
    const patience = Math.max(timeoutMs, REFUSAL_TAKES_MS);
    await this.send(Login({ AuthType: 'MD5', Username: username, Key: key, Events: events }), { timeoutMs: patience });
    this.#startHeartbeat();
  }

  #startHeartbeat(): void {
    this.#stopHeartbeat = startHeartbeat(
      {
        lastReceived: () => this.#lastReceived,
        inFlight: () => this.#pending.size,
        overdue: () => this.#pending.overdue,
        ping: (timeoutMs) => this.send(Ping({}), { timeoutMs }),
        die: (reason) => {
          this.destroy(unavailableError(`The AMI peer is dead: ${reason}`));
        },
      },
      { clock: this.#options.clock },
    );
  }

  #write(text: string): void {
    const flushing = this.flushing;
    this.#outgoing += text;
    if (flushing) return;
    // One packet for all that one turn sends, whichever requests it comes from: a system call costs more than an action.
    setImmediate(() => {
      const all = this.#outgoing;
      this.#outgoing = '';
      if (!this.#closed) this.#socket.write(encodeText(all));
    });
  }

  #read(chunk: Buffer): void {
    if (this.#closed) return;
    this.#lastReceived = this.#options.clock.monotonic();
    try {
      const bytes = this.#greeting === undefined ? chunk : this.#greet(Buffer.concat([this.#greeting, chunk]));
      if (bytes) this.#pending.accept(this.#decoder.push(bytes));
    } catch (error) {
      const fault = error instanceof GatewayError ? error : unavailableError('AMI bytes could not be read', error);
      this.#options.log.warn({ code: fault.code, reason: fault.message }, 'AMI connection dropped');
      this.destroy(fault);
      return;
    }
    this.#options.onProgress();
  }

  #greet(bytes: Buffer): Buffer | undefined {
    const banner = readBanner(bytes);
    this.#greeting = banner ? undefined : bytes;
    if (!banner) return undefined;
    this.#greeted?.();
    return banner.rest;
  }
}

/** Connects and logs in. Rejects with `pbx-unavailable`, `ami-login-refused`, `ami-not-asterisk`. */
export const openConnection = async (options: ConnectionOptions): Promise<Connection> => {
  const socket = await openSocket(options.address, options.timeoutMs, options.clock);
  const connection = new Connection(socket, options);
  try {
    await connection.login();
  } catch (error) {
    const fault = error instanceof GatewayError ? error : unavailableError('AMI login failed', error);
    connection.destroy(fault);
    throw fault;
  }
  return connection;
};
