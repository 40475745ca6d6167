import type { GuardedSender } from '../auth/guard.ts';
import type { Principal } from '../auth/principal.ts';
import type { RequestContext } from '../auth/audit.ts';
import type { CallTracker } from '../events/calls.ts';
import type { EventHub } from '../events/hub.ts';
import type { Management } from '../events/webhooks/management.ts';
import type { Clock } from '../lib/clock.ts';
import type { Turns } from '../lib/turns.ts';
import type { StoreHealth } from '../store/keeper.ts';
import type { CallQuery, Store } from '../store/store.ts';
import type { CallViewPage } from '../events/call-view.ts';
import { type Actions, type ActionsOptions, createActions } from './actions.ts';
import { type Calls, createCalls } from './calls.ts';
import { type Channels, createChannels } from './channels.ts';
import { type Commands, createCommands } from './commands.ts';
import type { Place } from './dialplan.ts';
import { createPbxInfo, type PbxInfo, type PbxStatus } from './pbx.ts';
import { createQueues, type Queues } from './queues.ts';
import { createRecordings, type Recordings } from './recordings.ts';
import { createResources, type Resources } from './resources.ts';
import { createVariables, type Variables } from './variables.ts';

/** What one token can do on one server: every noun, each behind the guard. */
export interface Pbx {
  readonly name: string;
  readonly actions: Actions;
  readonly calls: Calls;
  readonly channels: Channels;
  readonly commands: Commands;
  readonly info: PbxInfo;
  readonly queues: Queues;
  readonly recordings: Recordings;
  readonly resources: Resources;
  readonly variables: Variables;
}

export interface PbxOptions {
  name: string;
  sender: GuardedSender;
  principal: Principal;
  tracker: CallTracker;
  store: Store;
  trunks: readonly string[];
  keep: () => Promise<void>;
  dialplanHas: (place: Place) => Promise<boolean>;
  status: () => PbxStatus;
  documentation: ActionsOptions['documentation'];
  recordingTurns: Turns;
  clock: Clock;
  webhooks: Pick<Management, 'bindToCall' | 'unbind'>;
}

/** Nouns are made when asked for: a request needs one of them. A class, because an object of getters is dear to make. */
class LazyPbx implements Pbx {
  readonly #options: PbxOptions;

  constructor(options: PbxOptions) {
    this.#options = options;
  }

  get name() {
    return this.#options.name;
  }

  get actions() {
    const { status } = this.#options;
    return createActions({ ...this.#options, actions: () => status().capabilities?.actions ?? null });
  }

  get calls() {
    return createCalls(this.#options);
  }

  get channels() {
    return createChannels({ ...this.#options, pbx: this.name });
  }

  get commands() {
    return createCommands(this.#options);
  }

  get info() {
    return createPbxInfo(this.#options);
  }

  get queues() {
    return createQueues({ sender: this.#options.sender, pbx: this.name });
  }

  get recordings() {
    const { status, recordingTurns: inTurn } = this.#options;
    return createRecordings({ ...this.#options, inTurn, actions: () => status().capabilities?.actions ?? new Set() });
  }

  get resources() {
    return createResources(this.#options);
  }

  get variables() {
    return createVariables(this.#options);
  }
}

export const createPbx = (options: PbxOptions): Pbx => new LazyPbx(options);

/** All servers of this gateway, as the HTTP layer sees them. */
export interface Gateway {
  readonly names: readonly string[];
  /** Without a name: the first server. Throws `no-such-pbx`. */
  open(name: string | undefined, principal: Principal, context: RequestContext): Pbx;
  status(name: string): PbxStatus;
  /** Name of the server a call is on. */
  locateCall(id: string): Promise<string | undefined>;
  /** A page of the calls of these servers that the token may see, newest first. */
  listCalls(principal: Principal, query: CallQuery): Promise<CallViewPage>;
  readonly events: EventHub;
  storeHealth(): StoreHealth;
}
