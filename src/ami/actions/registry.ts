import type { Declaration } from '../types.ts';
import * as agent from './agent.ts';
import * as bridge from './bridge.ts';
import * as channel from './channel.ts';
import * as command from './command.ts';
import * as conference from './conference.ts';
import * as dialplan from './dialplan.ts';
import * as originate from './originate.ts';
import * as parking from './parking.ts';
import * as queue from './queue.ts';
import * as recording from './recording.ts';
import * as session from './session.ts';
import * as system from './system.ts';
import * as transfer from './transfer.ts';
import * as variable from './variable.ts';

const isDeclaration = (value: unknown): value is Declaration => typeof value === 'function' && 'scopes' in value;

// prettier-ignore
const modules: readonly object[] = [
  agent, bridge, channel, command, conference, dialplan, originate, parking, queue, recording, session, system,
  transfer, variable,
];

/** Every action the gateway knows, in no order that matters. What is not here cannot be sent. */
export const declarations: readonly Declaration[] = modules.flatMap((module) =>
  Object.values<unknown>({ ...module }).filter(isDeclaration),
);

const declared = new Set(declarations);

export const isDeclared = (declaration: Declaration): boolean => declared.has(declaration);
