import type { Action, Reply, Sender, SendOptions, Touch } from '../ami/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { type Audit, describeAttempt, type RequestContext, targetsOf } from './audit.ts';
import { allowed, DryRun, refused, type Verdict } from './dry-run.ts';
import { judge, maySee, requirePbx } from './policy.ts';
import type { Principal } from './principal.ts';
import type { Quota } from './quota.ts';
import { limitExceeded } from './verdict.ts';
import { judgeResolved, needsResolving } from './resolve.ts';
import type { Ownership } from './rules/channel.ts';

export interface GuardOptions {
  sender: Sender;
  pbx: string;
  principal: Principal;
  context: RequestContext;
  ownership: Ownership;
  quota: Quota;
  audit: Audit;
}

export interface GuardedSendOptions extends SendOptions {
  /** Called when the action was judged and counted; it is sent once this has resolved. */
  onAllowed?: () => Promise<void>;
}

export interface GuardedSender {
  /** As a Sender; rejects with `insufficient-scope`, `limit-exceeded`, `too-many-calls` before anything is sent. */
  send(action: Action, options?: GuardedSendOptions): Promise<Reply>;
  /** Judges without sending. Rejects as `send` would. */
  authorize(action: Action): Promise<void>;
  /** As authorize, with the reason either way; rejects with what is no verdict, such as `no-such-channel`. */
  explain(action: Action): Promise<Verdict>;
}

/** The only way from a token to Asterisk: every action is judged, sent, and (where it changes something) audited. */
export const createGuard = (options: GuardOptions): GuardedSender => {
  const { sender, principal, ownership, pbx } = options;

  const askAll = async (touches: readonly Touch[]): Promise<void> => {
    for (const touch of touches) await judgeResolved(principal, touch, { ownership, sender });
  };

  /** Undefined where Asterisk need not be asked. */
  const authorize = (action: Action): Promise<void> | undefined => {
    requirePbx(principal, pbx);
    judge(principal, action);
    const unresolved = action.touches.filter((touch) => needsResolving(principal, touch));
    return unresolved.length > 0 ? askAll(unresolved) : undefined;
  };

  const visible = (action: Action, reply: Reply): Reply => {
    const { itemReference } = action.declaration;
    if (!itemReference) return reply;
    const { complete, ...rest } = reply;
    const items = reply.items.filter((item) => maySee(principal, itemReference(item), ownership));
    // What completes a list tells of the whole: it is not for those who may see nothing in it.
    const hidden = items.length === 0 && reply.items.length > 0;
    return { ...rest, items, ...(complete && !hidden ? { complete } : {}) };
  };

  const record = (action: Action, result: { actionId: string } | { error: unknown }): void => {
    options.audit(describeAttempt({ principal, pbx, context: options.context }, action, result));
  };

  return {
    authorize: async (action) => authorize(action),
    async explain(action) {
      try {
        await authorize(action);
        return allowed(principal, action);
      } catch (error) {
        const refusal = refused(principal, error);
        if (!refusal) throw error;
        return { ...refusal, action: action.declaration.name, targets: targetsOf(action) };
      }
    },
    async send(action, sendOptions = {}) {
      const { onAllowed } = sendOptions;
      const { dryRun, judgeOnly } = options.context;
      if (judgeOnly || (dryRun && action.declaration.changes)) {
        await authorize(action);
        throw new DryRun(allowed(principal, action));
      }
      try {
        const asked = authorize(action);
        if (asked) await asked;
        if (action.touches.some(({ kind }) => kind === 'dial')) {
          // Only POST /calls follows what it places.
          if (!onAllowed && principal.limits.concurrentCalls !== undefined) {
            throw limitExceeded('concurrentCalls', 'Such a call could not be counted: place it by POST /calls');
          }
          options.quota.takeCall(principal, options.context.onBudget);
        }
        if (onAllowed) await onAllowed();
        const reply = await sender.send(action, sendOptions);
        if (action.declaration.changes) record(action, reply);
        return visible(action, reply);
      } catch (error) {
        const refused = error instanceof GatewayError && ['insufficient-scope', 'limit-exceeded'].includes(error.code);
        if (action.declaration.changes || refused) record(action, { error });
        throw error;
      }
    },
  };
};
