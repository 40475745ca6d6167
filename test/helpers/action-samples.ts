import { declarations } from '../../src/ami/actions/registry.ts';
import type { Action, Declaration } from '../../src/ami/types.ts';

const Channel = 'PJSIP/agent002-00000001';
const C = { Channel };
const place = { Context: 'private', Exten: '100' };
const Q = { Queue: 'support' };
const member = { Interface: 'PJSIP/agent002' };
const Endpoint = 'agent002';
const Peer = 'agent002';
const file = { Filename: 'manager.conf' };
const entry = { Family: 'cidname', Key: '100' };
const box = { Context: 'default', Mailbox: '100' };
const message = { ...box, Folder: 'INBOX', ID: '1' };
const room = { Conference: '1000' };
const line = { DAHDIChannel: '1' };
const cache = { Cache: 'aors' };

/** Fields for every action; those not listed need none. What they reach is not what the limited tokens of the tests may. */
// prettier-ignore
const FIELDS: Readonly<Record<string, object>> = {
  AGI: { ...C, Command: 'EXEC System reboot' }, AOCMessage: { ...C, MsgType: 'D', ChargeType: 'Unit', Units: [{ UnitAmount: 1 }, { UnitType: 2 }] },
  AbsoluteTimeout: { ...C, Timeout: 1.5 }, AgentLogoff: { Agent: '1001', Soft: true }, Atxfer: { ...C, ...place },
  BlindTransfer: { ...C, ...place }, Bridge: { Channel1: Channel, Channel2: Channel, Tone: 'Both' },
  BridgeDestroy: { BridgeUniqueid: 'b' }, BridgeInfo: { BridgeUniqueid: 'b' }, BridgeKick: C,
  BridgeTechnologySuspend: { BridgeTechnology: 'softmix' }, BridgeTechnologyUnsuspend: { BridgeTechnology: 'softmix' },
  CancelAtxfer: C, Challenge: { AuthType: 'MD5' }, ChangeMonitor: { ...C, File: 'a' }, Command: { Command: 'core show uptime' },
  ConfbridgeKick: { ...room, Channel: 'all' }, ConfbridgeList: room, ConfbridgeLock: room, ConfbridgeMute: { ...room, Channel },
  ConfbridgeSetSingleVideoSrc: { ...room, Channel }, ConfbridgeStartRecord: { ...room, RecordFile: 'a.wav' },
  ConfbridgeStopRecord: room, ConfbridgeUnlock: room, ConfbridgeUnmute: { ...room, Channel: 'participants' },
  ControlPlayback: { ...C, Control: 'stop' }, CoreShowChannelMap: C, CreateConfig: file,
  DAHDIDNDoff: line, DAHDIDNDon: line, DAHDIDialOffhook: { ...line, Number: '1' }, DAHDIHangup: line, DAHDITransfer: line,
  DBDel: entry, DBDelTree: { Family: 'cidname' }, DBGet: entry, DBPut: { ...entry, Val: '' },
  DialplanExtensionAdd: { Context: 'private', Extension: '100', Priority: 1, Application: 'Answer' },
  DialplanExtensionRemove: { Context: 'private', Extension: '100' }, Events: { EventMask: 'on' }, ExtensionState: place,
  FAXSession: { SessionNumber: 1 }, Filter: { Operation: 'Add', Filter: 'x' }, GetConfig: file, GetConfigJSON: file,
  Getvar: { Variable: 'x' }, Hangup: C, JabberSend: { Jabber: 'a', ScreenName: 'b', Message: 'c' }, ListCategories: file,
  LocalOptimizeAway: C, Login: { AuthType: 'MD5', Username: 'u', Key: 'k' }, MWIDelete: { Mailbox: '100' },
  MWIGet: { Mailbox: '100' }, MWIUpdate: { Mailbox: '100', NewMessages: 1 }, MailboxCount: { Mailbox: '100' },
  MailboxStatus: { Mailbox: '100' }, MeetmeMute: { Meetme: '1', Usernum: '1' }, MeetmeUnmute: { Meetme: '1', Usernum: '1' },
  MessageSend: { To: 'pjsip:agent002', Body: 'hello' }, MixMonitor: C, MixMonitorMute: { ...C, Direction: 'both', State: '1' },
  ModuleCheck: { Module: 'res_x.so' }, ModuleLoad: { LoadType: 'reload' }, Monitor: { ...C, File: 'a', Format: 'wav' },
  MuteAudio: { ...C, Direction: 'in', State: 'on' }, Originate: { Channel: 'PJSIP/agent002', ...place, Priority: 1, Async: true },
  PJSIPHangup: { ...C, Cause: '486' }, PJSIPNotify: { Endpoint, Variable: { Event: 'check-sync' } }, PJSIPQualify: { Endpoint },
  PJSIPRegister: { Registration: '*all' }, PJSIPSetMaintenance: { Endpoint, State: 'on' }, PJSIPShowEndpoint: { Endpoint },
  PJSIPUnregister: { Registration: 'carrier' }, PRIDebugFileSet: { File: 'pri.log' }, PRIDebugSet: { Span: 1, Level: 'on' },
  Park: { ...C, TimeoutChannel: Channel }, PauseMonitor: C, PlayDTMF: { ...C, Digit: '1' }, PlayMF: { ...C, Digit: '1' },
  PresenceState: { Provider: 'CustomPresence:x' }, QueueAdd: { ...Q, ...member, StateInterface: 'hint:100@private' },
  QueueChangePriorityCaller: { ...Q, Caller: Channel, Priority: 1 }, QueueLog: { ...Q, Event: 'x' },
  QueueMemberRingInUse: { ...member, RingInUse: true }, QueuePause: { ...member, Paused: true },
  QueuePenalty: { ...Q, ...member, Penalty: 1 }, QueueReload: { ...Q, Members: 'yes' }, QueueRemove: { ...Q, ...member },
  QueueReset: {}, QueueWithdrawCaller: { ...Q, Caller: Channel }, Redirect: { ...C, ...place, Priority: 1 },
  SIPnotify: { Channel: 'agent002', Variable: { Event: 'check-sync' } }, SIPpeerstatus: { Peer: 'SIP/agent002' },
  SIPqualifypeer: { Peer }, SIPshowpeer: { Peer }, SKINNYshowdevice: { Device: 'd' }, SKINNYshowline: { Line: 'l' },
  SendFlash: C, SendText: { ...C, Message: 'hello' }, Setvar: { ...C, Variable: 'x', Value: '' }, ShowDialPlan: { Context: 'private' },
  SorceryMemoryCacheExpire: cache, SorceryMemoryCacheExpireObject: { ...cache, Object: 'o' }, SorceryMemoryCachePopulate: cache,
  SorceryMemoryCacheStale: cache, SorceryMemoryCacheStaleObject: { ...cache, Object: 'o', Reload: true }, StopMixMonitor: C,
  StopMonitor: C, UnpauseMonitor: C, UpdateConfig: { SrcFilename: 'a.conf', DstFilename: 'b.conf', Reload: 'yes' },
  UserEvent: { UserEvent: 'x' }, VoicemailBoxSummary: box, VoicemailForward: { ...message, ToContext: 'default', ToMailbox: '1', ToFolder: 'Old' },
  VoicemailMove: { ...message, ToFolder: 'Old' }, VoicemailRemove: message, VoicemailUserStatus: box, WaitEvent: { Timeout: 1 },
};

type Factory = Declaration & ((fields: object) => Action);
const factories = new Map(declarations.map((declaration) => [declaration.name, declaration as Factory]));

/** An action by its name, with fields of ours or with those given. */
export const sample = (name: string, fields: object = FIELDS[name] ?? {}): Action => {
  const factory = factories.get(name);
  if (!factory) throw new Error(`No action ${name} is declared`);
  return factory(fields);
};
