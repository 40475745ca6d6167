import type { Declaration } from '../types.ts';
import * as agent from './agent.ts';
import * as aoc from './aoc.ts';
import * as bridge from './bridge.ts';
import * as channel from './channel.ts';
import * as command from './command.ts';
import * as conference from './conference.ts';
import * as configuration from './configuration.ts';
import * as dahdi from './dahdi.ts';
import * as database from './database.ts';
import * as dialplan from './dialplan.ts';
import * as endpoint from './endpoint.ts';
import * as fax from './fax.ts';
import * as iax from './iax.ts';
import * as logger from './logger.ts';
import * as mailbox from './mailbox.ts';
import * as message from './message.ts';
import * as module from './module.ts';
import * as originate from './originate.ts';
import * as parking from './parking.ts';
import * as pri from './pri.ts';
import * as queue from './queue.ts';
import * as queueMember from './queue-member.ts';
import * as recording from './recording.ts';
import * as session from './session.ts';
import * as sip from './sip.ts';
import * as skinny from './skinny.ts';
import * as sorcery from './sorcery.ts';
import * as state from './state.ts';
import * as system from './system.ts';
import * as transfer from './transfer.ts';
import * as userEvent from './user-event.ts';
import * as variable from './variable.ts';

const isDeclaration = (value: unknown): value is Declaration => typeof value === 'function' && 'scopes' in value;

// prettier-ignore
const modules: readonly object[] = [
  agent, aoc, bridge, channel, command, conference, configuration, dahdi, database, dialplan, endpoint, fax, iax,
  logger, mailbox, message, module, originate, parking, pri, queue, queueMember, recording, session, sip, skinny,
  sorcery, state, system, transfer, userEvent, variable,
];

/** Every action the gateway knows, in no order that matters. What is not here cannot be sent. */
export const declarations: readonly Declaration[] = modules.flatMap((exported) =>
  Object.values<unknown>({ ...exported }).filter(isDeclaration),
);

const declared = new Set(declarations);

export const isDeclared = (declaration: Declaration): boolean => declared.has(declaration);
