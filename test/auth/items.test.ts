import { describe, expect, it } from 'vitest';
import { declarations } from '../../src/ami/actions/registry.ts';
import type { Limits } from '../../src/auth/limits.ts';
import { maySee } from '../../src/auth/policy.ts';
import { sample } from '../helpers/action-samples.ts';
import { frame, principal } from '../helpers/doubles.ts';

const nobody = { owns: () => false };
const ours: Limits = { channels: ['PJSIP/agent001*'] };
const C = { Channel: 'PJSIP/agent001-1' };
const other = { Channel: 'PJSIP/agent002-1' };

const sees = (limits: Limits, name: string, headers: Record<string, string>): boolean => {
  const reference = declarations.find((one) => one.name === name)?.itemReference;
  if (!reference) throw new Error(`${name} does not say whose its items are`);
  return maySee(principal('', limits), reference(frame(headers)), nobody);
};

/** The lists of everything, which a limited token is not refused and yet sees whole. */
const OF_NOBODY = ['BridgeTechnologyList'];
/** Their items are covered by what the action was judged for. */
const JUDGED_BEFORE = [
  'DBGet', 'MWIGet', 'PJSIPShowEndpoint', 'ShowDialPlan', 'VoicemailBoxSummary', 'VoicemailUserStatus',
]; // prettier-ignore

// prettier-ignore
const ROWS: [name: string, headers: Record<string, string>, limits: Limits, seen: boolean][] = [
  ['BridgeInfo', C, ours, true], ['BridgeInfo', other, ours, false], ['BridgeInfo', C, { own: true }, false],
  ['ConfbridgeList', C, ours, true], ['ConfbridgeList', other, ours, false], ['MeetmeList', other, ours, false],
  ['ParkedCalls', { ParkeeChannel: 'PJSIP/agent001-1' }, ours, true], ['ParkedCalls', { ParkeeChannel: 'PJSIP/agent002-1', ...C }, ours, false],
  ['CoreShowChannelMap', { ...C, ConnectedChannel: 'PJSIP/agent002-1' }, ours, false], ['CoreShowChannelMap', { ...other, ConnectedChannel: 'PJSIP/agent001-1' }, ours, true],
  ['FAXSessions', other, ours, false], ['DAHDIShowChannels', { DAHDIChannel: '1' }, ours, false], ['DAHDIShowChannels', { DAHDIChannel: '1' }, {}, true],
  ['Agents', { Agent: '1001', Status: 'AGENT_LOGGEDOFF' }, ours, false], ['Agents', { Agent: '1001', ...C }, ours, true],
  ['PJSIPShowEndpoints', { ObjectName: 'agent001' }, ours, true], ['PJSIPShowEndpoints', { ObjectName: 'agent002' }, ours, false],
  ['PJSIPShowEndpoints', { ObjectName: 'agent001' }, { own: true }, false], ['PJSIPShowContacts', { Endpoint: 'agent002' }, ours, false],
  ['PJSIPShowMaintenance', { Endpoint: 'agent001' }, ours, true], ['PJSIPShowRegistrationInboundContactStatuses', { EndpointName: 'agent002' }, ours, false],
  ['PJSIPShowSubscriptionsInbound', { Endpoint: 'agent001' }, ours, true], ['PJSIPShowSubscriptionsOutbound', { Endpoint: '' }, ours, false],
  ['SIPpeers', { ObjectName: 'agent001' }, ours, false], ['SIPpeers', { ObjectName: 'a' }, { channels: ['SIP/a'] }, true],
  ['SIPpeerstatus', { Peer: 'SIP/a' }, { channels: ['SIP/a'] }, true], ['IAXpeers', { ObjectName: 'a' }, { channels: ['IAX2/a'] }, true],
  ['DeviceStateList', { Device: 'PJSIP/agent001' }, ours, true], ['DeviceStateList', { Device: 'Custom:lamp' }, ours, false],
  ['DeviceStateList', { Device: 'Custom:lamp' }, { channels: ['*'] }, true], ['DeviceStateList', { Device: 'PJSIP/agent001' }, { own: true }, false],
  ['ExtensionStateList', { Context: 'lab', Exten: '1', Hint: 'PJSIP/agent001' }, { contexts: ['lab'] }, true],
  ['ExtensionStateList', { Context: 'private', Exten: '1', Hint: 'PJSIP/agent001' }, { contexts: ['lab'] }, false],
  ['ExtensionStateList', { Context: 'lab', Exten: '2', Hint: 'PJSIP/agent001' }, { extensions: ['1*'] }, false],
  ['ExtensionStateList', { Context: 'lab', Exten: '1', Hint: 'PJSIP/agent001&Custom:x' }, ours, true], ['ExtensionStateList', { Context: 'lab', Exten: '1', Hint: 'PJSIP/agent002' }, ours, false],
  ['DBGetTree', { Key: '/crm/x' }, { databaseFamilies: ['crm'] }, true], ['DBGetTree', { Key: '/crm/calls/1/x' }, { databaseFamilies: ['crm/calls'] }, true],
  ['DBGetTree', { Key: '/CRM/x' }, { databaseFamilies: ['crm'] }, false], ['DBGetTree', { Key: '/other/crm' }, { databaseFamilies: ['crm'] }, false],
];

describe('items of a list', () => {
  it.each(ROWS)('%s %o: to a token with %o, shown: %s', (name, headers, limits, seen) => {
    expect(sees(limits, name, headers)).toBe(seen);
  });

  it('are told apart in every list that a limited token is not refused as a whole', () => {
    const untold = declarations
      .filter(({ reply, itemReference }) => reply.kind === 'list' && !itemReference)
      .map(({ name }) => name)
      .filter((name) => !sample(name).touches.some(({ kind }) => kind === 'shared'));
    expect(untold.toSorted()).toEqual([...OF_NOBODY, ...JUDGED_BEFORE]);
  });
});
