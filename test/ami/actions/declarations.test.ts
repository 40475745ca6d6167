import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { declarations } from '../../../src/ami/actions/registry.ts';
import { encodeAction } from '../../../src/ami/encoder.ts';
import { sample } from '../../helpers/action-samples.ts';

type Source = Record<string, Record<string, { write: string[] }>>;

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8'));

const source = fixture('actions-source.json') as Source;
/** The event that ended each list 16 and 22 gave when they were asked. */
const listEnds = Object.entries(fixture('list-ends.json') as Record<string, string>);

/** Each action of any release, and the classes of which a release wants one. */
const wanted = new Map<string, Set<string>>();
for (const release of Object.values(source)) {
  for (const [name, { write }] of Object.entries(release)) {
    wanted.set(name, new Set([...(wanted.get(name) ?? []), ...write]));
  }
}

/** Changing actions that reach nothing a limit could name. None is. */
const REACH_NOTHING: string[] = [];

/** Where the gateway asks for other scopes than Asterisk's classes though it wants some: see the declarations. */
const OTHER_SCOPES = ['CoreShowChannels', 'MixMonitor'];

const INTERNAL = [
  'Challenge', 'Events', 'Filter', 'IAXnetstats', 'Login', 'Logoff', 'SKINNYshowdevice', 'SKINNYshowline', 'WaitEvent',
]; // prettier-ignore

/** Reads that can tell a secret, or are of people rather than of calls: never for `read:`. */
const NOT_OBSERVING = [
  'DBGet', 'DBGetTree', 'GetConfig', 'GetConfigJSON', 'Getvar', 'ListCategories', 'PJSIPShowAuths', 'PJSIPShowEndpoint',
  'PJSIPShowRegistrationsOutbound', 'ShowDialPlan', 'VoicemailBoxSummary', 'VoicemailUserStatus', 'VoicemailUsersList',
]; // prettier-ignore

const SLOW = [
  'Command', 'DAHDIRestart', 'LoggerRotate', 'ModuleLoad', 'QueueReload', 'Reload', 'UpdateConfig',
]; // prettier-ignore

const namesWhere = (holds: (declaration: (typeof declarations)[number]) => boolean): string[] =>
  declarations
    .filter(holds)
    .map(({ name }) => name)
    .toSorted();

const linesOf = (name: string, fields?: object): string[] =>
  encodeAction(name, 'id', sample(name, fields).headers).trimEnd().split('\r\n').slice(2);

describe('the declarations', () => {
  it('are those of Asterisk 16, 22 and master, each once', () => {
    expect(wanted.size).toBe(169);
    expect(declarations.map(({ name }) => name).toSorted()).toEqual([...wanted.keys()].toSorted());
  });

  it.each(declarations.map((declaration) => [declaration.name, declaration] as const))(
    '%s: wants what Asterisk wants, and something of every token',
    (name, { classes, scopes, internal, changes, observes }) => {
      expect([...classes].toSorted()).toEqual([...(wanted.get(name) ?? [])].toSorted());
      if (classes.length > 0 && !OTHER_SCOPES.includes(name)) expect(scopes).toEqual(classes);
      expect(internal || scopes.length > 0).toBe(true);
      expect(changes && observes).toBe(false);
      expect(linesOf(name).length).toBeGreaterThanOrEqual(0);
    },
  );

  it.each(listEnds)('%s: ends with %s, as it does on a real server', (name, complete) => {
    expect(declarations.find((one) => one.name === name)?.reply).toMatchObject({ kind: 'list', complete });
  });

  it('keep what belongs to a connection, and what cannot be told from a torn stream, to the gateway', () => {
    expect(namesWhere(({ internal }) => internal)).toEqual(INTERNAL);
  });

  it('say of every action that changes something what it reaches', () => {
    expect(namesWhere(({ changes, name }) => changes && sample(name).touches.length === 0)).toEqual(REACH_NOTHING);
  });

  it('do not open reads of secrets to read:', () => {
    expect(namesWhere(({ changes, observes, internal }) => !changes && !observes && !internal)).toEqual(NOT_OBSERVING);
  });

  it('send what takes long to the slow lane', () => {
    expect(namesWhere(({ slow }) => slow)).toEqual(SLOW);
  });
});

describe('headers of actions', () => {
  it('number the updates of a file', () => {
    const Updates = [
      { Action: 'NewCat', Cat: 'a' },
      { Action: 'Append', Cat: 'a', Var: 'x', Value: '>1', Options: 'allowdups' },
    ];
    expect(linesOf('UpdateConfig', { SrcFilename: 'a.conf', DstFilename: 'b.conf', Updates })).toEqual([
      'SrcFilename: a.conf', 'DstFilename: b.conf', 'Action-000000: NewCat', 'Cat-000000: a', 'Action-000001: Append',
      'Cat-000001: a', 'Var-000001: x', 'Value-000001: >1', 'Options-000001: allowdups',
    ]); // prettier-ignore
  });

  it('repeat Variable, and encode it as Asterisk reads it', () => {
    const Variable = { Event: 'check-sync;reboot=true', Content: ['a,b', 'c'] };
    expect(linesOf('PJSIPNotify', { Endpoint: 'x', Variable })).toEqual([
      'Endpoint: x', 'Variable: Event=check-sync;reboot=true', String.raw`Variable: Content=a\,b`, 'Variable: Content=c',
    ]); // prettier-ignore
    expect(() => sample('MessageSend', { To: 'x', Variable: { 'a=b': 'c' } })).toThrow(/MessageSend/);
  });

  it('number the units of a charge, and repeat its rates', () => {
    const Rates = [{ ChargedItem: 'BasicCommunication', RateType: 'Free' }, { ChargedItem: 'CallSetup' }];
    const lines = linesOf('AOCMessage', {
      Channel: 'c',
      MsgType: 'S',
      Units: [{ UnitAmount: 3 }, { UnitType: 1 }],
      Rates,
    });
    expect(lines.slice(2)).toEqual([
      'UnitAmount(0): 3', 'UnitType(1): 1', 'ChargedItem: BasicCommunication', 'RateType: Free', 'ChargedItem: CallSetup',
    ]); // prettier-ignore
  });

  it('relay free headers of a UserEvent, but none an event or an action has of its own', () => {
    const Headers = { order_id: '7', '2nd-Line': 'x' };
    expect(linesOf('UserEvent', { UserEvent: 'Order', Headers })).toEqual([
      'UserEvent: Order',
      'order_id: 7',
      '2nd-Line: x',
    ]);
    for (const name of [
      'Action',
      'ACTIONID',
      'event',
      'Privilege',
      'Timestamp',
      'Response',
      'SuppressEvents',
      'UserEvent',
      'a b',
      'a:b',
      'a\r\nb',
      '',
    ]) {
      expect(() => sample('UserEvent', { UserEvent: 'x', Headers: { [name]: 'y' } })).toThrow(/UserEvent/);
    }
  });
});

describe('fields', () => {
  // prettier-ignore
  it.each([
    ['Atxfer', { Channel: 'c', Exten: '1' }], ['BlindTransfer', { Channel: 'c', Exten: '1' }],
    ['AOCMessage', { ChannelPrefix: 'PJSIP/', MsgType: 'D' }], ['Bridge', { Channel1: 'P', Channel2: 'PJSIP/a-1' }],
    ['ConfbridgeKick', { Conference: '1', Channel: 'P' }], ['ConfbridgeMute', { Conference: '1', Channel: 'ALL' }],
    ['ConfbridgeStartRecord', { Conference: '1', RecordFile: '/etc/passwd' }], ['ConfbridgeStartRecord', { Conference: '1', RecordFile: 'a.wav,b,reboot' }],
    ['Originate', { Channel: 'PJSIP/a', ChannelId: 'PJSIP/', Async: true }], ['MixMonitor', { Channel: 'c', Command: 'reboot' }],
    ['ModuleLoad', { Module: '../x', LoadType: 'load' }], ['Reload', { Module: '/x' }], ['PRIDebugFileSet', { File: '/etc/x' }],
    ['MWIGet', { Mailbox: '/.*/' }], ['MWIDelete', { Mailbox: '/.*/' }], ['DBDelTree', { Family: '%' }], ['DBGetTree', { Family: 'a%' }],
    ['VoicemailMove', { Context: 'c', Mailbox: '1', Folder: '../x', ID: '1', ToFolder: 'Old' }], ['ChangeMonitor', { Channel: 'c', File: '/etc/x' }],
    ['Park', { Channel: 'c', AnnounceChannel: 'PJSIP/a-1' }], ['PJSIPNotify', { Endpoint: 'x', Variable: { 'a\r\nb': 'c' } }],
    ['UpdateConfig', { SrcFilename: 'a', DstFilename: 'a', Updates: [{ Action: 'Append', Cat: 'a', Var: '#include "/etc/passwd" ;', Value: 'x' }] }],
    ['UpdateConfig', { SrcFilename: 'a', DstFilename: 'a', Updates: [{ Action: 'Exec', Cat: 'a' }] }],
  ])('of %s refuse %o', (name, fields) => {
    expect(() => sample(name, fields)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });
});
