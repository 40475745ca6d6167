import { isDeclared } from '../ami/actions/registry.ts';
import type { Action, ItemReference, Touch } from '../ami/types.ts';
import { GatewayError, isGatewayError } from '../lib/errors.ts';
import { narrowingLimit } from './narrowing.ts';
import type { Principal } from './principal.ts';
import { judgeApplication } from './rules/application.ts';
import { judgeChannel, judgeShared, type Ownership, refuseOddReference } from './rules/channel.ts';
import { judgeCommand } from './rules/command.ts';
import { judgeDatabaseFamily } from './rules/database.ts';
import { judgeDial, judgeDialplan, judgeEndpoint, judgeKeys } from './rules/dial.ts';
import { judgeConfigFile } from './rules/file.ts';
import { judgeCallerId, judgeVariable } from './rules/variable.ts';
import { holdsAny, type Scope, scopesFor } from './scopes.ts';
import { limitExceeded, mustMatch } from './verdict.ts';

export const requireScope = ({ scopes }: Principal, wanted: readonly Scope[]): void => {
  if (holdsAny(scopes, wanted)) return;
  throw new GatewayError('insufficient-scope', `This needs the scope ${wanted.join(' or ')}`, {
    details: { scopes: [...wanted] },
  });
};

export const requirePbx = ({ limits }: Principal, pbx: string): void => {
  mustMatch(limits, 'pbx', pbx, 'server');
};

const judgeAllQueues = ({ limits }: Principal): void => {
  if (limits.queues && !limits.queues.includes('*')) {
    throw limitExceeded('queues', "This reaches every queue, and the token's queues are only some");
  }
};

/** What is not declared may reach anything. */
const judgeRaw = (principal: Principal): void => {
  requireScope(principal, ['gateway:raw']);
  const limit = narrowingLimit(principal);
  if (limit !== undefined)
    throw limitExceeded(limit, 'What an undeclared action reaches is not known: the token is narrowed');
};

const judgeTouch = (principal: Principal, touch: Touch): void => {
  switch (touch.kind) {
    case 'channel':
      refuseOddReference(touch.ref);
      return;
    case 'dial':
    case 'dialString':
      judgeDial(principal, touch.dialString);
      return;
    case 'dialplan':
      judgeDialplan(principal, touch.context, touch.extension);
      return;
    case 'application':
      judgeApplication(principal, touch.name, touch.data);
      return;
    case 'variable':
      judgeVariable(principal, touch);
      return;
    case 'shared':
      judgeShared(principal, touch.what);
      return;
    case 'callerId':
      judgeCallerId(principal, touch.value);
      return;
    case 'queue':
      mustMatch(principal.limits, 'queues', touch.name, 'queue');
      return;
    case 'allQueues':
      judgeAllQueues(principal);
      return;
    case 'endpoint':
      judgeEndpoint(principal, `${touch.technology}/${touch.name}`);
      return;
    case 'mailbox':
      judgeShared(principal, `the mailbox ${JSON.stringify(touch.name)}`);
      return;
    case 'configFile':
      judgeConfigFile(principal, touch.name);
      return;
    case 'databaseFamily':
      judgeDatabaseFamily(principal, touch.name);
      return;
    case 'databaseTree':
      judgeDatabaseFamily(principal, touch.family);
      return;
    case 'keys':
      judgeKeys(principal);
      return;
    case 'address':
      // It is everybody's, as `shared` says beside it; whether it is safe is asked in auth/resolve.ts.
      return;
    case 'command':
      judgeCommand(principal, touch.line);
  }
};

/**
 * Says no by throwing `insufficient-scope`, `limit-exceeded` or `invalid-request`. What only Asterisk can tell, such as
 * which channel a reference means, is asked and judged later (auth/resolve.ts).
 */
export const judge = (principal: Principal, { declaration, touches }: Action): void => {
  if (declaration.raw) {
    judgeRaw(principal);
    return;
  }
  if (!isDeclared(declaration) || declaration.internal) {
    throw new GatewayError('limit-exceeded', `${declaration.name} is not open to any token`);
  }
  const reveals = touches.some((touch) => touch.kind === 'variable' && touch.access === 'read');
  requireScope(principal, scopesFor(declaration, reveals));
  for (const touch of touches) judgeTouch(principal, touch);
};

/** Whether an item of a list reply is the token's to see. */
export const maySee = (principal: Principal, item: ItemReference, ownership: Ownership): boolean => {
  try {
    if (item.queue !== undefined) mustMatch(principal.limits, 'queues', item.queue, 'queue');
    if (item.context !== undefined) mustMatch(principal.limits, 'contexts', item.context, 'context');
    if (item.extension !== undefined) mustMatch(principal.limits, 'extensions', item.extension, 'extension');
    if (item.databaseFamily !== undefined) judgeDatabaseFamily(principal, item.databaseFamily);
    if (item.dialString !== undefined) judgeEndpoint(principal, item.dialString);
    if (item.channel) judgeChannel(principal, item.channel, ownership);
    return true;
  } catch (error) {
    if (isGatewayError(error, 'limit-exceeded')) return false;
    throw error;
  }
};
