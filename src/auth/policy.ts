import { isDeclared } from '../ami/actions/registry.ts';
import type { Action, ItemReference, Touch } from '../ami/types.ts';
import { GatewayError, isGatewayError } from '../lib/errors.ts';
import { matchesAnyGlob } from '../lib/glob.ts';
import type { Principal } from './principal.ts';
import { judgeApplication } from './rules/application.ts';
import { judgeChannel, judgeGlobals, type Ownership, refuseOddReference } from './rules/channel.ts';
import { judgeCommand } from './rules/command.ts';
import { judgeDial, judgeDialplan } from './rules/dial.ts';
import { judgeCallerId, judgeVariable } from './rules/variable.ts';
import { holdsAny, type Scope, scopesFor } from './scopes.ts';
import { mustMatch } from './verdict.ts';

export const requireScope = ({ scopes }: Principal, wanted: readonly Scope[]): void => {
  if (holdsAny(scopes, wanted)) return;
  throw new GatewayError('insufficient-scope', `This needs the scope ${wanted.join(' or ')}`, {
    details: { scopes: [...wanted] },
  });
};

export const requirePbx = ({ limits }: Principal, pbx: string): void => {
  mustMatch(limits, 'pbx', pbx, 'server');
};

const judgeTouch = (principal: Principal, touch: Touch): void => {
  switch (touch.kind) {
    case 'channel':
      refuseOddReference(touch.ref);
      return;
    case 'dial':
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
    case 'globals':
      judgeGlobals(principal);
      return;
    case 'callerId':
      judgeCallerId(principal, touch.value);
      return;
    case 'queue':
      mustMatch(principal.limits, 'queues', touch.name, 'queue');
      return;
    case 'command':
      judgeCommand(principal, touch.line);
  }
};

/**
 * Says no by throwing `insufficient-scope`, `limit-exceeded` or `invalid-request`. Channels of a token that sees only
 * some are judged later, by judgeChannel, once Asterisk has told which channel a reference means.
 */
export const judge = (principal: Principal, { declaration, touches }: Action): void => {
  if (!isDeclared(declaration) || declaration.internal) {
    throw new GatewayError('limit-exceeded', `${declaration.name} is not open to any token`);
  }
  const reveals = touches.some((touch) => touch.kind === 'variable' && touch.access === 'read');
  requireScope(principal, scopesFor(declaration, reveals));
  for (const touch of touches) judgeTouch(principal, touch);
};

/** Whether an item of a list reply is the token's to see. */
export const maySee = (principal: Principal, item: ItemReference, ownership: Ownership): boolean => {
  const { queues } = principal.limits;
  if (item.queue !== undefined && queues && !matchesAnyGlob(item.queue, queues)) return false;
  if (!item.channel) return true;
  try {
    judgeChannel(principal, item.channel, ownership);
    return true;
  } catch (error) {
    if (isGatewayError(error, 'limit-exceeded')) return false;
    throw error;
  }
};
