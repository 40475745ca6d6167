/** What the gateway sends on its own behalf, whatever tokens may do. */
export const OWN_ACTIONS = [
  'CoreSettings',
  'CoreShowChannels',
  'CoreStatus',
  'ListCommands',
  'Ping',
  'Status',
] as const;

/** Events by which calls are followed, and FullyBooted, which says that Asterisk is ready. */
export const OWN_EVENTS = [
  'AttendedTransfer', 'BlindTransfer', 'BridgeEnter', 'BridgeLeave', 'DialBegin', 'DialEnd', 'DialState', 'FullyBooted', 'Hangup',
  'Hold', 'LocalOptimizationBegin', 'MixMonitorStart', 'MixMonitorStop', 'MonitorStart', 'MonitorStop', 'NewCallerid',
  'NewConnectedLine', 'Newchannel', 'Newstate', 'OriginateResponse', 'Rename', 'Unhold',
] as const; // prettier-ignore

/** Of class agent: by them a call is known to be in a queue, and with whom. Taken where that class is read anyway. */
export const QUEUE_EVENTS = ['AgentConnect', 'QueueCallerJoin'] as const;

export type Release = '16' | '22';

/** Actions that are declared and that a release does not have. */
export const ABSENT: Readonly<Record<Release, readonly string[]>> = {
  16: [
    'CoreShowChannelMap', 'DAHDIShowStatus', 'PJSIPHangup', 'PJSIPSetMaintenance', 'PJSIPShowMaintenance', 'SendFlash',
    'VoicemailBoxSummary', 'VoicemailForward', 'VoicemailMove', 'VoicemailRemove',
  ],
  22: [
    'ChangeMonitor', 'Monitor', 'PauseMonitor', 'SIPnotify', 'SIPpeers', 'SIPpeerstatus', 'SIPqualifypeer', 'SIPshowpeer',
    'SIPshowregistry', 'SKINNYdevices', 'SKINNYlines', 'SKINNYshowdevice', 'SKINNYshowline', 'StopMonitor', 'UnpauseMonitor',
  ],
}; // prettier-ignore
