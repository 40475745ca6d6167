import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addressAllowed } from '../../../src/auth/manager-conf/addresses.ts';
import { loadManagerConf } from '../../../src/auth/manager-conf/load.ts';
import { loadText } from './trees.ts';

const conf = loadManagerConf({ path: join(import.meta.dirname, '../../fixtures/manager-conf/manager.conf') });
const user = (name: string) => conf.user(name)!;
const told = conf.warnings.map(({ file, line, user, message }) => `${basename(file)}:${line} ${user}: ${message}`);
const allowed = (name: string, addresses: readonly string[]) =>
  addresses.filter((address) => addressAllowed(user(name).addressRules, address));

describe('manager.conf', () => {
  it('gives what [general] says, comments left out', () => {
    expect(conf).toMatchObject({
      enabled: true,
      displayConnects: false,
      allowMultipleLogin: true,
      authTimeoutSeconds: 12,
    });
  });

  it('gives the users of all files, in their order', () => {
    const names = ['wallboard', 'Crm', 'guarded', 'short', 'nosecret', 'empty'];
    expect(conf.users.map(({ name }) => name)).toEqual([...names, ...['twin1', 'twin2', 'off', 'faulty', 'brokenacl']]);
    expect(conf.files.map((file) => basename(file))).toEqual(
      ['manager.conf', '10-short.conf', '20-a.conf', 'twin2.conf', '21-b.conf', 'acl.conf'], // prettier-ignore
    );
  });

  it('inherits from templates, of which later settings take the place', () => {
    expect(user('wallboard')).toMatchObject({
      secret: 'wall;board-with-semicolon',
      read: new Set(['call', 'cdr']),
      write: new Set(),
      displayConnects: false,
    });
    expect(allowed('wallboard', ['127.0.0.1', '10.9.9.9', '10.1.9.9', '11.0.0.1', '::1'])).toEqual([
      '127.0.0.1',
      '10.9.9.9',
      '::1',
    ]);
  });

  it('adds to a section', () => {
    expect(user('CRM')).toMatchObject({ name: 'Crm', write: new Set(['originate', 'agent']), read: new Set(['system']) }); // prettier-ignore
    expect(user('crm').eventFilters).toEqual([
      { exclude: true, event: null, header: null, method: 'regex', text: 'Event: RTCP.*' },
      { exclude: true, event: 'Newexten', header: 'Channel', method: 'starts_with', text: 'Local/' },
    ]);
  });

  it('goes on with the section behind an include', () => {
    expect(user('twin1').displayConnects).toBe(true);
    expect(user('twin2').displayConnects).toBe(false);
  });

  it('wants every access list to let the address in, and those that are not there let in none', () => {
    expect(allowed('twin1', ['192.168.7.1', '192.168.7.7', '1.2.3.4'])).toEqual(['192.168.7.7', '1.2.3.4']);
    expect(allowed('guarded', ['192.168.7.7', '192.168.1.1', '::1'])).toEqual([]);
    expect(allowed('brokenacl', ['192.168.7.7', '1.2.3.4'])).toEqual([]);
  });

  it('disables users as Asterisk does, and those that say so', () => {
    expect(conf.users.filter(({ disabled }) => disabled !== null).map(({ name }) => name)).toEqual(['off', 'faulty']);
    expect(conf.users.filter(({ secret }) => secret === null).map(({ name }) => name)).toEqual(['nosecret', 'empty']);
  });

  it('warns of what is not as it seems, naming file and line', () => {
    expect(told).toEqual([
      'manager.conf:44 null: #exec is never run; what it would have given is missing',
      "acl.conf:10 null: 'deny = 300.1.2.3' is no list of addresses; 'broken' lets nobody in",
      "manager.conf:28 Crm: there is no class ' call' to write; it grants nothing",
      "manager.conf:28 Crm: there is no class 'sytem ' to write; it grants nothing",
      "manager.conf:39 guarded: there is no usable access list 'missing': no address is let in",
      '21-b.conf:3 off: Asterisk knows no enabled of a user and lets it in; the gateway does not',
      "21-b.conf:11 brokenacl: there is no usable access list 'broken': no address is let in",
      '10-short.conf:1 short: the secret has less than 16 characters',
      '10-short.conf:5 nosecret: nobody can log in: the user has no secret',
      '10-short.conf:8 empty: nobody can log in: the user has no secret',
      '20-a.conf:1 twin1: the secret is also that of twin2',
      'twin2.conf:1 twin2: the secret is also that of twin1',
      '21-b.conf:1 off: nobody can log in: it is not enabled',
      "21-b.conf:5 faulty: nobody can log in: 'permit = not-an-address' is no list of addresses",
    ]);
  });
});

describe('a user', () => {
  it('goes on in a second section, with addresses and filters begun anew', () => {
    const { users } = loadText(
      '[a]\nread=call\npermit=x\nacl=none\neventfilter=x\nsecret=1\n[A]\nwrite=call\ndeny=1.2.3.4\n',
    );
    expect(users).toHaveLength(1);
    expect(users[0]).toMatchObject({ name: 'a', secret: '1', disabled: null, eventFilters: [] });
    expect(users[0]).toMatchObject({ read: new Set(['call']), write: new Set(['call']) });
    expect(users[0]!.addressRules).toHaveLength(1);
  });

  it.each([
    ['all', ['all'], []],
    ['none', [], []],
    ['', [], []],
    ['all,none', ['all'], []],
    ['call,!system', ['call'], ['!system']],
    // Asterisk takes these for call, command, config, cdr and cc, and for every class.
    ['c,agent', ['agent'], ['c']],
    [',call', ['call'], ['']],
    ['Call', [], ['Call']],
  ])('with read = %s has %s', (text, classes, unknown) => {
    const conf = loadText(`[a]\nsecret=0123456789abcdef\nread=${text}\n`);
    expect(conf.users[0]!.read).toEqual(new Set(classes));
    expect(conf.warnings.map(({ message }) => message)).toEqual(
      unknown.map((word) => `there is no class '${word}' to read; it grants nothing`),
    );
  });

  it('stays disabled in a second section, until it is enabled', () => {
    const text = '[t](!)\nsecret=0123456789abcdef\nenabled=no\n[a](t)\n[a]\nread=call\n[b](t)\nenabled=yes\n';
    expect(loadText(text).users.map(({ disabled }) => disabled)).toEqual(['it is not enabled', null]);
  });

  it('named in an access list twice is disabled', () => {
    expect(loadText('[a]\nsecret=0123456789abcdef\nacl=x,X\n').users[0]!.disabled).toMatch(/given twice/);
  });
});

describe('[general]', () => {
  it('has the defaults of Asterisk', () => {
    expect(loadText('[a]\n')).toMatchObject({ enabled: false, displayConnects: true, authTimeoutSeconds: 30 });
  });

  it('keeps the default of a time that is none', () => {
    const conf = loadText('[GENERAL]\nauthtimeout = soon\nenabled=1\n[general]\nenabled=no\n');
    expect(conf).toMatchObject({ enabled: true, authTimeoutSeconds: 30 });
    expect(conf.warnings).toMatchObject([{ line: 2, message: "authtimeout is no number of seconds: 'soon'" }]);
  });
});
