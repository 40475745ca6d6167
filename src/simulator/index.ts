import { createServer, type Server, type Socket } from 'node:net';
import { type CancelTimer, type Clock, systemClock } from '../lib/clock.ts';
import { bridgeActions } from './actions/bridge.ts';
import { channelActions } from './actions/channel.ts';
import { conferenceActions } from './actions/conference.ts';
import { coreActions } from './actions/core.ts';
import { databaseActions } from './actions/database.ts';
import { dialplanActions } from './actions/dialplan.ts';
import type { SimulatedAction } from './actions/define.ts';
import { hangupActions } from './actions/hangup.ts';
import { originateActions } from './actions/originate.ts';
import { parkingActions } from './actions/parking.ts';
import { queueActions } from './actions/queue.ts';
import { queueMemberActions } from './actions/queue-members.ts';
import { recordingActions } from './actions/recording.ts';
import { stateActions } from './actions/states.ts';
import { variableActions } from './actions/variable.ts';
import { startAdmin } from './admin.ts';
import { APPLICATIONS } from './applications.ts';
import type { Box } from './box.ts';
import type { Database } from './database.ts';
import { createBox } from './dialplan.ts';
import { createFaults, type Faults } from './faults.ts';
import { watchMembers } from './queue-members.ts';
import { type Release, RELEASES } from './release.ts';
import { type ScenarioInput, scenarioSchema } from './scenario.ts';
import { createSession, type Session } from './session.ts';
import { createOwnClock } from './timers.ts';
import { createTlsListener, type TlsOptions } from './tls.ts';
import { type Fields, format } from './wire.ts';
import { createWorld } from './world.ts';

export interface SimulatorOptions {
  scenario: ScenarioInput;
  release?: Release;
  /** 0 for any free one. */
  port?: number;
  /** Loopback only, unless somebody who writes AMI clients wants otherwise. */
  host?: string;
  tls?: TlsOptions;
  /** Port on loopback where faults are switched on and off over HTTP; 0 for any free one. */
  adminPort?: number | undefined;
  clock?: Clock;
  /** Told of every action that is about to be carried out. */
  onAction?: (name: string, get: (header: string) => string) => void;
}

export interface Simulator {
  readonly port: number;
  readonly tlsPort: number | undefined;
  readonly adminPort: number | undefined;
  readonly release: Release;
  readonly clock: Clock;
  /** Its world; a new one after a restart. */
  readonly box: Box;
  readonly faults: Faults;
  close(): Promise<void>;
}

/** The session itself carries them out; here they are named for ListCommands. */
const SESSION_ACTIONS: SimulatedAction[] = Object.entries({
  Challenge: 'Generate Challenge for MD5 Auth.',
  Events: 'Control Event Flow.',
  ListCommands: 'List available manager commands.',
  Login: 'Login Manager.',
  Logoff: 'Logoff Manager.',
}).map(([name, synopsis]) => ({ name, classes: [], synopsis, run: () => ({ kind: 'success' }) }));

const observed = (action: SimulatedAction, tell: NonNullable<SimulatorOptions['onAction']>): SimulatedAction => ({
  ...action,
  run: (context) => {
    tell(action.name, context.get);
    return action.run(context);
  },
});

/** An Asterisk that is none: it speaks AMI and has calls, but no sound. */
export const startSimulator = async (options: SimulatorOptions): Promise<Simulator> => {
  const { release = 22, host = '127.0.0.1', port: wantedPort = 0, clock = systemClock, onAction } = options;
  const scenario = scenarioSchema.parse(options.scenario);
  const sessions = new Map<Socket, Session>();
  const broadcast = (eventClass: string, fields: Fields) => {
    if (sessions.size === 0) return;
    const text = format(fields);
    for (const session of sessions.values()) session.notify(eventClass, text);
  };

  const database: Database = new Map();
  let ownClock = createOwnClock(clock);
  const begin = (): Box => {
    ownClock = createOwnClock(clock);
    // What still moves in a world that a restart has ended is heard by nobody.
    const emit = (eventClass: string, fields: Fields) => {
      if (world === box) broadcast(eventClass, fields);
    };
    const world = createBox(createWorld({ scenario, release, clock: ownClock, emit, database }), APPLICATIONS);
    watchMembers(world);
    return world;
  };
  let box = begin();

  const actions = new Map(
    [
      bridgeActions,
      coreActions,
      channelActions,
      conferenceActions,
      databaseActions,
      dialplanActions,
      hangupActions,
      originateActions,
      parkingActions,
      queueActions,
      queueMemberActions,
      recordingActions,
      stateActions,
      variableActions,
      SESSION_ACTIONS,
    ]
      .flat()
      .filter(({ name }) => !RELEASES[release].lacks.includes(name))
      .map((action) => [action.name.toLowerCase(), onAction ? observed(action, onAction) : action]),
  );

  const stop = () => {
    ownClock.end();
    for (const socket of sessions.keys()) socket.destroy();
  };
  let cancelRestart: CancelTimer = () => {};
  const faults = createFaults({
    scenario,
    clock,
    emit(eventClass, name, number) {
      broadcast(eventClass, [['Event', name], ['Privilege', `${eventClass},all`], ['Uniqueid', `flood.${number}`]]); // prettier-ignore
    },
    restart(downMs) {
      stop();
      for (const { listener } of listeners) listener.close();
      box = begin();
      cancelRestart();
      cancelRestart = clock.setTimeout(() => {
        for (const { listener, port } of listeners) listener.listen(port, host);
      }, downMs);
    },
  });

  const accept = (socket: Socket) => {
    socket.setNoDelay(true);
    const gone = () => sessions.delete(socket);
    socket.on('close', gone).on('error', gone);
    const line = faults.connect(socket);
    if (!line) return;
    const session = createSession({ socket, box, actions, send: line.send });
    sessions.set(socket, session);
    line.onReceive = session.receive;
    line.send(`Asterisk Call Manager/${RELEASES[release].banner}\r\n`);
  };
  const listeners: { listener: Server; port: number }[] = [];
  const listen = async (listener: Server, wanted: number): Promise<number> => {
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject).listen(wanted, host, resolve);
    });
    const address = listener.address();
    const port = typeof address === 'object' && address ? address.port : wanted;
    listeners.push({ listener, port });
    return port;
  };
  const port = await listen(createServer(accept), wantedPort);
  const tlsPort = options.tls && (await listen(createTlsListener(options.tls, accept), options.tls.port ?? 0));
  const admin = options.adminPort === undefined ? undefined : await startAdmin(faults, options.adminPort);

  return {
    port,
    tlsPort,
    adminPort: admin?.port,
    release,
    clock,
    get box() {
      return box;
    },
    faults,
    async close() {
      cancelRestart();
      faults.clear();
      stop();
      const closed = listeners.map(({ listener }) => new Promise((resolve) => listener.close(resolve)));
      await Promise.all([...closed, admin?.close()]);
    },
  };
};
