import { describe, expect, it } from 'vitest';
import { fieldsOf } from '../../src/events/fields.ts';
import { frame } from '../helpers/doubles.ts';

describe('fields of an event', () => {
  it.each([
    [{ Event: 'MessageWaiting', Mailbox: '100@default', Waiting: 1, New: 2, Old: 0 }, { mailbox: '100@default', waiting: true, new: 2, old: 0 }],
    [{ Event: 'ContactStatus', ContactStatus: 'Reachable', RoundtripUsec: 912 }, { contactStatus: 'Reachable', roundtripUsec: 912 }],
    [{ Event: 'RTCPReceived', RTT: '0.0012', ReportCount: 1, Report0CumulativeLost: 3 }, { rtt: '0.0012', reportCount: 1, report0CumulativeLost: 3 }],
    [{ Event: 'ReceiveFAX', PagesTransferred: 4, TransferRate: 14_400 }, { pagesTransferred: 4, transferRate: 14_400 }],
    [{ Event: 'AgentComplete', HoldTime: 5, Reason: 'agent' }, { holdTime: 5, reason: 'agent' }],
    [{ Event: 'Newchannel', CallerIDNum: '0201234567', CallerIDName: '<unknown>', Exten: '101', AccountCode: '' }, { callerIdNum: '0201234567', callerIdName: null, extension: '101', accountCode: null }],
  ])('of %o', (headers, fields) => {
    expect(fieldsOf(frame(headers))).toEqual(fields);
  });
}); // prettier-ignore
