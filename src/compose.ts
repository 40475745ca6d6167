import { Status } from './ami/actions/channel.ts';
import { type AmiClient, type AmiStatus, createAmiClient } from './ami/client.ts';
import type { Sender } from './ami/types.ts';
import type { Audit } from './auth/audit.ts';
import { createAuditTrail } from './auth/audit-trail.ts';
import { createGuard } from './auth/guard.ts';
import { maySeeEvent } from './auth/rules/event.ts';
import { createQuota } from './auth/quota.ts';
import type { Ownership } from './auth/rules/channel.ts';
import type { PbxConfig } from './config.ts';
import type { LiveChannel } from './events/call-follower.ts';
import { createEventHub, type EventHub } from './events/hub.ts';
import { createJournal, type Journal } from './events/journal.ts';
import { createWebhooks, type Webhooks } from './events/webhooks/webhooks.ts';
import { createMetrics, type Metrics } from './http/metrics.ts';
import type { Clock } from './lib/clock.ts';
import { GatewayError, isGatewayError } from './lib/errors.ts';
import type { Log } from './lib/log.ts';
import { createTurns, type Turns } from './lib/turns.ts';
import { createDocumentation } from './pbx/actions.ts';
import { createDialplan } from './pbx/dialplan.ts';
import { newCallId } from './pbx/calls.ts';
import { listCalls } from './events/call-view.ts';
import { createPbx, type Gateway } from './pbx/index.ts';
import { createKeeper, type Keeper } from './store/keeper.ts';
import { startRetention } from './store/retention.ts';
import type { Store } from './store/store.ts';

export interface ComposeOptions {
  pbx: readonly PbxConfig[];
  amiPoolSize: number;
  amiTimeoutMs: number;
  amiTlsCa?: string | undefined;
  /** Patterns of channels that lead outside. */
  trunks?: readonly string[];
  store: Store;
  /** Why the store is not the one asked for. */
  storeFault?: string | null;
  /** How long events, and ended calls with their deliveries, are kept; milliseconds. */
  keepEventsMs?: number;
  keepCallsMs?: number;
  keepEventsMax?: number;
  keepAuditMs?: number;
  /** Networks besides the public ones that webhooks may go to. */
  webhookAllowNetworks: readonly string[];
  /** Whether events are kept with their headers, for those who have event filters. */
  keepHeaders?: (() => boolean) | undefined;
  clock: Clock;
  log: Log;
}

export interface Composition {
  gateway: Gateway;
  metrics: Metrics;
  webhooks: Webhooks;
  audit: Audit;
  store: Store;
  /** Ends what follows the PBX, finishes what is in flight, logs off. */
  close(): Promise<void>;
  /** Drops every connection now. */
  destroy(): Promise<void>;
}

interface Server {
  client: AmiClient;
  sender: Sender;
  journal: Journal;
  dialplanHas: ReturnType<typeof createDialplan>;
  documentation: ReturnType<typeof createDocumentation>;
  recordingTurns: Turns;
  ownership: Ownership;
  status: () => AmiStatus;
}

const liveChannels =
  (sender: Sender) =>
  async (uniqueId?: string): Promise<LiveChannel[]> => {
    try {
      const { items } = await sender.send(Status({ Channel: uniqueId }));
      return items.map((item) => ({
        uniqueId: item.get('Uniqueid') ?? '',
        name: item.get('Channel') ?? '',
        state: Number(item.get('ChannelState') ?? 0),
        frame: item,
      }));
    } catch (error) {
      if (isGatewayError(error, 'no-such-channel')) return [];
      throw error;
    }
  };

interface Shared {
  metrics: () => Metrics;
  store: Store;
  keeper: Keeper;
  events: EventHub;
  webhooks: Webhooks;
}

const startServer = async (config: PbxConfig, options: ComposeOptions, shared: Shared): Promise<Server> => {
  const { clock, log, trunks = [] } = options;
  // The journal looks at channels through the connections that feed it.
  const late: { sender?: Sender } = {};
  const journal = createJournal({
    pbx: config.name,
    clock,
    log,
    store: shared.store,
    write: shared.keeper.write,
    lose: shared.keeper.lose,
    trunks,
    liveChannels: (uniqueId) => (late.sender ? liveChannels(late.sender)(uniqueId) : Promise.resolve([])),
    newId: newCallId,
    keepHeaders: options.keepHeaders,
    deliveriesFor: shared.webhooks.deliveriesFor,
    onCommitted: (deliveries) => {
      shared.webhooks.wake(deliveries);
      shared.events.wake();
    },
  });
  await journal.start();
  const client = createAmiClient(
    {
      address: { host: config.host, port: config.port, tls: config.tls, caFile: options.amiTlsCa },
      username: config.username,
      secret: config.secret,
      poolSize: options.amiPoolSize,
      timeoutMs: options.amiTimeoutMs,
      onOutcome: (action, outcome, seconds) => {
        shared.metrics().amiAction(config.name, action, outcome, seconds);
      },
      clock,
      log,
    },
    journal,
  );
  const { sender } = client;
  late.sender = sender;
  const { tracker } = journal;
  return {
    client,
    sender,
    journal,
    dialplanHas: createDialplan({ sender, clock }),
    documentation: createDocumentation(sender),
    recordingTurns: createTurns(),
    ownership: {
      owns: (sub, { uniqueId, linkedId }) => [uniqueId, linkedId].some((id) => tracker.ofChannel(id)?.owner === sub),
    },
    status: () => client.status,
  };
};

const HOUR_MS = 3_600_000;

/** Connects everything. The pools are known here and nowhere else; all others get them behind the guard. */
export const compose = async (options: ComposeOptions): Promise<Composition> => {
  const { clock, log, trunks = [], store } = options;
  const servers = new Map<string, Server>();
  const names = options.pbx.map(({ name }) => name);
  const serverOf = (name: string): Server => {
    const server = servers.get(name);
    if (!server) throw new GatewayError('no-such-pbx', `The gateway has no server ${JSON.stringify(name)}`);
    return server;
  };
  const liveCall = (id: string) => {
    for (const { journal } of servers.values()) {
      const call = journal.tracker.get(id);
      if (call) return call;
    }
    return undefined;
  };
  const metrics = createMetrics({
    names,
    status: (name) => serverOf(name).client.status,
    store: () => keeper.health(),
  });
  const events = createEventHub({ clock, store, logOf: (name) => serverOf(name).journal.log });
  const keeper = createKeeper({ store, log, now: clock.now, fault: options.storeFault ?? null });
  const stopRetention = startRetention({
    store,
    clock,
    log,
    eventsMs: options.keepEventsMs ?? 72 * HOUR_MS,
    callsMs: options.keepCallsMs ?? 90 * 24 * HOUR_MS,
    maxEvents: options.keepEventsMax ?? 1_000_000,
  });
  const webhooks = createWebhooks({
    store,
    clock,
    log,
    allowNetworks: options.webhookAllowNetworks,
    maySee: maySeeEvent,
    onDisabled: ({ fields }) => {
      log.warn(fields, 'A webhook was disabled');
      servers.get(names[0] ?? '')?.journal.tell('webhook.disabled', fields);
    },
  });
  await webhooks.start();
  for (const config of options.pbx) {
    servers.set(
      config.name,
      await startServer(config, options, { metrics: () => metrics, store, keeper, events, webhooks }),
    );
  }

  const trail = createAuditTrail({ store, clock, log, keepMs: options.keepAuditMs ?? 365 * 24 * HOUR_MS });
  const { audit } = trail;
  const quota = createQuota({
    clock,
    activeCalls: (sub) =>
      [...servers.values()]
        .flatMap(({ journal }) => journal.tracker.list())
        .filter((call) => call.owner === sub && call.status !== 'ended').length,
  });

  const gateway: Gateway = {
    names,
    events,
    storeHealth: keeper.health,
    open(name = names[0] ?? '', principal, context) {
      const { sender, journal, dialplanHas, documentation, recordingTurns, ownership, status } = serverOf(name);
      const guarded = createGuard({ sender, pbx: name, principal, context, ownership, quota, audit });
      const { tracker, keep } = journal;
      return createPbx({
        name,
        sender: guarded,
        principal,
        tracker,
        keep,
        store,
        trunks,
        webhooks,
        dialplanHas,
        documentation,
        recordingTurns,
        status,
        clock,
      });
    },
    status: (name) => serverOf(name).client.status,
    locateCall: async (id) => (liveCall(id) ?? (await store.calls.get(id)))?.pbx,
    listCalls: (principal, query) => listCalls({ store, principal, trunks, live: liveCall }, query),
  };

  /** What is behind the connections, once these are gone. */
  const end = async () => {
    await Promise.all([...servers.values()].map(({ journal }) => journal.close()));
    await webhooks.close();
    stopRetention();
    await trail.close();
    await store.close();
  };

  return {
    gateway,
    metrics,
    webhooks,
    audit,
    store,
    async close() {
      await Promise.all([...servers.values()].map(({ client }) => client.close()));
      await end();
    },
    async destroy() {
      for (const { client } of servers.values()) client.destroy();
      await end();
    },
  };
};
