import type { Declaration } from '../types.ts';
import * as channel from './channel.ts';
import { Command } from './command.ts';
import { ShowDialPlan } from './dialplan.ts';
import { Originate } from './originate.ts';
import * as queue from './queue.ts';
import * as recording from './recording.ts';
import * as session from './session.ts';
import * as system from './system.ts';
import * as variable from './variable.ts';

const isDeclaration = (value: unknown): value is Declaration => typeof value === 'function' && 'scopes' in value;

/** Every action the gateway knows, in no order that matters. What is not here cannot be sent. */
export const declarations: readonly Declaration[] = [
  Command,
  Originate,
  ShowDialPlan,
  ...[channel, queue, recording, session, system, variable].flatMap((module) =>
    Object.values<unknown>(module).filter(isDeclaration),
  ),
];

const declared = new Set(declarations);

export const isDeclared = (declaration: Declaration): boolean => declared.has(declaration);
