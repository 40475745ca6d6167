import { describe, expect, it } from 'vitest';
import { declarations } from '../../src/ami/actions/registry.ts';
import type { Action } from '../../src/ami/types.ts';
import { createGuard } from '../../src/auth/guard.ts';
import type { Limits } from '../../src/auth/limits.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { sample } from '../helpers/action-samples.ts';
import { frame, principal, recordingSender, reply } from '../helpers/doubles.ts';

const limited: Readonly<Record<string, Limits>> = {
  free: {},
  own: { own: true },
  channels: { channels: ['PJSIP/agent001*'] },
  queues: { queues: ['sales'] },
  contexts: { contexts: ['lab'] },
};
const CLOSED = ['applications', 'commands', 'configFiles', 'databaseFamilies', 'functions'] as const;
const opened: Limits = Object.fromEntries(
  ['channels', 'contexts', 'queues', 'extensions', 'variables', ...CLOSED].map((limit) => [limit, ['*']]),
);

/** Nothing is this token's own, and the only channel there is belongs to agent002. */
const answer = (action: Action) =>
  reply([frame({ Event: 'Status', Channel: 'PJSIP/agent002-00000001', Uniqueid: '1.1', Linkedid: '1.1' })], {
    of: action.declaration.name,
  });

const verdict = async (limits: Limits, action: Action): Promise<string> => {
  const guard = createGuard({
    sender: recordingSender(answer),
    pbx: 'eu',
    principal: principal('write:all', limits),
    context: { requestId: 'r', operation: 'test' },
    ownership: { owns: () => false },
    quota: { takeCall: () => {} },
    audit: () => {},
  });
  try {
    await guard.authorize(action);
    return '';
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return typeof error.details.limit === 'string' ? error.details.limit : error.code;
  }
};

/** Which of the tokens are refused; or by which closed limit, or code, all of them are. */
const refusals = async (name: string): Promise<string> => {
  const action = sample(name);
  const tokens = Object.keys(limited);
  const verdicts = await Promise.all(Object.values(limited).map((limits) => verdict(limits, action)));
  const [first = ''] = verdicts;
  if (first !== '' && verdicts.every((one) => one === first)) return `all: ${first}`;
  const refused = tokens.filter((_, index) => verdicts[index] !== '');
  // A token is refused by the limit it is called after, and the one without limits by none.
  for (const token of refused) expect([token, verdicts[tokens.indexOf(token)]]).toEqual([token, token]);
  return refused.join(' ');
};

// prettier-ignore
const EXPECTED: Readonly<Record<string, string>> = {
  // Tells of no channel, or leaves out of its list what is not the token's.
  '': `Agents BridgeInfo BridgeTechnologyList ConfbridgeList CoreSettings CoreShowChannels CoreStatus DAHDIShowChannels DeviceStateList
    ExtensionStateList FAXSessions FAXStats IAXpeerlist IAXpeers ListCommands MeetmeList ModuleCheck PJSIPShowContacts
    PJSIPShowEndpoints PJSIPShowMaintenance PJSIPShowRegistrationInboundContactStatuses PJSIPShowSubscriptionsInbound
    PJSIPShowSubscriptionsOutbound ParkedCalls Ping QueueStatus QueueSummary SIPpeers Status`,
  'own channels': `AOCMessage AbsoluteTimeout AgentLogoff Bridge BridgeDestroy BridgeKick BridgeList BridgeTechnologySuspend
    BridgeTechnologyUnsuspend CancelAtxfer ChangeMonitor ConfbridgeKick ConfbridgeListRooms ConfbridgeLock ConfbridgeMute
    ConfbridgeSetSingleVideoSrc ConfbridgeStartRecord ConfbridgeStopRecord ConfbridgeUnlock ConfbridgeUnmute ControlPlayback
    CoreShowChannelMap DAHDIDNDoff DAHDIDNDon DAHDIDialOffhook DAHDIHangup DAHDIRestart DAHDIShowStatus DAHDITransfer FAXSession
    Getvar Hangup IAXregistry JabberSend LocalOptimizeAway LoggerRotate MWIDelete MWIGet MWIUpdate MailboxCount MailboxStatus
    MeetmeListRooms MeetmeMute MeetmeUnmute MessageSend MixMonitor MixMonitorMute ModuleLoad Monitor MuteAudio PJSIPHangup
    PJSIPNotify PJSIPQualify PJSIPRegister PJSIPSetMaintenance PJSIPShowAors PJSIPShowAuths PJSIPShowEndpoint
    PJSIPShowRegistrationsInbound PJSIPShowRegistrationsOutbound PJSIPShowResourceLists PJSIPUnregister PRIDebugFileSet
    PRIDebugFileUnset PRIDebugSet PRIShowSpans Park Parkinglots PauseMonitor PlayDTMF PlayMF PresenceState PresenceStateList
    Reload SIPnotify SIPpeerstatus SIPqualifypeer SIPshowpeer SIPshowregistry SKINNYdevices SKINNYlines SendFlash SendText
    Setvar SorceryMemoryCacheExpire SorceryMemoryCacheExpireObject SorceryMemoryCachePopulate SorceryMemoryCacheStale
    SorceryMemoryCacheStaleObject StopMixMonitor StopMonitor UnpauseMonitor UserEvent VoicemailBoxSummary VoicemailForward
    VoicemailMove VoicemailRefresh VoicemailRemove VoicemailUserStatus VoicemailUsersList`,
  'own channels contexts': 'Atxfer BlindTransfer DialplanExtensionAdd DialplanExtensionRemove Redirect',
  'own channels queues': 'QueueChangePriorityCaller QueueWithdrawCaller',
  'channels contexts': 'Originate',
  'channels queues': 'QueueMemberRingInUse QueuePause QueuePenalty QueueRemove',
  'channels queues contexts': 'QueueAdd',
  queues: 'QueueLog QueueReload QueueReset QueueRule',
  contexts: 'ExtensionState ShowDialPlan',
  'all: applications': 'AGI',
  'all: commands': 'Command',
  'all: configFiles': 'CreateConfig GetConfig GetConfigJSON ListCategories UpdateConfig',
  'all: databaseFamilies': 'DBDel DBDelTree DBGet DBGetTree DBPut',
  'all: limit-exceeded': 'Challenge Events Filter IAXnetstats Login Logoff SKINNYshowdevice SKINNYshowline WaitEvent',
};

const rows = Object.entries(EXPECTED).flatMap(([refused, names]) =>
  names.split(/\s+/).map((name) => [name, refused] as const),
);

describe('limits and actions', () => {
  it('are judged for every action there is', () => {
    expect(rows.map(([name]) => name).toSorted()).toEqual(declarations.map(({ name }) => name).toSorted());
  });

  it.each(rows)('%s: refused to tokens limited in [%s]', async (name, refused) => {
    expect(await refusals(name)).toBe(refused);
  });

  it.each(declarations.filter(({ internal }) => !internal).map(({ name }) => name))(
    '%s: allowed where every limit is opened',
    async (name) => {
      expect(await verdict(opened, sample(name))).toBe('');
    },
  );
});
