import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { addressAllowed } from '../../../src/auth/manager-conf/addresses.ts';
import { createEventJudge } from '../../../src/auth/manager-conf/event-filters.ts';
import { loadManagerConf, type ManagerConf } from '../../../src/auth/manager-conf/load.ts';
import { verifySecret } from '../../../src/auth/manager-conf/secret.ts';
import { openAmi, type Frame, type RawAmi } from '../../helpers/raw-ami.ts';
import { startAsterisk, type Asterisk } from '../../lab/asterisk.ts';

const SECRET = 'a-secret-of-some-length';

const ADDRESSES = {
  everyone: '',
  nobody: 'deny = 0.0.0.0/0',
  denied_last: 'permit = 127.0.0.0/24\ndeny = 0.0.0.0/0',
  usual: 'deny = 0.0.0.0/0.0.0.0\npermit = 127.0.0.1/255.255.255.255',
  ordered: 'deny=127.0.0.0/8\npermit=127.0.1.0/24\ndeny=127.0.1.1',
  negated: 'deny = 0.0.0.0/0\npermit = 127.0.0.0/8,!127.0.1.0/24',
  negated_deny: 'deny = 0.0.0.0/0,!127.0.1.1',
  gaps: 'deny = 0.0.0.0/0\npermit = 127.0.0.1/255.0.0.255',
  host_bits: 'deny = 127.0.1.9/24',
  six: 'deny = ::/0',
  mapped: 'deny = 0.0.0.0/0\npermit = ::ffff:127.0.1.0/24',
  not_an_address: 'permit = nowhere.at.all',
  half_a_mask: 'permit = 127.0.0.1/33',
  blank: 'permit = 127.0.0.1, 127.0.1.1',
  named: 'acl = one',
  both: 'permit = 127.0.0.0/8\nacl = two, one',
  twice: 'acl = one\nacl = one',
  missing: 'acl = three',
  other_case: 'acl = ONE',
  again: 'deny = 0.0.0.0/0\n[AGAIN]\ndeny = 127.0.1.1',
};
const SOURCES = ['127.0.0.1', '127.0.0.2', '127.0.1.1', '127.0.1.2'];
const ACL =
  '[one]\ndeny = 0.0.0.0/0\npermit = 127.0.1.0/24\n\n[two](!)\n[two]\ndeny = 127.0.1.2\n\n[one]\ndeny = 127.0.1.2\n';

const SECTIONS = `
[t](!)
secret = ${SECRET}
read = call,cdr
displayconnects = no
[shape-inherits](t)
write = all
[shape-other](t) ; with a comment
read = none
;-- [shape-hidden]
;-- deeper --;
--;
[shape-added]
secret = another\\;secret;comment
read = system
[Shape-Added](+)
read += ,agent
write => originate, call,nonsense
[shape-repeated](t)
read = call,cdr
read += ,agent
[shape-spaced] (t)
#include shape*.conf
allowmultiplelogin = no

[part-of-a-word](t)
read = c,agent
[empty-word](t)
read = ,call
`;
const INCLUDED = '[shape-included](t)\nwrite = command\n[shape-last](t)\n';

const OLD_FILTERS: Record<string, string> = {
  'old-include': 'eventfilter = UserEvent: Alpha',
  'old-exclude': 'eventfilter = !UserEvent: Alpha',
  'old-both': 'eventfilter = Number: [[:digit:]]+\neventfilter = !Text: .*(north|south)',
  'old-anchors': 'eventfilter = ^Event: UserEvent.*Beta',
  'old-line': 'eventfilter = ^UserEvent',
  'old-lines': 'eventfilter = Alpha.*north',
  'old-negated': 'eventfilter = Text: [^ens]',
  'old-bracket': 'eventfilter = Text: [])n]',
  'old-lazy': 'eventfilter = Number: 1+?2',
  'old-words': 'eventfilter = \\<east\\>',
  'old-nothing': 'eventfilter =',
  'old-escape': 'eventfilter = Number: \\d',
};
const NEW_FILTERS: Record<string, string> = {
  'new-name': 'eventfilter(name(UserEvent)) =',
  'new-exclude': 'eventfilter(action(exclude),name(UserEvent)) =',
  'new-exact': 'eventfilter(header(Text),method(exact)) = north',
  'new-starts': 'eventfilter(action(exclude),name(UserEvent),header(Text),method(starts_with)) = no',
  'new-ends': 'eventfilter(header(Text:),method(ends_with)) = th',
  'new-contains': 'eventfilter(method(contains)) = Text: so',
  'new-regex': 'eventfilter(header(Number),method(regex)) = ^1.*2$',
  'new-mark': 'eventfilter(header(Text),method(contains)) = !th',
  'new-mark-action': 'eventfilter(action(include),header(Text),method(contains)) = !th',
  'new-header': 'eventfilter(header(Number)) =',
  'new-event': 'eventfilter(header(Event),method(exact)) = VarSet',
  'new-case': 'eventfilter(name(userevent)) =',
  'new-faulty': 'eventfilter(action(exclude)) =\neventfilter(name(VarSet),method(exact)) =',
  'new-repeated': 'eventfilter(header(Many),method(exact)) = second',
};

const usersOf = (settings: Record<string, string>, rest: string) =>
  Object.entries(settings).map(([name, lines]) => `[${name}]\nsecret = ${SECRET}\n${rest}${lines}\n`);

/** Whether Asterisk lets a user in from an address. */
const loginFrom = (port: number, localAddress: string, user: string, secret: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress }).setEncoding('utf8');
    let text = '';
    socket.on('error', reject).on('data', (chunk: unknown) => {
      text += String(chunk);
      const found = /^Response: (Success|Error)/m.exec(text);
      if (!found) return;
      socket.destroy();
      resolve(found[1] === 'Success');
    });
    socket.write(`Action: Login\r\nUsername: ${user}\r\nSecret: ${secret}\r\nEvents: off\r\n\r\n`);
  });

const markOf = (frame: Frame) =>
  frame.get('Mark') ?? (frame.get('Event') === 'VarSet' ? frame.get('Value') : undefined);
const marksOf = (ami: RawAmi) => ami.frames.flatMap((frame) => markOf(frame) ?? []);

const releases = [...new Set(inject('asterisks').map(({ release }) => release))];
if (releases.length === 0) describe.skip('manager.conf beside Asterisk: LEFT OUT, no real Asterisk', () => {});

describe.each(releases)('manager.conf beside Asterisk %i', (release) => {
  const filters = { ...OLD_FILTERS, ...(release === 22 ? NEW_FILTERS : { 'old-mark': 'eventfilter = !' }) };
  let asterisk: Asterisk;
  let conf: ManagerConf;

  beforeAll(async () => {
    asterisk = await startAsterisk({ release, name: 'manager-conf' });
    const folder = join(asterisk.spoolDir, '../etc');
    const path = join(folder, 'manager.conf');
    const users = [...usersOf(ADDRESSES, ''), SECTIONS, ...usersOf(filters, 'read = all\n')];
    writeFileSync(path, `${readFileSync(path, 'utf8')}\n${users.join('\n')}`);
    writeFileSync(join(folder, 'shape-more.conf'), INCLUDED);
    writeFileSync(join(folder, 'acl.conf'), ACL);
    await asterisk.kill();
    await asterisk.start();
    conf = loadManagerConf({ path });
  });
  afterAll(() => asterisk.stop());

  it('finds the same users', async () => {
    const listed = await asterisk.cli('manager show users');
    const theirs = listed.split('\n').filter((line) => /^[\w-]+$/.test(line) && !/^(-+|username)$/.test(line));
    expect(conf.users.filter(({ disabled }) => disabled === null).map(({ name }) => name)).toEqual(theirs);
  });

  it('reads their classes alike', async () => {
    for (const user of conf.users.filter(({ name }) => name.startsWith('shape-'))) {
      const shown = await asterisk.cli(`manager show user ${user.name}`);
      const said = (label: string) => new RegExp(`${label}: *(.*)`).exec(shown)?.[1]?.trim();
      const classes = (text = '') =>
        text.endsWith(',all') ? ['all'] : text.split(',').filter((one) => one !== '<none>');
      expect([user.name, ...[...user.read].sort()]).toEqual([user.name, ...classes(said('read perm')).sort()]);
      expect([user.name, ...[...user.write].sort()]).toEqual([user.name, ...classes(said('write perm')).sort()]);
      expect([user.name, user.displayConnects]).toEqual([user.name, said('displayconnects') === 'yes']);
    }
  });

  it('grants less where Asterisk takes a part of a word for classes', async () => {
    const read = async (name: string) => /read perm: *(.*)/.exec(await asterisk.cli(`manager show user ${name}`))?.[1];
    expect(await read('part-of-a-word')).toBe('call,command,agent,config,cdr,cc');
    expect(await read('empty-word')).toMatch(/^system,call,.*,all$/);
    expect(conf.user('part-of-a-word')!.read).toEqual(new Set(['agent']));
    expect(conf.user('empty-word')!.read).toEqual(new Set(['call']));
  });

  it('knows the same secrets', async () => {
    for (const secret of [SECRET, 'another;secret', 'another\\;secret', '']) {
      const names = ['shape-inherits', 'shape-added', 'shape-included', 'shape-hidden', 't'];
      const theirs = await Promise.all(names.map((name) => loginFrom(asterisk.amiPort, '127.0.0.1', name, secret)));
      expect(names.map((name) => verifySecret(conf.user(name), secret))).toEqual(theirs);
    }
  });

  it.each(SOURCES)('lets the same users in from %s', async (source) => {
    const names = Object.keys(ADDRESSES);
    const theirs = await Promise.all(names.map((name) => loginFrom(asterisk.amiPort, source, name, SECRET)));
    const ours = names.map((name) => {
      const user = conf.user(name)!;
      return verifySecret(user, SECRET) && addressAllowed(user.addressRules, source);
    });
    expect(Object.fromEntries(names.map((name, index) => [name, ours[index]]))).toEqual(
      Object.fromEntries(names.map((name, index) => [name, theirs[index]])),
    );
  });

  it('shows the same events', async () => {
    const enter = async (user: string, secret: string) => {
      const ami = await openAmi(asterisk);
      expect((await ami.login(user, secret)).get('Response')).toBe('Success');
      return ami;
    };
    const all = await enter(asterisk.user, asterisk.secret);
    // One by one: Asterisk lets few connections queue.
    const sessions: { name: string; ami: RawAmi }[] = [];
    for (const name of Object.keys(filters)) sessions.push({ name, ami: await enter(name, SECRET) });
    const sent: [string, Record<string, string | string[]>][] = ['north', 'south', 'east', 'seaeast', ')x', ''].flatMap(
      (Text) => [
        ['Alpha', { Text, Number: '12' }],
        ['Beta', { Text, Number: '112' }],
        ['Beta', { Text, Number: 'd', Many: ['first', 'second'] }],
      ],
    );
    for (const [index, [UserEvent, headers]] of sent.entries()) {
      await all.ask('UserEvent', { UserEvent, ...headers, Mark: `mark-${index}` });
    }
    await all.ask('Setvar', { Variable: 'MANAGER_CONF', Value: 'mark-last' });
    await all.until((frame) => markOf(frame) === 'mark-last');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const whole = all.frames.filter((frame) => markOf(frame) !== undefined);
    expect(whole).toHaveLength(sent.length + 1);
    for (const { name, ami } of sessions) {
      const judge = createEventJudge(conf.user(name)!.eventFilters);
      const ours = whole.filter((frame) => judge({ name: frame.get('Event')!, headers: frame.headers.slice(1) }));
      expect([name, ...ours.map(markOf)]).toEqual([name, ...marksOf(ami)]);
      ami.close();
    }
    all.close();
  });
});
