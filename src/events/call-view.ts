import type { Principal } from '../auth/principal.ts';
import { judgeCallVisible, mayReadVariables } from '../auth/rules/call.ts';
import type { Call, CallRequest } from './call.ts';
import { legViews, recordingViews, summaryOf } from './call-summary.ts';
import type { CallPage, CallQuery, Store } from '../store/store.ts';

const NOTHING_ASKED = {
  context: null,
  extension: null,
  priority: null,
  application: null,
  data: null,
  callerId: null,
  ringTimeoutSeconds: null,
  variables: {},
  accountCode: null,
  codecs: [],
  earlyMedia: false,
} as const;

/** A call as the API shows it. What was asked for is null where the call was not placed here. */
export const viewOfCall = (principal: Principal, call: Call, trunks: readonly string[]) => {
  const { request, legs } = call;
  const asked: Omit<CallRequest, 'ringTimeoutSeconds' | 'channel'> & { ringTimeoutSeconds: number | null } =
    request ?? {
      ...NOTHING_ASKED,
      codecs: [],
      context: legs[0]?.context ?? null,
      extension: legs[0]?.extension ?? null,
    };
  return {
    id: call.id,
    pbx: call.pbx,
    placed: request !== null,
    ...asked,
    channel: request?.channel ?? legs[0]?.channel ?? '',
    variables: mayReadVariables(principal, call) ? asked.variables : {},
    ...summaryOf(call, trunks),
    legs: legViews(call),
    recordings: recordingViews(call),
  };
};

export type CallView = ReturnType<typeof viewOfCall>;

export interface CallViewPage {
  items: CallView[];
  total: null;
  nextCursor: CallPage['nextCursor'];
}

export interface CallHistoryOptions {
  store: Pick<Store, 'calls'>;
  principal: Principal;
  trunks: readonly string[];
  /** The call as it is now, where it is still in memory. */
  live: (id: string) => Call | undefined;
}

/** One page of calls, newest first, of those the token may see; a page may hold fewer than asked for. */
export const listCalls = async (
  { store, principal, trunks, live }: CallHistoryOptions,
  query: CallQuery,
): Promise<CallViewPage> => {
  const { items, nextCursor } = await store.calls.list(query);
  const calls = items.map(({ id, body }) => live(id) ?? (JSON.parse(body) as Call));
  return {
    items: calls.filter((call) => judgeCallVisible(principal, call)).map((call) => viewOfCall(principal, call, trunks)),
    total: null,
    nextCursor,
  };
};
