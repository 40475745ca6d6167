import { describe, expect, it } from 'vitest';
import { fieldsOf } from '../../src/events/fields.ts';
import { frame } from '../helpers/doubles.ts';

const ROWS: [source: string, header: string, text: string, name: string, value: unknown][] = [
  ['ConfbridgeListRooms', 'Parties', '2', 'parties', 2],
  ['ConfbridgeListRooms', 'Locked', 'No', 'locked', false],
  ['ConfbridgeListRooms', 'Conference', '1000', 'conference', '1000'],
  ['ConfbridgeList', 'AnsweredTime', '42', 'answeredTime', 42],
  ['QueueParams', 'ServicelevelPerf', '87.5', 'servicelevelPerf', 87.5],
  ['QueueMember', 'Status', '1', 'status', 1],
  ['QueueMember', 'LastCall', '1795396802', 'lastCall', '2026-11-23T01:20:02.000Z'],
  ['QueueMember', 'LastCall', '0', 'lastCall', null],
  ['QueueMemberPause', 'Reason', '7', 'reason', '7'],
  ['QueueMemberPause', 'PausedReason', '7', 'pausedReason', '7'],
  ['OriginateResponse', 'Reason', '4', 'reason', 4],
  ['ContactStatusDetail', 'RegExpire', '1795396802', 'regExpire', '2026-11-23T01:20:02.000Z'],
  ['ContactStatusDetail', 'AOR', '100', 'aor', '100'],
  ['EndpointDetail', 'RtpSymmetric', 'false', 'rtpSymmetric', false],
  ['EndpointDetail', 'MaxAudioStreams', '1', 'maxAudioStreams', 1],
  ['EndpointDetail', 'Context', '100', 'context', '100'],
  ['EndpointDetail', 'Callerid', '100', 'callerid', '100'],
  ['AuthDetail', 'Username', '100', 'username', '100'],
  ['VoicemailUserEntry', 'VoiceMailbox', '100', 'voiceMailbox', '100'],
  ['VoicemailUserEntry', 'AttachMessage', 'Yes', 'attachMessage', true],
  ['PeerEntry', 'IPaddress', '127.0.0.1', 'ipAddress', '127.0.0.1'],
  ['PeerEntry', 'IPport', '4569', 'ipPort', 4569],
  ['CoreShowChannel', 'CallerIDNum', '100', 'callerIdNum', '100'],
  ['CoreShowChannel', 'CallerIDName', 'No', 'callerIdName', 'No'],
  ['CoreShowChannel', 'ApplicationData', '3600', 'applicationData', '3600'],
  ['Newchannel', 'AccountCode', '007', 'accountCode', '007'],
  ['Newchannel', 'ChannelState', 'odd', 'channelState', 'odd'],
  ['VarSet', 'Value', String.raw`a\nb`, 'value', 'a\nb'],
  ['MessageWaiting', 'Mailbox', '100@default', 'mailbox', '100@default'],
  ['MessageWaiting', 'Waiting', '1', 'waiting', true],
  ['MessageWaiting', 'New', '2', 'new', 2],
  ['ContactStatus', 'RoundtripUsec', '912', 'roundtripUsec', 912],
  ['RTCPReceived', 'RTT', '0.0012', 'rtt', 0.0012],
  ['RTCPReceived', 'Report0CumulativeLost', '3', 'report0CumulativeLost', 3],
  ['ReceiveFAX', 'PagesTransferred', '4', 'pagesTransferred', 4],
  ['AgentComplete', 'Reason', 'agent', 'reason', 'agent'],
  ['Newchannel', 'CallerIDName', '<unknown>', 'callerIdName', null],
  ['QueueEntry', 'CallerIDNum', 'unknown', 'callerIdNum', null],
  ['QueueEntry', 'Wait', '7', 'wait', 7],
  ['SuccessfulAuth', 'UsingPassword', '0', 'usingPassword', false],
  ['UserEvent', 'constructor', '1', 'constructor', '1'],
];

describe('fields of an event', () => {
  it.each(ROWS)('%s: %s: %s is %s', (source, header, text, name, value) => {
    expect(Object.entries(fieldsOf(frame({ Event: source, [header]: text })))).toEqual([[name, value]]);
  });

  it('are read by the action where there is no event', () => {
    expect(fieldsOf(frame({ Response: 'Success', Status: '-1' }), 'ExtensionState')).toMatchObject({ status: -1 });
    expect(fieldsOf(frame({ Response: 'Success', Status: '1' }), 'PJSIPShowMaintenance')).toMatchObject({
      status: '1',
    });
  });
});
