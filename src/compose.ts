import { Status } from './ami/actions/channel.ts';
import { type AmiClient, type AmiStatus, createAmiClient } from './ami/client.ts';
import type { Sender } from './ami/types.ts';
import { createLogAudit } from './auth/audit.ts';
import { createGuard } from './auth/guard.ts';
import type { Principal } from './auth/principal.ts';
import { createQuota } from './auth/quota.ts';
import type { Ownership } from './auth/rules/channel.ts';
import { holdsAny, type Scope } from './auth/scopes.ts';
import type { PbxConfig } from './config.ts';
import { createCallTracker, type CallTracker } from './events/calls.ts';
import type { GatewayEvent } from './events/event.ts';
import type { LiveChannel } from './events/call-follower.ts';
import { createWebhooks, type Webhooks } from './events/webhooks/webhooks.ts';
import { createMetrics, type Metrics } from './http/metrics.ts';
import type { Clock } from './lib/clock.ts';
import { GatewayError, isGatewayError, messageOf } from './lib/errors.ts';
import { matchesAnyGlob } from './lib/glob.ts';
import type { Log } from './lib/log.ts';
import { createDialplan } from './pbx/dialplan.ts';
import { createPbx, type Gateway } from './pbx/index.ts';
import type { Store } from './store/store.ts';

export interface ComposeOptions {
  pbx: readonly PbxConfig[];
  amiPoolSize: number;
  amiTimeoutMs: number;
  amiTlsCa?: string | undefined;
  store: Store;
  webhookAllowNetworks: readonly string[];
  clock: Clock;
  log: Log;
}

export interface Composition {
  gateway: Gateway;
  metrics: Metrics;
  store: Store;
  /** For what logs events: deliveriesFor before they are stored, wake after. */
  webhooks: Webhooks;
  /** Ends what follows the PBX, finishes what is in flight, logs off. */
  close(): Promise<void>;
  /** Drops every connection now. */
  destroy(): void;
}

interface Server {
  client: AmiClient;
  /** The pool, with each action timed. */
  sender: Sender;
  tracker: CallTracker;
  dialplanHas: ReturnType<typeof createDialplan>;
  ownership: Ownership;
  status: () => AmiStatus;
}

const timed = (sender: Sender, pbx: string, metrics: () => Metrics): Sender => ({
  async send(action, options) {
    const started = performance.now();
    let outcome = 'ok';
    try {
      return await sender.send(action, options);
    } catch (error) {
      outcome = isGatewayError(error) ? error.code : 'internal-error';
      throw error;
    } finally {
      metrics().amiAction(pbx, action.declaration.name, outcome, (performance.now() - started) / 1_000);
    }
  },
});

const liveChannels =
  (sender: Sender) =>
  async (uniqueId?: string): Promise<LiveChannel[]> => {
    try {
      const { items } = await sender.send(Status({ Channel: uniqueId }));
      return items.map((item) => ({
        uniqueId: item.get('Uniqueid') ?? '',
        name: item.get('Channel') ?? '',
        state: Number(item.get('ChannelState') ?? 0),
      }));
    } catch (error) {
      if (isGatewayError(error, 'no-such-channel')) return [];
      throw error;
    }
  };

/** A token that is narrowed to some channels, queues or contexts is shown no event at all: nothing judges them here. */
const seesEvent = ({ scopes, limits }: Principal, event: GatewayEvent): boolean =>
  holdsAny(
    scopes,
    event.class.map((name) => `read:${name}` as Scope),
  ) &&
  (!limits.pbx || matchesAnyGlob(event.pbx, limits.pbx)) &&
  [limits.channels, limits.queues, limits.contexts, limits.extensions, limits.own].every((limit) => limit === undefined); // prettier-ignore

const RESYNCHRONISE_AGAIN_MS = 2_000;
const DOUBT_MS = 1_000;

const startServer = (config: PbxConfig, options: ComposeOptions, metrics: () => Metrics): Server => {
  const { clock, log } = options;
  let connected = false;
  let cancelLook = () => {};
  const client = createAmiClient(
    {
      address: { host: config.host, port: config.port, tls: config.tls, caFile: options.amiTlsCa },
      username: config.username,
      secret: config.secret,
      poolSize: options.amiPoolSize,
      timeoutMs: options.amiTimeoutMs,
      clock,
      log,
    },
    {
      onEvent: (frame) => {
        tracker.onEvent(frame);
      },
      onConnected: () => {
        connected = true;
        resynchronise();
      },
      onDisconnected: () => {
        connected = false;
      },
      onDoubt: () => {
        // What follows the torn event is let in first; one look is enough for a whole burst.
        cancelLook();
        cancelLook = clock.setTimeout(() => {
          if (connected) resynchronise();
        }, DOUBT_MS);
      },
    },
  );
  // Until it has worked once, calls that ended unseen would stay open for ever.
  const resynchronise = () => {
    tracker.resynchronise().catch((error: unknown) => {
      log.warn({ pbx: config.name, reason: messageOf(error) }, 'Calls could not be resynchronised; trying again');
      clock.setTimeout(() => {
        if (connected) resynchronise();
      }, RESYNCHRONISE_AGAIN_MS);
    });
  };
  const sender = timed(client.sender, config.name, metrics);
  const tracker = createCallTracker({ pbx: config.name, clock, log, liveChannels: liveChannels(sender) });
  return {
    client,
    sender,
    tracker,
    dialplanHas: createDialplan({ sender, clock }),
    ownership: {
      owns: (sub, { uniqueId, linkedId }) => [uniqueId, linkedId].some((id) => tracker.ofChannel(id)?.owner === sub),
    },
    status: () => client.status,
  };
};

/** Connects everything. The pools are known here and nowhere else; all others get them behind the guard. */
export const compose = (options: ComposeOptions): Composition => {
  const { clock, log } = options;
  const servers = new Map<string, Server>();
  const names = options.pbx.map(({ name }) => name);
  const serverOf = (name: string): Server => {
    const server = servers.get(name);
    if (!server) throw new GatewayError('no-such-pbx', `The gateway has no server ${JSON.stringify(name)}`);
    return server;
  };
  const metrics = createMetrics({ names, status: (name) => serverOf(name).client.status });
  for (const config of options.pbx)
    servers.set(
      config.name,
      startServer(config, options, () => metrics),
    );

  const audit = createLogAudit(log);
  const quota = createQuota({
    clock,
    activeCalls: (sub) =>
      [...servers.values()]
        .flatMap(({ tracker }) => tracker.list())
        .filter((call) => call.owner === sub && call.status !== 'ended').length,
  });

  const webhooks = createWebhooks({
    store: options.store,
    clock,
    log,
    allowNetworks: options.webhookAllowNetworks,
    maySee: seesEvent,
    onDisabled: ({ fields }) => {
      log.warn(fields, 'A webhook was disabled');
    },
  });

  const gateway: Gateway = {
    names,
    open(name = names[0] ?? '', principal, context) {
      const { sender, tracker, dialplanHas, ownership, status } = serverOf(name);
      const guarded = createGuard({ sender, pbx: name, principal, context, ownership, quota, audit });
      return createPbx({ name, sender: guarded, principal, tracker, dialplanHas, status, clock, webhooks });
    },
    status: (name) => serverOf(name).client.status,
    locateCall: (id) => names.find((name) => serverOf(name).tracker.get(id) !== undefined),
  };

  return {
    gateway,
    metrics,
    store: options.store,
    webhooks,
    async close() {
      for (const { tracker } of servers.values()) tracker.close();
      await webhooks.close();
      await Promise.all([...servers.values()].map(({ client }) => client.close()));
    },
    destroy() {
      for (const { tracker, client } of servers.values()) {
        tracker.close();
        client.destroy();
      }
    },
  };
};
