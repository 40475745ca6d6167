import { describe, expect, it } from 'vitest';
import type { Limits } from '../../../src/auth/limits.ts';
import { sample } from '../../helpers/action-samples.ts';
import { verdict } from '../../helpers/judging.ts';

const OK = 'allowed';
const no = (limit: keyof Limits) => `limit-exceeded ${limit}`;
const BAD = 'invalid-request';
const files = (SrcFilename: string, DstFilename = SrcFilename, more = {}) => ({ SrcFilename, DstFilename, ...more });
const park = (TimeoutChannel: string) => ({ Channel: '1.1', TimeoutChannel });
const pause = (Interface: string, Queue?: string) => ({
  Interface,
  Paused: true,
  ...(Queue === undefined ? {} : { Queue }),
});
const add = (Interface: string, StateInterface?: string) => ({
  Queue: 'sales',
  Interface,
  ...(StateInterface === undefined ? {} : { StateInterface }),
});
const dialplan = (Application: string, ApplicationData = '') => ({
  Context: 'lab',
  Extension: '1',
  Priority: 1,
  Application,
  ApplicationData,
});
const place = (Context: string, Exten: string) => ({ Channel: '1.1', Context, Exten });

// prettier-ignore
const ROWS: [limits: Limits, name: string, fields: object, verdict: string][] = [
  // configuration files: closed, both of UpdateConfig's, and never a path
  [{}, 'GetConfig', { Filename: 'queues.conf' }, no('configFiles')], [{ configFiles: [] }, 'GetConfig', { Filename: 'queues.conf' }, no('configFiles')],
  [{ configFiles: ['queues.conf'] }, 'GetConfig', { Filename: 'queues.conf' }, OK], [{ configFiles: ['queues*'] }, 'GetConfigJSON', { Filename: 'queues.d.conf' }, OK],
  [{ configFiles: ['queues.conf'] }, 'GetConfig', { Filename: 'manager.conf' }, no('configFiles')],
  [{ configFiles: ['*'] }, 'GetConfig', { Filename: '/etc/passwd' }, BAD], [{ configFiles: ['*'] }, 'ListCategories', { Filename: '../passwd' }, BAD],
  [{ configFiles: ['*'] }, 'CreateConfig', { Filename: 'sub/x.conf' }, BAD], [{ configFiles: ['*'] }, 'CreateConfig', { Filename: '..' }, BAD],
  [{ configFiles: ['a.conf', 'b.conf'] }, 'UpdateConfig', files('a.conf', 'b.conf'), OK], [{ configFiles: ['a.conf'] }, 'UpdateConfig', files('a.conf', 'b.conf'), no('configFiles')],
  [{ configFiles: ['b.conf'] }, 'UpdateConfig', files('a.conf', 'b.conf'), no('configFiles')], [{ configFiles: ['*'] }, 'UpdateConfig', files('a.conf', '/etc/x'), BAD],
  [{ configFiles: ['*'], own: true }, 'UpdateConfig', files('a.conf', 'a.conf', { Reload: 'chan_pjsip.so' }), no('own')],
  [{ configFiles: ['*'], own: true }, 'UpdateConfig', files('a.conf', 'a.conf', { Reload: 'no' }), OK],
  // database families: closed; a path has the family any beginning of it names; an absent one is all
  [{}, 'DBGet', { Family: 'crm', Key: 'x' }, no('databaseFamilies')], [{ databaseFamilies: ['crm'] }, 'DBGet', { Family: 'crm', Key: 'x' }, OK],
  [{ databaseFamilies: ['crm'] }, 'DBPut', { Family: 'crm/calls', Key: 'x', Val: '' }, OK], [{ databaseFamilies: ['crm/calls'] }, 'DBPut', { Family: 'crm', Key: 'calls/x', Val: '' }, no('databaseFamilies')],
  [{ databaseFamilies: ['crm'] }, 'DBDel', { Family: 'crm2', Key: 'x' }, no('databaseFamilies')], [{ databaseFamilies: ['*'] }, 'DBDel', { Family: '/crm', Key: 'x' }, BAD],
  [{ databaseFamilies: ['crm'] }, 'DBGetTree', {}, no('databaseFamilies')], [{ databaseFamilies: ['*'] }, 'DBGetTree', {}, OK],
  [{ databaseFamilies: ['crm'] }, 'DBDelTree', { Family: 'crm' }, OK], [{ databaseFamilies: ['my_app'] }, 'DBDel', { Family: 'my_app', Key: 'x' }, OK],
  [{ databaseFamilies: ['crm'] }, 'DBDelTree', { Family: 'crm2' }, no('databaseFamilies')], [{ databaseFamilies: ['my*'] }, 'DBDelTree', { Family: 'my_app' }, OK],
  // a line of the queue log has its parts between |
  [{ queues: ['sales'] }, 'QueueLog', { Queue: 'sales', Event: 'X', Message: 'a|b' }, OK],
  // phones
  [{ channels: ['PJSIP/agent001'] }, 'PJSIPQualify', { Endpoint: 'agent001' }, OK], [{ channels: ['PJSIP/agent001-*'] }, 'PJSIPShowEndpoint', { Endpoint: 'agent001' }, OK],
  [{ channels: ['PJSIP/agent001'] }, 'PJSIPQualify', { Endpoint: 'agent0012' }, no('channels')], [{ channels: ['PJSIP/agent*'] }, 'PJSIPNotify', { Endpoint: 'agent001/sip:x@y', Option: 'o' }, no('channels')],
  [{ channels: ['PJSIP/agent001'] }, 'SIPshowpeer', { Peer: 'agent001' }, no('channels')], [{ channels: ['SIP/agent001'] }, 'SIPshowpeer', { Peer: 'sip/agent001' }, OK],
  [{ channels: ['PJSIP/agent001'] }, 'PJSIPSetMaintenance', { Endpoint: 'ALL', State: 'on' }, no('channels')], [{ channels: ['PJSIP/agent001'] }, 'PJSIPSetMaintenance', { Endpoint: 'agent001', State: 'on' }, OK],
  [{ channels: ['PJSIP/agent001'] }, 'PJSIPNotify', { URI: 'sip:a@b', Option: 'o' }, no('channels')], [{ own: true }, 'PJSIPQualify', { Endpoint: 'agent001' }, no('own')],
  // members of queues are dial strings; an absent queue is every one
  [{ queues: ['sales'] }, 'QueuePause', pause('PJSIP/a', 'sales'), OK], [{ queues: ['sales'] }, 'QueuePause', pause('PJSIP/a'), no('queues')],
  [{ queues: ['*'] }, 'QueuePause', pause('PJSIP/a'), OK], [{}, 'QueuePause', pause('PJSIP/a'), OK], [{}, 'QueuePause', pause('agent'), BAD],
  [{ contexts: ['lab'] }, 'QueueAdd', add('Local/1@lab/n'), OK], [{ contexts: ['lab'] }, 'QueueAdd', add('Local/1@private/n'), no('contexts')],
  [{ contexts: ['lab'] }, 'QueueAdd', add('Local/1@lab', 'hint:1@private'), no('contexts')], [{ contexts: ['lab'] }, 'QueueAdd', add('Local/1@lab', 'HINT:1@lab'), OK],
  [{ channels: ['PJSIP/a'] }, 'QueueAdd', add('PJSIP/a', 'PJSIP/b'), no('channels')], [{ channels: ['PJSIP/a'] }, 'QueueAdd', add('PJSIP/a', 'Custom:x'), OK],
  [{ queues: ['sales'] }, 'QueueReload', { Queue: 'sales', Members: 'yes' }, OK], [{ queues: ['sales'] }, 'QueueReload', { Queue: 'sales' }, no('queues')],
  [{ queues: ['sales'] }, 'QueueReload', { Queue: 'sales', Members: 'yes', Rules: 'yes' }, no('queues')], [{ queues: ['sales'] }, 'QueueReload', { Parameters: 'yes' }, no('queues')],
  [{ queues: ['sales'] }, 'QueueReset', { Queue: 'sales' }, OK], [{ queues: ['sales'] }, 'QueueReset', {}, no('queues')],
  // where a parked call goes back to: the name as given, and what Asterisk makes of it
  [{ channels: ['PJSIP/a-*'] }, 'Park', park('PJSIP/a-00000001'), OK], [{ channels: ['PJSIP/a-*'] }, 'Park', park('PJSIP/b-00000001'), no('channels')],
  [{ contexts: ['lab-x'] }, 'Park', park('Local/1@lab-x'), no('contexts')], [{ contexts: ['lab'] }, 'Park', park('Local/1@lab'), OK],
  [{}, 'Park', park('PJSIP/a&Local/1@private'), BAD], [{}, 'Park', park('PJSIP/${SHELL(id)}'), BAD], [{}, 'QueueAdd', add('PJSIP/${SHELL(id)}'), BAD],
  [{ own: true }, 'Park', { Channel: '1.1', Parkinglot: 'vip' }, no('own')], [{}, 'Park', { Channel: '1.1', Parkinglot: 'vip' }, OK],
  // keys that Asterisk hears as the phone's: 911 was reached so, with the extension of another, on 16.28 and 22.10
  [{ extensions: ['1'] }, 'PlayDTMF', { Channel: '1.1', Digit: '#', Receive: true }, no('extensions')], [{ contexts: ['lab'] }, 'PlayDTMF', { Channel: '1.1', Digit: '#', Receive: true }, no('contexts')],
  [{ contexts: ['lab'], extensions: ['1'] }, 'PlayDTMF', { Channel: '1.1', Digit: '#' }, OK], [{ contexts: ['*'], extensions: ['*'] }, 'PlayDTMF', { Channel: '1.1', Digit: '#', Receive: true }, OK],
  [{ contexts: ['lab'] }, 'SendFlash', { Channel: '1.1', Receive: true }, no('contexts')], [{}, 'PlayDTMF', { Channel: '1.1', Digit: '#', Receive: true }, OK],
  // transfers
  [{ contexts: ['lab'] }, 'Atxfer', place('lab', '1'), OK], [{ contexts: ['lab'] }, 'BlindTransfer', place('private', '1'), no('contexts')],
  [{ extensions: ['1*'] }, 'Atxfer', place('lab', '21'), no('extensions')],
  // what runs applications
  [{}, 'DialplanExtensionAdd', dialplan('Answer'), OK], [{}, 'DialplanExtensionAdd', dialplan('System', 'reboot'), no('applications')],
  [{}, 'DialplanExtensionAdd', dialplan('Playback', '${SHELL(reboot)}'), no('applications')], [{ applications: ['*'] }, 'DialplanExtensionAdd', dialplan('System', 'reboot'), OK],
  [{}, 'AGI', { Channel: '1.1', Command: 'ANSWER' }, no('applications')], [{ applications: ['AGI'] }, 'AGI', { Channel: '1.1', Command: 'ANSWER' }, OK],
  // a star alone stands for every channel, and so for what belongs to all
  [{ channels: ['*'] }, 'Reload', {}, OK], [{ channels: ['*'], own: true }, 'Reload', {}, no('own')], [{ channels: ['PJSIP/*'] }, 'Reload', {}, no('channels')],
];

describe('what actions reach', () => {
  it.each(
    ROWS.map(
      ([limits, name, fields, expected]) =>
        [JSON.stringify(limits), name, JSON.stringify(fields), expected, limits, fields] as const,
    ),
  )('for a token with %s: %s %s is %s', (_text, name, _fields, expected, limits, fields) => {
    expect(verdict('write:all', limits, sample(name, fields))).toBe(expected);
  });

  it('wants class system on top for AGI and System, which run anything', () => {
    const agi = sample('AGI', { Channel: '1.1', Command: 'EXEC System reboot' });
    expect(verdict('write:agi', { applications: ['*'] }, agi)).toBe('insufficient-scope write:system');
  });
});
