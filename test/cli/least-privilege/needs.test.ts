import { globSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { declarations } from '../../../src/ami/actions/registry.ts';
import type { AmiClass } from '../../../src/ami/types.ts';
import { smallestClasses } from '../../../src/cli/least-privilege/classes.ts';
import { leastPrivilege } from '../../../src/cli/least-privilege/least-privilege.ts';
import { type Needs, needsOf, type Wishes } from '../../../src/cli/least-privilege/needs.ts';
import { type Operation, operationsOf } from '../../../src/cli/least-privilege/operations.ts';
import { ABSENT, OWN_EVENTS, QUEUE_EVENTS } from '../../../src/cli/least-privilege/own.ts';
import { catalogue } from '../../../src/events/catalogue.ts';
import { run } from '../../helpers/service.ts';

const openapi = readFileSync('openapi/openapi.json', 'utf8');
let operations: Operation[];
beforeAll(() => {
  operations = operationsOf(openapi);
});

const needs = (wishes: Omit<Wishes, 'release'>, release: Wishes['release'] = '22'): Needs =>
  needsOf({ ...wishes, release }, operations);
const write = (wishes: Omit<Wishes, 'release'>) => [...needs(wishes).write].sort();

describe('the fewest classes', () => {
  const action = (name: string, ...classes: AmiClass[]) => ({ name, classes });

  it.each<[string, ReturnType<typeof action>[], AmiClass[]]>([
    ['none', [action('A')], []],
    ['the only one', [action('A', 'system')], ['system']],
    ['the lesser', [action('A', 'system', 'reporting')], ['reporting']],
    ['one that is there anyway', [action('A', 'system', 'reporting'), action('B', 'system')], ['system']],
    ['one for two', [action('A', 'system', 'call'), action('B', 'call', 'reporting')], ['call']],
    ['two lesser for one greater', [action('A', 'system', 'call'), action('B', 'system', 'reporting')], ['call', 'reporting']],
  ])('are %s', (_what, actions, expected) => {
    expect(smallestClasses(actions)).toEqual(expected);
  });
}); // prettier-ignore

describe('the account', () => {
  it('for placing and ending calls', () => {
    expect(write({ routes: ['calls.place', 'DELETE /calls/{id}'] })).toEqual(['call', 'originate', 'reporting']);
    expect(write({ routes: ['calls.place'] })).toEqual(['originate', 'reporting']);
    expect(write({ routes: ['POST  /calls', 'delete /calls/:id'] })).toEqual(['call', 'originate', 'reporting']);
  });

  it('for a redirect looks into the dialplan too', () => {
    const { actions } = needs({ routes: ['channels.redirect'] });
    expect(actions.map(({ name }) => name)).toEqual(expect.arrayContaining(['Redirect', 'ShowDialPlan', 'Status']));
  });

  it('for a recording keeps its list on the channel', () => {
    expect(write({ routes: ['recordings.start'] })).toEqual(['call', 'system']);
    expect(write({ routes: ['recordings.stop'] })).toEqual(['call', 'reporting']);
    expect(write({ routes: ['recordings.list'] })).toEqual(['reporting']);
  });

  it.each<[string, AmiClass[]]>([
    ['write:originate', ['originate', 'reporting']],
    ['read:call', ['call', 'reporting']],
    ['write:agent', ['agent', 'reporting']],
    ['write:command, write:user', ['command', 'reporting', 'user']],
    ['gateway:tokens', ['reporting']],
  ])('for tokens with %s', (scopes, expected) => {
    const { write: classes } = needs({ scopes });
    expect([...classes].sort()).toEqual(expected);
  });

  it('for routes of which the tokens can do some', () => {
    expect(write({ routes: ['calls.place', 'calls.hangup', 'commands.run'], scopes: 'write:call' })).toEqual([
      'call',
      'reporting',
    ]);
  });

  it('for actions by name, besides routes', () => {
    expect(write({ actions: ['queueadd'] })).toEqual(['agent', 'reporting']);
    expect(write({ actions: ['QueueAdd'], routes: ['calls.place'] })).toEqual(['agent', 'originate', 'reporting']);
    expect(needs({ actions: ['QueueAdd'] }).events).toEqual([...OWN_EVENTS, ...QUEUE_EVENTS].filter((name) => !QUEUE_EVENTS.includes(name as never)).sort()); // prettier-ignore
  });

  it('for everything reads everything, and grants no class that no route wants', () => {
    const all = needs({});
    expect(all.events).toBeNull();
    for (const name of ['log', 'verbose', 'dtmf', 'cdr', 'dialplan', 'cc', 'test', 'security'])
      expect(all.write).not.toContain(name);
    expect(all.write).toEqual(expect.arrayContaining(['command', 'system', 'originate']));
  });

  it('opens every action it was made for, and needs each of its classes', () => {
    for (const { id } of operations) {
      const { write: classes, actions } = needs({ routes: [id] });
      for (const action of actions)
        expect(action.classes.length === 0 || action.classes.some((one) => classes.includes(one))).toBe(true);
      for (const one of classes) {
        const rest = classes.filter((other) => other !== one);
        expect(actions.every(({ classes: wanted }) => wanted.length === 0 || wanted.some((w) => rest.includes(w)))).toBe(false); // prettier-ignore
      }
    }
  });
});

describe('events', () => {
  it('are those of calls where none are shown', () => {
    expect(needs({ routes: ['calls.place'] })).toMatchObject({ read: ['call', 'system'], queuesUnknown: true });
    expect(needs({ routes: ['calls.place'] }).events).toEqual([...OWN_EVENTS].sort());
  });

  it('of an agent bring the queue of a call with them', () => {
    const { read, events } = needs({ routes: ['calls.place'], events: ['queue.member-*'] });
    expect(read).toEqual(['agent', 'call', 'system']);
    expect(events).toEqual(expect.arrayContaining(['QueueMemberAdded', 'AgentConnect', 'QueueCallerJoin']));
    expect(events).not.toContain('AgentCalled');
  });

  it('the gateway makes itself want nothing more', () => {
    expect(needs({ routes: [], events: ['call.*'] }).events).toEqual([...OWN_EVENTS].sort());
  });

  it('of two classes want both', () => {
    expect(needs({ routes: [], events: ['mailbox.password-changed'] }).read).toEqual(['call', 'system', 'user']);
  });

  it('shown by a route are all, or those of the scopes', () => {
    expect(needs({ routes: ['events.stream'] }).events).toBeNull();
    const { read, events } = needs({ routes: ['webhooks.create'], scopes: 'read:cdr gateway:webhooks' });
    expect(read).toEqual(['call', 'cdr', 'system']);
    expect(events).toEqual([...OWN_EVENTS, 'Cdr'].sort());
  });
});

describe('what it goes by', () => {
  it('is what the sources follow calls by', () => {
    const files = globSync(['src/events/{call,calls,call-*}.ts']).filter((file) => !/view|summary|feed/.test(file));
    const code = files.map((file) => readFileSync(file, 'utf8').replace(/const SUBJECT[\s\S]*?\n};\n/, '')).join('\n');
    const used = catalogue()
      .map(({ ami }) => ami)
      .filter((ami) => new RegExp(`'${ami}'|\\b${ami}: \\(|^ {4}${ami}:`, 'm').test(code));
    expect([...used, 'FullyBooted'].sort()).toEqual([...OWN_EVENTS, ...QUEUE_EVENTS].sort());
  });

  it('is what releases have', () => {
    const source = JSON.parse(readFileSync('test/fixtures/actions-source.json', 'utf8')) as Record<string, object>;
    for (const [release, key] of [['16', '16.28.0'], ['22', '22.10.1']] as const) {
      const absent = declarations.map(({ name }) => name).filter((name) => !(name in (source[key] ?? {})));
      expect(absent.sort()).toEqual([...ABSENT[release]].sort());
    }
  }); // prettier-ignore

  it('finds the actions of every route that sends any', () => {
    const speechless = operations.filter(({ actions }) => actions.length === 0).map(({ id }) => id);
    expect(speechless.filter((id) => !/^(health|metrics|problems|me|oauth|audit|tokens|webhooks|events|actions|permissions)\./.test(id))).toEqual(['calls.list', 'calls.get', 'calls.events']); // prettier-ignore
  });
});

it.each<[string, object, string]>([
  ['route', { routes: 'calls.make' }, 'calls.make'],
  ['scope', { scopes: 'write:everything' }, 'write:everything'],
  ['scope that bounds nothing', { scopes: 'gateway:raw' }, 'gateway:raw'],
  ['action', { actions: 'Dance' }, 'Dance'],
  ['action of its own', { actions: 'Login' }, 'Login'],
  ['event', { events: 'call.*,queue.dance' }, 'queue.dance'],
  ['release', { release: '18' }, '16 or 22'],
  ['name', { name: 'a]\n[b' }, '--name'],
  ['name of [general]', { name: 'General' }, '--name'],
])('refuses an unknown %s', async (_what, fault, named) => {
  await expect(leastPrivilege({ release: '22', name: 'gateway', ...fault })).rejects.toMatchObject({
    code: 'invalid-request',
    message: expect.stringContaining(named) as string,
  });
});

it('prints a section and nothing else', async () => {
  const { out, code } = await run('src/cli/index.ts', ['least-privilege', '--routes', 'calls.place,calls.hangup', '--release', '16', '--name', 'crm'], {}).ended; // prettier-ignore
  expect(code).toBe(0);
  expect(out.replace(/^;.*\n/gm, '')).toBe(`[crm]
deny = 0.0.0.0/0.0.0.0
deny = ::/0
permit = 127.0.0.1/255.255.255.255
displayconnects = no
allowmultiplelogin = yes
read = call,system
write = originate,call,reporting
eventfilter = ^Event: (${[...OWN_EVENTS].sort().join('|')})[[:space:]]
`);
});
