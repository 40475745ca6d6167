import type { Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import { type Log, withoutRepeats } from '../lib/log.ts';
import { type Connection, openConnection } from './connection.ts';
import { discover } from './discovery.ts';
import { desyncError, unavailableError } from './errors.ts';
import type { Frame } from './frame.ts';
import { createPool, type PoolFigures } from './pool.ts';
import { type Supervisor, superviseConnection } from './supervisor.ts';
import type { AmiAddress } from './transport.ts';
import type { Capabilities, Sender } from './types.ts';

export interface AmiClientOptions {
  address: AmiAddress;
  username: string;
  secret: string;
  poolSize: number;
  timeoutMs: number;
  slowTimeoutMs?: number;
  maxInFlight?: number;
  maxQueue?: number;
  maxListItems?: number;
  /** How long to wait for FullyBooted, which an account without read=system never gets. */
  bootGraceMs?: number;
  /** Told how each action ended, by `ok` or an error's code, and how many seconds it took. */
  onOutcome?: (action: string, outcome: string, seconds: number) => void;
  clock: Clock;
  log: Log;
}

/** What follows a PBX's events. `onConnected` comes when events flow and actions can be sent. */
export interface EventListener {
  onEvent(frame: Frame): void;
  /** An event of a class whose text others write, unescaped: what comes here may be forged. */
  onUntrustedEvent(frame: Frame): void;
  onConnected(): void;
  onDisconnected(): void;
  /** Something came that was no event: one may have been missed. */
  onDoubt(): void;
}

export interface AmiStatus {
  state: 'ready' | 'booting' | 'disconnected';
  pool: PoolFigures;
  eventConnection: boolean;
  /** Messages that were neither a reply nor an event; on an action connection each cost the connection. */
  unexpectedFrames: number;
  /** When Asterisk started, in milliseconds since the epoch. Null until it has told, which needs read=system. */
  startedAt: number | null;
  lastError: string | null;
  capabilities: Capabilities | null;
}

export interface AmiClient {
  readonly sender: Sender;
  readonly status: AmiStatus;
  close(): Promise<void>;
  destroy(): void;
}

const TRUSTED = 'system,call,agent,cdr,dtmf,cc,aoc,security,reporting,message';
/** A line break in a dialplan application's data or a UserEvent ends the event, and what follows it looks like another. */
const UNTRUSTED = 'dialplan,user,agi';

/** All connections to one Asterisk: the pool for actions and two connections for events. */
export const createAmiClient = (options: AmiClientOptions, listener: EventListener): AmiClient => {
  const { clock } = options;
  const log = withoutRepeats(options.log, clock.now);
  let unexpectedFrames = 0;
  let capabilities: Capabilities | null = null;
  /** Questions of what this Asterisk can do that are not answered yet. */
  let discovering = 0;
  let booted = false;
  let toldReady = false;
  let announced = false;
  let startedAt: number | null = null;
  let cancelBootGrace = () => {};

  const connect = (
    events: string,
    handlers: Pick<Parameters<typeof openConnection>[0], 'onEvent' | 'onProgress' | 'onClose'>,
  ): Promise<Connection> =>
    openConnection({
      address: options.address,
      username: options.username,
      secret: options.secret,
      timeoutMs: options.timeoutMs,
      maxListItems: options.maxListItems ?? 100_000,
      clock,
      log,
      events,
      ...handlers,
    });

  /** Whether all events flow: with one of the two connections gone, some happen unheard. */
  const eventsUp = () => [trustedLane, untrustedLane].every(({ connection }) => connection !== undefined);

  const announce = () => {
    if (announced || !eventsUp() || pool.figures.open === 0) return;
    announced = true;
    listener.onConnected();
  };

  const refreshCapabilities = async () => {
    // Asked as soon as there is a connection.
    if (pool.figures.open === 0) return;
    discovering += 1;
    try {
      capabilities = await discover(pool);
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'Cannot tell what this Asterisk can do');
    }
    discovering -= 1;
    if (!booted || discovering > 0 || toldReady) return;
    toldReady = true;
    log.info({ asterisk: capabilities?.release }, 'Asterisk is connected and fully booted');
  };

  const stateNow = (): AmiStatus['state'] => {
    if (pool.figures.open === 0 || !eventsUp()) return 'disconnected';
    return booted && discovering === 0 ? 'ready' : 'booting';
  };

  const pool = createPool({
    size: options.poolSize,
    maxInFlight: options.maxInFlight ?? 32,
    maxQueue: options.maxQueue ?? 1_000,
    timeoutMs: options.timeoutMs,
    slowTimeoutMs: options.slowTimeoutMs ?? 30_000,
    onOutcome: options.onOutcome,
    open: ({ onClose, onProgress }) =>
      connect('off', {
        onClose: (error) => {
          if (error.code === 'ami-desync') unexpectedFrames += 1;
          onClose(error);
        },
        onProgress,
        onEvent: () => {
          throw desyncError('a message on a connection that asked for no events');
        },
      }),
    onUp: () => {
      for (const lane of [trustedLane, untrustedLane]) lane.retryNow();
      announce();
      void refreshCapabilities();
    },
    clock,
    log,
  });

  const setBooted = (uptime?: string) => {
    cancelBootGrace();
    if (uptime !== undefined) startedAt = clock.now() - Number(uptime) * 1_000;
    if (booted) return;
    booted = true;
    void refreshCapabilities();
  };

  const superviseEvents = (
    classes: string,
    onEvent: (frame: Frame) => void,
    { onUp = () => {}, onDown = () => {} } = {},
  ): Supervisor =>
    superviseConnection({
      open: (onClose) => connect(classes, { onClose, onProgress: () => {}, onEvent }),
      onUp: () => {
        pool.retryNow();
        for (const lane of [trustedLane, untrustedLane]) lane.retryNow();
        onUp();
        announce();
      },
      onDown: () => {
        onDown();
        if (announced) listener.onDisconnected();
        announced = false;
      },
      clock,
      log,
    });

  const trustedLane = superviseEvents(
    TRUSTED,
    (frame) => {
      // Torn by a value with blank lines, or garbled: whatever it was, an event may have been lost with it.
      if (frame.kind !== 'event') {
        unexpectedFrames += 1;
        listener.onDoubt();
        return;
      }
      if (frame.event === 'FullyBooted') setBooted(frame.get('Uptime'));
      listener.onEvent(frame);
    },
    {
      onUp() {
        if (booted) return;
        cancelBootGrace = clock.setTimeout(() => {
          log.warn({}, 'No FullyBooted event: does the AMI account have read=system? Taking Asterisk as booted');
          setBooted();
        }, options.bootGraceMs ?? 10_000);
      },
      onDown() {
        booted = false;
        toldReady = false;
        cancelBootGrace();
      },
    },
  );

  const untrustedLane = superviseEvents(UNTRUSTED, (frame) => {
    if (frame.kind === 'event') listener.onUntrustedEvent(frame);
  });

  return {
    sender: pool,
    get status(): AmiStatus {
      const state = stateNow();
      const connected = state !== 'disconnected';
      return {
        state,
        pool: pool.figures,
        eventConnection: eventsUp(),
        unexpectedFrames,
        startedAt: connected ? startedAt : null,
        lastError: connected ? null : (pool.lastError ?? trustedLane.lastError ?? untrustedLane.lastError),
        capabilities,
      };
    },
    async close() {
      cancelBootGrace();
      await Promise.all([pool.close(), trustedLane.close(), untrustedLane.close()]);
    },
    destroy() {
      cancelBootGrace();
      pool.destroy();
      for (const lane of [trustedLane, untrustedLane]) lane.destroy(unavailableError('The gateway is shutting down'));
    },
  };
};
