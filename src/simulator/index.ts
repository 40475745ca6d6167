import { createServer, type Socket } from 'node:net';
import { type Clock, systemClock } from '../lib/clock.ts';
import { channelActions } from './actions/channel.ts';
import { coreActions } from './actions/core.ts';
import { dialplanActions } from './actions/dialplan.ts';
import type { SimulatedAction } from './actions/define.ts';
import { originateActions } from './actions/originate.ts';
import { queueActions } from './actions/queue.ts';
import { recordingActions } from './actions/recording.ts';
import { APPLICATIONS } from './applications.ts';
import type { Box } from './box.ts';
import { createBox } from './dialplan.ts';
import { type Release, RELEASES } from './release.ts';
import { type ScenarioInput, scenarioSchema } from './scenario.ts';
import { createSession, type Session } from './session.ts';
import { format } from './wire.ts';
import { createWorld } from './world.ts';

export interface SimulatorOptions {
  scenario: ScenarioInput;
  release?: Release;
  /** 0 for any free one. */
  port?: number;
  /** Loopback only, unless somebody who writes AMI clients wants otherwise. */
  host?: string;
  clock?: Clock;
}

export interface Simulator {
  readonly port: number;
  readonly release: Release;
  readonly box: Box;
  close(): Promise<void>;
}

const SESSION_ACTIONS: SimulatedAction[] = ['Challenge', 'Events', 'ListCommands', 'Login', 'Logoff'].map((name) => ({
  name,
  classes: [],
  synopsis: `${name} of the session.`,
  run: () => ({ kind: 'success' }),
}));

/** An Asterisk that is none: it speaks AMI and has calls, but no sound. */
export const startSimulator = async (options: SimulatorOptions): Promise<Simulator> => {
  const { release = 22, host = '127.0.0.1', port = 0, clock = systemClock } = options;
  const sessions = new Map<Socket, Session>();
  const world = createWorld({
    scenario: scenarioSchema.parse(options.scenario),
    release,
    clock,
    emit: (eventClass, fields) => {
      if (sessions.size === 0) return;
      const text = format(fields);
      for (const session of sessions.values()) session.notify(eventClass, text);
    },
  });
  const box = createBox(world, APPLICATIONS);
  const actions = new Map(
    [coreActions, channelActions, dialplanActions, originateActions, queueActions, recordingActions, SESSION_ACTIONS]
      .flat()
      .filter(({ name }) => !RELEASES[release].lacks.includes(name))
      .map((action) => [action.name.toLowerCase(), action]),
  );

  const server = createServer((socket) => {
    socket.setNoDelay(true);
    const send = (text: string) => {
      if (socket.writable) socket.write(text);
    };
    const session = createSession({ socket, box, actions, send });
    sessions.set(socket, session);
    socket.on('data', session.receive);
    const gone = () => sessions.delete(socket);
    socket.on('close', gone).on('error', gone);
    send(`Asterisk Call Manager/${RELEASES[release].banner}\r\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const address = server.address();

  return {
    port: typeof address === 'object' && address ? address.port : port,
    release,
    box,
    close: () =>
      new Promise((resolve) => {
        for (const channel of box.channels.values()) channel.stop();
        for (const socket of sessions.keys()) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
};
