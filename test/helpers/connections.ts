import type { Connection } from '../../src/ami/connection.ts';
import { lostError } from '../../src/ami/errors.ts';
import type { Action, Reply, SendOptions } from '../../src/ami/types.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { reply } from './doubles.ts';

interface Sent {
  action: Action;
  options: SendOptions | undefined;
  resolve: (reply: Reply) => void;
  reject: (error: unknown) => void;
}

export interface Handlers {
  onClose: (error: GatewayError) => void;
  onProgress?: () => void;
}

/** Plays a logged-in connection: keeps what is sent until the test answers. */
export class FakeConnection {
  readonly waiting: Sent[] = [];
  readonly sent: Action[] = [];
  usable = true;
  closed = false;
  readonly #handlers: Handlers;

  constructor(handlers: Handlers) {
    this.#handlers = handlers;
  }

  get inFlight(): number {
    return this.waiting.length;
  }

  send(action: Action, options?: SendOptions): Promise<Reply> {
    this.sent.push(action);
    return new Promise((resolve, reject) => this.waiting.push({ action, options, resolve, reject }));
  }

  answer(): void {
    this.waiting.shift()?.resolve(reply());
    this.#handlers.onProgress?.();
  }

  /** As a real one: fails what is in flight, then tells. */
  destroy(error: GatewayError): void {
    if (this.closed) return;
    this.closed = true;
    this.usable = false;
    for (const { action, reject } of this.waiting.splice(0)) {
      reject(lostError(action.declaration.name, action.declaration.changes, error));
    }
    this.#handlers.onClose(error);
  }

  lose(): void {
    this.destroy(new GatewayError('pbx-unavailable', 'cut'));
  }

  close(): Promise<void> {
    while (this.waiting.length > 0) this.answer();
    this.destroy(new GatewayError('pbx-unavailable', 'closed'));
    return Promise.resolve();
  }

  /** The one cast: a class with private fields cannot be imitated by shape. */
  get asConnection(): Connection {
    return this as unknown as Connection;
  }
}
