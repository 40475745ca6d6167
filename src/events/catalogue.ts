/** Class, as manager.conf's `read=` has it, → Asterisk's name of the event → public name. Those of 16 to 22. */
const BY_CLASS = {
  agent: {
    AgentCalled: 'agent.called',
    AgentComplete: 'agent.completed',
    AgentConnect: 'agent.connected',
    AgentDump: 'agent.dumped',
    AgentLogin: 'agent.logged-in',
    AgentLogoff: 'agent.logged-off',
    AgentRingNoAnswer: 'agent.not-answered',
    QueueCallerAbandon: 'queue.caller-abandoned',
    QueueCallerJoin: 'queue.caller-joined',
    QueueCallerLeave: 'queue.caller-left',
    QueueMemberAdded: 'queue.member-added',
    QueueMemberPause: 'queue.member-paused',
    QueueMemberPenalty: 'queue.member-penalty-changed',
    QueueMemberRemoved: 'queue.member-removed',
    QueueMemberRinginuse: 'queue.member-ring-in-use-changed',
    QueueMemberStatus: 'queue.member-status-changed',
  },
  agi: {
    AGIExecEnd: 'agi.command-ended',
    AGIExecStart: 'agi.command-started',
    AsyncAGIEnd: 'agi.async-ended',
    AsyncAGIExec: 'agi.async-executed',
    AsyncAGIStart: 'agi.async-started',
  },
  aoc: { 'AOC-D': 'aoc.during-call', 'AOC-E': 'aoc.call-ended', 'AOC-S': 'aoc.call-started' },
  call: {
    AttendedTransfer: 'transfer.attended',
    BlindTransfer: 'transfer.blind',
    BridgeCreate: 'bridge.created',
    BridgeDestroy: 'bridge.destroyed',
    BridgeEnter: 'bridge.entered',
    BridgeLeave: 'bridge.left',
    BridgeMerge: 'bridge.merged',
    BridgeVideoSourceUpdate: 'bridge.video-source-changed',
    CEL: 'cel.recorded',
    ChanSpyStart: 'spy.started',
    ChanSpyStop: 'spy.stopped',
    ChannelTalkingStart: 'channel.talking-started',
    ChannelTalkingStop: 'channel.talking-stopped',
    ConfbridgeEnd: 'conference.ended',
    ConfbridgeJoin: 'conference.joined',
    ConfbridgeLeave: 'conference.left',
    ConfbridgeMute: 'conference.muted',
    ConfbridgeRecord: 'conference.recording-started',
    ConfbridgeStart: 'conference.started',
    ConfbridgeStopRecord: 'conference.recording-stopped',
    ConfbridgeTalking: 'conference.talking-changed',
    ConfbridgeUnmute: 'conference.unmuted',
    DAHDIChannel: 'dahdi.channel-assigned',
    DeviceStateChange: 'device.state-changed',
    DialBegin: 'dial.began',
    DialEnd: 'dial.ended',
    DialState: 'dial.state-changed',
    ExtensionStatus: 'extension.status-changed',
    FAXStatus: 'fax.status',
    Flash: 'channel.flashed',
    Hangup: 'channel.hung-up',
    HangupRequest: 'channel.hangup-requested',
    Hold: 'channel.held',
    LocalBridge: 'local.bridged',
    LocalOptimizationBegin: 'local.optimization-began',
    LocalOptimizationEnd: 'local.optimization-ended',
    MCID: 'channel.malicious-call',
    MeetmeEnd: 'meetme.ended',
    MeetmeJoin: 'meetme.joined',
    MeetmeLeave: 'meetme.left',
    MeetmeMute: 'meetme.mute-changed',
    MeetmeTalkRequest: 'meetme.talk-requested',
    MeetmeTalking: 'meetme.talking-changed',
    MessageWaiting: 'mailbox.message-waiting',
    MiniVoiceMail: 'mailbox.mini-voicemail',
    MixMonitorMute: 'recording.muted',
    MixMonitorStart: 'recording.started',
    MixMonitorStop: 'recording.stopped',
    MonitorStart: 'monitor.started',
    MonitorStop: 'monitor.stopped',
    MusicOnHoldStart: 'channel.music-started',
    MusicOnHoldStop: 'channel.music-stopped',
    NewAccountCode: 'channel.account-changed',
    NewCallerid: 'channel.caller-changed',
    NewConnectedLine: 'channel.connected-line-changed',
    Newchannel: 'channel.created',
    Newstate: 'channel.state-changed',
    OriginateResponse: 'originate.answered',
    ParkedCall: 'parking.parked',
    ParkedCallGiveUp: 'parking.given-up',
    ParkedCallSwap: 'parking.swapped',
    ParkedCallTimeOut: 'parking.timed-out',
    Pickup: 'channel.picked-up',
    PresenceStateChange: 'presence.state-changed',
    PresenceStatus: 'presence.hint-changed',
    ReceiveFAX: 'fax.received',
    Rename: 'channel.renamed',
    SendFAX: 'fax.sent',
    SoftHangupRequest: 'channel.soft-hangup-requested',
    UnParkedCall: 'parking.unparked',
    Unhold: 'channel.resumed',
    Wink: 'channel.winked',
  },
  cc: {
    CCAvailable: 'cc.available',
    CCCallerRecalling: 'cc.caller-recalling',
    CCCallerStartMonitoring: 'cc.caller-monitoring-started',
    CCCallerStopMonitoring: 'cc.caller-monitoring-stopped',
    CCFailure: 'cc.failed',
    CCMonitorFailed: 'cc.monitor-failed',
    CCOfferTimerStart: 'cc.offer-timer-started',
    CCRecallComplete: 'cc.recall-completed',
    CCRequestAcknowledged: 'cc.request-acknowledged',
    CCRequested: 'cc.requested',
  },
  cdr: { Cdr: 'cdr.recorded' },
  dialplan: {
    HangupHandlerPop: 'dialplan.hangup-handler-removed',
    HangupHandlerPush: 'dialplan.hangup-handler-added',
    HangupHandlerRun: 'dialplan.hangup-handler-run',
    Newexten: 'dialplan.executed',
    VarSet: 'variable.set',
  },
  dtmf: { DTMFBegin: 'dtmf.began', DTMFEnd: 'dtmf.ended' },
  reporting: {
    FAXSession: 'fax.session',
    FAXStats: 'fax.statistics',
    RTCPReceived: 'rtcp.received',
    RTCPSent: 'rtcp.sent',
    TestEvent: 'test.event',
  },
  security: {
    AuthMethodNotAllowed: 'security.method-not-allowed',
    ChallengeResponseFailed: 'security.challenge-failed',
    ChallengeSent: 'security.challenge-sent',
    FailedACL: 'security.acl-failed',
    InvalidAccountID: 'security.account-invalid',
    InvalidPassword: 'security.password-invalid',
    InvalidTransport: 'security.transport-invalid',
    LoadAverageLimit: 'security.load-limit',
    MemoryLimit: 'security.memory-limit',
    RequestBadFormat: 'security.request-malformed',
    RequestNotAllowed: 'security.request-not-allowed',
    RequestNotSupported: 'security.request-not-supported',
    SessionLimit: 'security.session-limit',
    SuccessfulAuth: 'security.authenticated',
    UnexpectedAddress: 'security.address-unexpected',
  },
  system: {
    Alarm: 'dahdi.alarm',
    AlarmClear: 'dahdi.alarm-cleared',
    ContactStatus: 'contact.status-changed',
    DNDState: 'dahdi.do-not-disturb',
    DeadlockStart: 'system.deadlock',
    FullyBooted: 'system.booted',
    Load: 'module.loaded',
    LogChannel: 'logger.channel',
    MobileStatus: 'mobile.status',
    PJSIPMaintenanceStatus: 'endpoint.maintenance-changed',
    PeerStatus: 'peer.status-changed',
    Registry: 'registration.changed',
    Reload: 'module.reloaded',
    Shutdown: 'system.shutdown',
    SpanAlarm: 'dahdi.span-alarm',
    SpanAlarmClear: 'dahdi.span-alarm-cleared',
    Unload: 'module.unloaded',
  },
  user: { JabberStatus: 'jabber.status', UserEvent: 'user.event' },
} as const satisfies Record<string, Record<string, string>>;

export interface CatalogueEntry {
  /** Asterisk's name of the event. */
  ami: string;
  /** A token needs `read:` of each of these. */
  class: readonly string[];
  /** Public name. */
  name: string;
}

const ENTRIES: readonly CatalogueEntry[] = [
  ...Object.entries(BY_CLASS).flatMap(([eventClass, events]) =>
    Object.entries(events).map(([ami, name]) => ({ ami, class: [eventClass], name })),
  ),
  { ami: 'VoicemailPasswordChange', class: ['system', 'user'], name: 'mailbox.password-changed' },
];

/** Events the gateway makes itself, with the class that rules who may see them. */
export const DERIVED = {
  'call.started': 'call',
  'call.ringing': 'call',
  'call.answered': 'call',
  'call.bridged': 'call',
  'call.held': 'call',
  'call.resumed': 'call',
  'call.transferred': 'call',
  'call.recording.started': 'call',
  'call.recording.stopped': 'call',
  'call.ended': 'call',
  'pbx.connected': 'system',
  'pbx.disconnected': 'system',
  'pbx.resynchronised': 'system',
  'webhook.disabled': 'system',
} as const;
export type DerivedName = keyof typeof DERIVED;

const byAmi = new Map(ENTRIES.map((entry) => [entry.ami.toLowerCase(), entry]));

/** Every event known, by name. */
export const catalogue = (): readonly CatalogueEntry[] => ENTRIES;

const kebab = (name: string): string =>
  name.replace(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3-$2').toLowerCase().replace(/[^a-z0-9]+/g, '-'); // prettier-ignore

/**
 * What is known of an event by its name. One that is not known is `other.<name>`, of the classes its Privilege
 * header gives: the second header, before any that others can write.
 */
export const lookUp = (ami: string, privilege: string | undefined): CatalogueEntry =>
  byAmi.get(ami.toLowerCase()) ?? {
    ami,
    class: (privilege ?? '').split(',').filter((name) => /^[a-z]+$/.test(name) && name !== 'all'),
    name: `other.${kebab(ami).slice(0, 60)}`,
  };
