import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CoreShowChannels, Hangup, PlayDTMF, Redirect, Status } from '../../src/ami/actions/channel.ts';
import { ShowDialPlan } from '../../src/ami/actions/dialplan.ts';
import { QueueStatus, QueueSummary } from '../../src/ami/actions/queue.ts';
import { MixMonitor, Monitor, StopMixMonitor } from '../../src/ami/actions/recording.ts';
import { declarations } from '../../src/ami/actions/registry.ts';
import { Challenge, Login, Logoff } from '../../src/ami/actions/session.ts';
import { CoreSettings, CoreStatus, ListCommands, Ping } from '../../src/ami/actions/system.ts';
import { Getvar, Setvar } from '../../src/ami/actions/variable.ts';
import type { Action } from '../../src/ami/types.ts';
import type { Limits } from '../../src/auth/limits.ts';
import { judge, maySee, requirePbx } from '../../src/auth/policy.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { principal, verdictOf } from '../helpers/doubles.ts';
import { cli, dial, enter, get, having, set, showAs, start, verdict } from '../helpers/judging.ts';

const OK = 'allowed';
const no = (limit: keyof Limits) => `limit-exceeded ${limit}`;
const needs = (...scopes: string[]) => `insufficient-scope ${scopes.sort().join(' ')}`;
const C = { Channel: 'PJSIP/a-00000001' };
const redirect = (Context: string, Exten: string, extra: object = {}) =>
  Redirect({ ...C, Context, Exten, Priority: 1, ...extra });
const globalRead = Getvar({ Variable: 'x' });
const OBSERVE = ['write:system', 'read:system', 'write:reporting', 'read:reporting'];

type Row = [scope: string, action: Action, verdict: string];
// prettier-ignore
const SCOPES: Row[] = [
  // Any one of the classes of an action is enough; no other is.
  ['write:call', Hangup(C), OK], ['write:system', Hangup(C), OK], ['write:all', Hangup(C), OK],
  ['write:originate write:agent write:command', Hangup(C), needs('write:call', 'write:system')],
  ['write:call', redirect('lab', '1'), OK], ['write:system', redirect('lab', '1'), needs('write:call')],
  ['write:call', PlayDTMF({ ...C, Digit: '1' }), OK], ['write:dtmf', PlayDTMF({ ...C, Digit: '1' }), needs('write:call')],
  ['write:originate', enter('lab', '1'), OK], ['write:call', enter('lab', '1'), needs('write:originate')],
  ['write:call', set('x'), OK], ['write:reporting', set('x'), needs('write:call')],
  ['write:command', cli('core show uptime'), no('commands')], ['write:system', cli('core show uptime'), needs('write:command')],
  ['write:config', ShowDialPlan({ Context: 'lab' }), OK], ['write:system', ShowDialPlan({ Context: 'lab' }), needs('write:config', 'write:reporting')],
  // read: is enough for what only observes, and for nothing that changes or can tell a secret.
  ['read:call', Hangup(C), needs('write:call', 'write:system')], ['read:all', Hangup(C), needs('write:call', 'write:system')],
  ['read:call', CoreShowChannels({}), OK], ['read:all', CoreShowChannels({}), OK], ['write:call', CoreShowChannels({}), OK],
  ['read:reporting', CoreShowChannels({}), OK], ['read:agent', CoreShowChannels({}), needs(...OBSERVE, 'write:call', 'read:call')],
  ['read:call', Status({}), OK], ['read:agent', QueueStatus({}), OK], ['read:agent', QueueSummary({}), OK],
  ['read:call', QueueStatus({}), needs('write:agent', 'read:agent')], ['write:agent', QueueStatus({}), OK],
  ['read:system', CoreStatus({}), OK], ['read:reporting', CoreSettings({}), OK], ['read:call', CoreStatus({}), needs(...OBSERVE)],
  ['read:call', Ping({}), needs(...OBSERVE)], ['read:system', ListCommands({}), OK],
  ['read:call read:reporting', get('x'), needs('write:call', 'write:reporting')], ['read:all', globalRead, needs('write:call', 'write:reporting')],
  ['write:reporting', get('x'), OK], ['read:config', ShowDialPlan({ Context: 'lab' }), needs('write:config', 'write:reporting')],
  ['read:command', cli('core show uptime'), needs('write:command')], ['read:originate', enter('lab', '1'), needs('write:originate')],
  // Recording wants class system of Asterisk; here no command can be given, so class call is enough.
  ['write:call', MixMonitor({ ...C, File: 'a.wav' }), OK], ['read:call', MixMonitor({ ...C, File: 'a.wav' }), needs('write:call', 'write:system')],
  ['write:system', StopMixMonitor(C), OK], ['write:call', Monitor({ ...C, File: 'a', Format: 'wav' }), OK],
  // What belongs to the connection is nobody's, whatever the token holds.
  ['write:all read:all gateway:raw', Login({ AuthType: 'MD5', Username: 'u', Key: 'k' }), 'limit-exceeded'],
  ['write:all read:all gateway:raw', Challenge({ AuthType: 'MD5' }), 'limit-exceeded'],
  ['write:all read:all gateway:raw', Logoff({}), 'limit-exceeded'],
  ['gateway:tokens gateway:webhooks gateway:audit gateway:metrics gateway:raw', Status({}), needs('write:system', 'read:system', 'write:call', 'read:call', 'write:reporting', 'read:reporting')],
  ['', Status({}), needs('write:system', 'read:system', 'write:call', 'read:call', 'write:reporting', 'read:reporting')],
];

type LimitRow = [limits: Limits, action: Action, verdict: string];
// prettier-ignore
const LIMITS: LimitRow[] = [
  // contexts and extensions, however they are reached
  [{ contexts: ['lab'] }, enter('lab', '1'), OK], [{ contexts: ['lab'] }, enter('private', '1'), no('contexts')],
  [{ contexts: ['lab'] }, enter('LAB', '1'), no('contexts')], [{ contexts: ['lab-*'] }, enter('lab', '1'), no('contexts')],
  [{ contexts: [] }, enter('lab', '1'), no('contexts')], [{ contexts: ['*'] }, enter('private', '1'), OK],
  [{ contexts: ['lab'] }, redirect('private', '1'), no('contexts')], [{ contexts: ['lab'] }, redirect('lab', '1'), OK],
  [{ contexts: ['lab'] }, redirect('lab', '1', { ExtraChannel: 'x', ExtraContext: 'private', ExtraExten: '1', ExtraPriority: 1 }), no('contexts')],
  [{ extensions: ['1'] }, redirect('lab', '1', { ExtraChannel: 'x', ExtraExten: '2' }), no('extensions')],
  [{ contexts: ['lab'] }, ShowDialPlan({ Context: 'private' }), no('contexts')],
  [{ contexts: ['lab'] }, dial('PJSIP/a', { Exten: '1' }), no('contexts')],
  [{ extensions: ['10*'] }, enter('lab', '101'), OK], [{ extensions: ['10*'] }, enter('lab', '201'), no('extensions')],
  [{ extensions: ['10*'] }, dial('Local/201@lab'), no('extensions')], [{ extensions: ['10*'] }, redirect('lab', '9'), no('extensions')],
  // Local channels are dialplan
  [{ contexts: ['lab'] }, dial('Local/1@lab'), OK], [{ contexts: ['lab'] }, dial('Local/1@lab/nj'), OK],
  [{ contexts: ['lab'] }, dial('Local/1@private'), no('contexts')], [{ contexts: ['lab'] }, dial('local/1@private/n'), no('contexts')],
  [{ contexts: ['lab'] }, dial('LOCAL/1@private'), no('contexts')], [{ contexts: ['lab'] }, dial('Local/1'), no('contexts')],
  [{ contexts: ['lab'] }, dial('Local/1@'), no('contexts')], [{ contexts: ['lab'] }, dial('Local/1@lab@private'), no('contexts')],
  [{ contexts: ['lab'] }, dial('Local/1@private@lab'), no('contexts')], [{ contexts: ['lab'] }, dial('Local/1@private/@lab'), no('contexts')],
  [{ contexts: ['lab'] }, dial('Local/1@PRIVATE/n'), no('contexts')], [{ contexts: ['default'] }, dial('Local/1'), OK],
  // channels: dial strings, and technologies
  [{ channels: ['PJSIP/agent001-*'] }, dial('PJSIP/agent001'), OK], [{ channels: ['PJSIP/agent001'] }, dial('PJSIP/agent001'), OK],
  [{ channels: ['PJSIP/agent001-*'] }, dial('PJSIP/agent002'), no('channels')], [{ channels: [] }, dial('PJSIP/a'), no('channels')],
  [{ channels: ['PJSIP/*'] }, dial('Local/1@lab'), no('channels')], [{ channels: ['Local/*@lab'] }, dial('Local/1@lab'), OK],
  [{}, dial('PJSIP/a'), OK], [{}, dial('SIP/a'), OK], [{}, dial('DAHDI/1/555'), OK], [{}, dial('iax2/a'), OK],
  [{}, dial('UnicastRTP/10.0.0.1:5000'), no('channels')], [{}, dial('AudioSocket/10.0.0.1:80/x'), no('channels')],
  [{}, dial('WebSocket/INCOMING'), no('channels')], [{}, dial('Local /1@lab'), no('channels')], [{}, dial('Console/dsp'), no('channels')],
  [{ channels: ['UnicastRTP/*'] }, dial('UnicastRTP/10.0.0.1:5000'), OK], [{}, dial('/a/'), 'invalid-request'],
  // channel references
  [{}, Hangup({ Channel: '/^PJSIP/' }), 'invalid-request'], [{}, Hangup({ Channel: '/.*/' }), 'invalid-request'],
  [{}, redirect('lab', '1', { ExtraChannel: '/x/' }), 'invalid-request'], [{}, Status({ Channel: '/x/' }), 'invalid-request'],
  [{}, Hangup({ Channel: '1795396506.42' }), OK], [{ own: true }, Hangup(C), OK],
  [{ own: true }, globalRead, no('own')], [{ channels: ['PJSIP/*'] }, globalRead, no('channels')], [{}, globalRead, OK],
  [{ own: true }, Setvar({ Variable: 'x', Value: 'y' }), no('own')],
  // queues
  [{ queues: ['sales-*'] }, QueueStatus({ Queue: 'sales-queue' }), OK], [{ queues: ['sales-*'] }, QueueStatus({ Queue: 'hr' }), no('queues')],
  [{ queues: ['sales-*'] }, QueueStatus({}), OK], [{ queues: ['sales'] }, start('Queue', 'sales,t'), OK],
  [{ queues: ['sales'] }, start('QUEUE', 'hr,t'), no('queues')], [{ queues: ['sales'], applications: ['*'] }, start('Queue', 'hr'), no('queues')],
  // caller ids
  [{ callerIds: ['800*'] }, showAs('8005551234'), OK], [{ callerIds: ['800*'] }, showAs('"Sales" <8005551234>'), OK],
  [{ callerIds: ['800*'] }, showAs('"8005551234" <911>'), no('callerIds')], [{ callerIds: ['800*'] }, showAs('911'), no('callerIds')],
  [{ callerIds: ['800*'] }, having('CALLERID(num)', '911'), no('callerIds')], [{ callerIds: ['800*'] }, having('CALLERID(num)', '8001'), OK],
  [{ callerIds: ['800*'] }, set('callerid(all)', '"x" <911>'), no('callerIds')], [{ callerIds: ['800*'] }, set('CONNECTEDLINE(num)', '911'), no('callerIds')],
  [{ callerIds: ['800*'] }, set('REDIRECTING(from-num)', '911'), no('callerIds')], [{ callerIds: ['800*'] }, get('CALLERID(num)'), OK],
  // variables
  [{ variables: ['crm_*'] }, set('crm_id'), OK], [{ variables: ['crm_*'] }, set('other'), no('variables')],
  [{ variables: ['crm_*'] }, having('__crm_id'), OK], [{ variables: ['crm_*'] }, having('__other'), no('variables')],
  [{ variables: ['crm_*'] }, get('other'), no('variables')], [{ variables: ['crm_*'] }, get('CALLERID(num)'), no('variables')],
  [{ variables: ['CALLERID'] }, get('CALLERID(num)'), OK], [{ variables: [] }, set('AMIGW_RECORDINGS'), OK],
  // commands, word by word
  [{ commands: ['core show'] }, cli('core show uptime'), OK], [{ commands: ['core show'] }, cli(' CORE \t show  uptime'), OK],
  [{ commands: ['core show'] }, cli('core'), no('commands')], [{ commands: ['core show'] }, cli('core shows'), no('commands')],
  [{ commands: ['core show'] }, cli('core restart now'), no('commands')], [{ commands: ['core show'] }, cli('core "show" uptime'), no('commands')],
  [{ commands: ['core show'] }, cli(String.raw`core sho\w uptime`), no('commands')], [{ commands: ['*'] }, cli('core restart now'), OK],
  [{ commands: ['core*'] }, cli('core show uptime'), no('commands')], [{ commands: [] }, cli('core show uptime'), no('commands')],
];

describe('policy', () => {
  it.each(SCOPES.map(([scope, action, expected]) => [scope, action.declaration.name, expected, action] as const))(
    'for a token with "%s": %s is %s',
    (scope, _name, expected, action) => {
      expect(verdict(scope, {}, action)).toBe(expected);
    },
  );

  it.each(
    LIMITS.map(([limits, action, expected]) => {
      const asked = JSON.stringify(action.headers.filter(([name]) => name !== 'Async').map(([, value]) => value));
      return [JSON.stringify(limits), action.declaration.name, asked, expected, limits, action] as const;
    }),
  )('for a token with %s: %s %s is %s', (_text, _name, _asked, expected, limits, action) => {
    expect(verdict('write:all read:all', limits, action)).toBe(expected);
  });

  it('judges the scope before the limits, so that a token without a scope learns nothing', () => {
    expect(verdict('read:call', { contexts: [] }, enter('lab', '1'))).toBe(needs('write:originate'));
  });

  it('refuses an action that is not in the registry, also a copy of one that is', () => {
    const action = Hangup(C);
    const copy: Action = { ...action, declaration: { ...action.declaration, name: 'Hangup' } };
    expect(verdict('write:all', {}, copy)).toBe('limit-exceeded');
  });

  it('holds no action that is open to everybody, nor one that changes and yet takes a read scope', () => {
    for (const { internal, scopes, changes, observes } of declarations) {
      expect(internal || scopes.length > 0).toBe(true);
      expect(changes && observes).toBe(false);
    }
    expect(declarations.length).toBeGreaterThan(20);
  });

  it('keeps a token on the servers it names', () => {
    const on = (pbx: string) => verdictOf(() => { requirePbx(principal('', { pbx: ['eu-*'] }), pbx); }); // prettier-ignore
    expect(on('eu-1').code).toBe(OK);
    expect(on('us-1')).toEqual({ code: 'limit-exceeded', about: ['pbx'] });
  });

  it('shows of a list what the token may see', () => {
    const channel = { name: 'PJSIP/a-1', uniqueId: '1.1', linkedId: '1.0' };
    const owner = { owns: (sub: string, { uniqueId }: { uniqueId: string }) => sub === 'anna' && uniqueId === '1.1' };
    const sees = (limits: Limits, item: Parameters<typeof maySee>[1], sub?: string) =>
      maySee(principal('', limits, sub), item, owner);
    expect(sees({}, { channel })).toBe(true);
    expect(sees({ channels: ['PJSIP/a-*'] }, { channel })).toBe(true);
    expect(sees({ channels: ['PJSIP/b-*'] }, { channel })).toBe(false);
    expect(sees({ own: true }, { channel })).toBe(true);
    expect(sees({ own: true }, { channel }, 'bert')).toBe(false);
    expect(sees({ own: true, channels: ['SIP/*'] }, { channel })).toBe(false);
    expect(sees({ queues: ['sales'] }, { queue: 'sales' })).toBe(true);
    expect(sees({ queues: ['sales'] }, { queue: 'hr' })).toBe(false);
    expect(sees({ queues: [] }, {})).toBe(true);
  });

  it('throws nothing but its own errors, whatever it is asked', () => {
    const pieces = fc.constantFrom(
      'Local/',
      '/',
      '@',
      '(',
      ')',
      ',',
      '_',
      '<',
      '>',
      '"',
      '\\',
      '\n',
      ' ',
      '*',
      'A',
      'é',
    );
    const text = fc.string({ unit: fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 3 })), minLength: 1 });
    const makers = [enter, dial, start, showAs, having, set, get, cli, redirect] as ((
      a: string,
      b: string,
    ) => Action)[];
    const lists = fc.record(
      { channels: fc.array(text), contexts: fc.array(text), commands: fc.array(text), functions: fc.array(text) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.constantFrom(...makers), text, text, lists, (make, a, b, limits) => {
        try {
          judge(principal('write:all', limits), make(a, b));
        } catch (error) {
          if (!(error instanceof GatewayError)) throw error;
          expect(['limit-exceeded', 'insufficient-scope', 'invalid-request']).toContain(error.code);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
