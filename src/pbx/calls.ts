import { randomBytes } from 'node:crypto';
import { Originate } from '../ami/actions/originate.ts';
import { Hangup } from '../ami/actions/channel.ts';
import type { GuardedSender } from '../auth/guard.ts';
import type { Principal } from '../auth/principal.ts';
import { judgeCallVisible } from '../auth/rules/call.ts';
import type { CallbackRequest, Management } from '../events/webhooks/management.ts';
import type { Call, CallRequest } from '../events/call.ts';
import type { CallTracker } from '../events/calls.ts';
import { GatewayError, isGatewayError } from '../lib/errors.ts';
import type { Store } from '../store/store.ts';
import { type CallView, viewOfCall } from '../events/call-view.ts';

export type PlacedCall = CallView & { statusCallback?: { webhookId: string; secret: string } };

export interface PlaceOptions {
  /** Where the call's events are posted. */
  callback?: CallbackRequest | undefined;
  /** Told of the call's id before it is dialled; dialled once this has resolved. */
  onPlacing?: (id: string) => Promise<void>;
}

export interface Calls {
  /** Rejects as Asterisk refuses; with `outcome-unknown`, `details.callId` names the call to look at. */
  place(request: CallRequest, options?: PlaceOptions): Promise<PlacedCall>;
  /** From memory, or from the store once it was forgotten here. */
  get(id: string): Promise<CallView>;
  /** Rejects with `call-ended`. */
  hangup(id: string): Promise<void>;
  /** The call once it is answered or ended, or as it is when the signal says that the time is over. */
  settled(id: string, signal: AbortSignal): Promise<CallView>;
}

export interface CallsOptions {
  sender: GuardedSender;
  tracker: CallTracker;
  principal: Principal;
  store: Pick<Store, 'calls'>;
  trunks: readonly string[];
  webhooks: Pick<Management, 'bindToCall' | 'unbind'>;
  /** Resolves when what is known of calls outlives a crash. */
  keep: () => Promise<void>;
}

const CHANNEL_APPEARS_MS = 2_000;

export const newCallId = (): string => randomBytes(12).toString('hex');

const toOriginate = (request: CallRequest, channelId: string) =>
  Originate({
    Channel: request.channel,
    ...(request.application === null
      ? {
          Context: request.context ?? undefined,
          Exten: request.extension ?? undefined,
          Priority: request.priority ?? undefined,
        }
      : { Application: request.application, Data: request.data ?? undefined }),
    Timeout: request.ringTimeoutSeconds * 1_000,
    CallerID: request.callerId ?? undefined,
    Account: request.accountCode ?? undefined,
    Codecs: request.codecs.length > 0 ? request.codecs.join(',') : undefined,
    EarlyMedia: request.earlyMedia || undefined,
    ChannelId: channelId,
    Variable: request.variables,
    Async: true,
  });

export const createCalls = ({ sender, tracker, principal, store, trunks, keep, webhooks }: CallsOptions): Calls => {
  const view = (call: Call) => viewOfCall(principal, call, trunks);
  const find = (id: string): Call => {
    const call = tracker.get(id);
    if (!call || !judgeCallVisible(principal, call)) throw new GatewayError('no-such-call', 'No such call');
    return call;
  };

  return {
    async place(request, { callback, onPlacing } = {}) {
      const id = newCallId();
      // Before the call: its first event may be here before the answer to Originate.
      const statusCallback = callback && (await webhooks.bindToCall(principal, id, callback));
      const placed = statusCallback ? { statusCallback } : {};
      // A name of its own that nobody can guess: whoever knows a ChannelId can use it as a handle.
      const channelId = `gw-${id}`;
      const register = async () => {
        tracker.register({ id, channelId, owner: principal.sub, request });
        // Before it is dialled: after a crash it is looked for, and told as ended.
        await keep();
        // Behind that, so that an id noted anywhere is one of a call that is known.
        await onPlacing?.(id);
      };
      try {
        await sender.send(toOriginate(request, channelId), { onAllowed: register });
      } catch (error) {
        if (!isGatewayError(error, 'outcome-unknown') && !isGatewayError(error, 'ami-desync')) {
          tracker.forget(id);
          await store.calls.remove(id).catch(() => undefined);
          if (statusCallback) await webhooks.unbind(statusCallback.webhookId);
          throw error;
        }
        tracker.doubt(id, 'Asterisk did not say whether it took the call, and knows nothing of it');
        throw new GatewayError(
          'outcome-unknown',
          'Asterisk did not say whether it took the call; it is never dialled again',
          {
            cause: error,
            details: { callId: id, ...placed },
          },
        );
      }
      return { ...view(find(id)), ...placed };
    },
    async get(id) {
      const stored = tracker.get(id) ? undefined : await store.calls.get(id);
      if (!stored) return view(find(id));
      const call = JSON.parse(stored.body) as Call;
      if (!judgeCallVisible(principal, call)) throw new GatewayError('no-such-call', 'No such call');
      return view(call);
    },
    async hangup(id) {
      const call = tracker.get(id) ? find(id) : await this.get(id);
      if (call.status === 'ended') throw new GatewayError('call-ended', 'The call has already ended');
      // Originate is asynchronous: just after it was placed a call may not have its channel yet.
      await tracker
        .until(id, ({ status }) => status !== 'queued', AbortSignal.timeout(CHANNEL_APPEARS_MS))
        .catch(() => undefined);
      let tooLate = () => {};
      try {
        await sender.send(Hangup({ Channel: call.channelId }), {
          onAllowed: async () => {
            tooLate = tracker.cancelling(id);
          },
        });
      } catch (error) {
        if (!isGatewayError(error, 'outcome-unknown') && !isGatewayError(error, 'ami-desync')) tooLate();
        if (!isGatewayError(error, 'no-such-channel')) throw error;
        // Its channel is gone: the events that tell of its end are on their way.
        await tracker
          .until(id, ({ status }) => status === 'ended', AbortSignal.timeout(CHANNEL_APPEARS_MS))
          .catch(() => undefined);
        if (tracker.get(id)?.status !== 'ended') throw error;
        throw new GatewayError('call-ended', 'The call has already ended', { cause: error });
      }
    },
    async settled(id, signal) {
      const call = find(id);
      await tracker
        .until(id, ({ status }) => status === 'answered' || status === 'ended', signal)
        .catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
      return view(call);
    },
  };
};
