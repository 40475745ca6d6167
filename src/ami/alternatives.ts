const MIX_MONITOR = 'MixMonitor and its kin record there; the routes under recordings choose by themselves';
const PJSIP =
  'chan_sip is gone from Asterisk 21 on: PJSIPShowEndpoints, PJSIPShowContacts and PJSIPQualify tell of PJSIP phones';
const SKINNY = 'chan_skinny is gone from Asterisk 21 on: DeviceStateList tells of phones of any kind';
const VOICEMAIL = 'from Asterisk 20 on; before, VoiceMailMain does it from a phone, and MailboxCount counts';

/** What to do where an Asterisk lacks an action; null where it has nothing that comes near. */
const ALTERNATIVES: Readonly<Record<string, string | null>> = {
  Monitor: MIX_MONITOR,
  StopMonitor: MIX_MONITOR,
  PauseMonitor: MIX_MONITOR,
  UnpauseMonitor: MIX_MONITOR,
  ChangeMonitor: 'stop the recording and start another',
  SIPpeers: PJSIP,
  SIPpeerstatus: PJSIP,
  SIPshowpeer: PJSIP,
  SIPqualifypeer: PJSIP,
  SIPshowregistry:
    'chan_sip is gone from Asterisk 21 on: PJSIPShowRegistrationsOutbound tells of registrations by PJSIP',
  SIPnotify: 'chan_sip is gone from Asterisk 21 on: PJSIPNotify notifies by PJSIP',
  SKINNYdevices: SKINNY,
  SKINNYlines: SKINNY,
  SKINNYshowdevice: SKINNY,
  SKINNYshowline: SKINNY,
  CoreShowChannelMap:
    'CoreShowChannels gives the bridge of each channel (BridgeId), BridgeInfo the channels of a bridge',
  PJSIPHangup: 'Hangup with a Cause: Asterisk makes a SIP status of it',
  PJSIPSetMaintenance: 'QueuePause keeps a member from calls; nothing else takes an endpoint out of use there',
  PJSIPShowMaintenance: null,
  SendFlash: 'PlayDTMF, where the far end takes a code for it',
  DAHDIShowStatus: 'PRIShowSpans for ISDN, DAHDIShowChannels for lines',
  VoicemailBoxSummary: VOICEMAIL,
  VoicemailForward: VOICEMAIL,
  VoicemailMove: VOICEMAIL,
  VoicemailRemove: VOICEMAIL,
  MeetmeList: 'ConfbridgeList, for conferences of ConfBridge',
  MeetmeListRooms: 'ConfbridgeListRooms, for conferences of ConfBridge',
  MeetmeMute: 'ConfbridgeMute, for conferences of ConfBridge',
  MeetmeUnmute: 'ConfbridgeUnmute, for conferences of ConfBridge',
  MWIGet: 'MailboxStatus and MailboxCount, for mailboxes of app_voicemail',
};

export const alternativeTo = (action: string): string | null => ALTERNATIVES[action] ?? null;

export const hasAlternativeEntry = (action: string): boolean => Object.hasOwn(ALTERNATIVES, action);
