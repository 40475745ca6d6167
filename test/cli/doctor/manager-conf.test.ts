import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { renderFindings } from '../../../src/cli/doctor/finding.ts';
import { managerConfFindings } from '../../../src/cli/doctor/manager-conf.ts';
import type { PbxConfig } from '../../../src/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'doctor-conf-'));
const path = join(folder, 'manager.conf');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const secret = 'Xk3vT9qLw2ZbR8mN';
const server: PbxConfig = { name: 'default', host: '127.0.0.1', port: 5_038, tls: false, username: 'gateway', secret };
const general = '[general]\nenabled=yes\nbindaddr=127.0.0.1\n';
const only = 'deny=0.0.0.0/0.0.0.0\npermit=127.0.0.1/255.255.255.255\n';
const gateway = `[gateway]\nsecret=${secret}\ndisplayconnects=no\n${only}`;
const classes = 'read=system,call\nwrite=call,originate\n';

const findings = (text: string, amiPoolSize = 4) => {
  writeFileSync(path, text);
  return managerConfFindings(path, { pbx: [server], amiPoolSize });
};
const told = (text: string, amiPoolSize?: number): string[] =>
  findings(text, amiPoolSize)
    .filter(({ level }) => level !== 'ok')
    .map(({ level, what }) => `${level} ${what}`);

it('has nothing to say of a sound one', () => {
  expect(told(`${general}${gateway}${classes}`)).toEqual([]);
});

it.each<[string, string, string]>([
  ['AMI that is off', `[general]\nbindaddr=127.0.0.1\n${gateway}${classes}`, 'error manager.conf [general]: enabled is not yes'],
  ['every address', `[general]\nenabled=yes\n${gateway}${classes}`, 'warning manager.conf [general]: AMI listens at 0.0.0.0 without TLS'],
  ['IPv6, with TLS', `[general]\nenabled=yes\ntlsenable=yes\nbindaddr=[2001:db8::1]:5038\n${gateway}${classes}`, 'warning manager.conf [general]: AMI in clear listens at [2001:db8::1]:5038 beside TLS'],
  ['a small authlimit', `${general}authlimit=6\n${gateway}${classes}`, 'warning manager.conf [general]: authlimit=6, and the gateway logs in 7 times at once'],
  ['one login', `${general}${gateway}${classes}allowmultiplelogin=no\n`, 'error manager.conf [gateway]: allowmultiplelogin=no'],
  ['one login for all', `${general}allowmultiplelogin=no\n${gateway}${classes}`, 'error manager.conf [gateway]: allowmultiplelogin=no'],
  ['all classes', `${general}${gateway}read=all\nwrite=all\n`, 'warning manager.conf [gateway]: read=all and write=all'],
  ['all classes of others', `${general}${gateway}${classes}[other]\nsecret=another-secret-0123\nread=all\n${only}`, 'notice manager.conf [other]: read=all'],
  ['no calls to read', `${general}${gateway}read=system\n`, 'error manager.conf [gateway]: read= lacks call'],
  ['no system to read', `${general}${gateway}read=call\n`, 'warning manager.conf [gateway]: read= lacks system'],
  ['another secret', `${general}${gateway.replace(secret, 'another-secret-0123')}${classes}`, 'error manager.conf [gateway]: its secret is not the one in AMI_URL'],
  ['an address that is kept out', `${general}${gateway.replace('permit=127.0.0.1', 'permit=10.0.0.1')}${classes}`, 'error manager.conf [gateway]: 127.0.0.1 may not log in, where AMI_URL comes from'],
  ['loud logins', `${general}${gateway.replace('displayconnects=no', '')}${classes}`, 'notice manager.conf [gateway]: each login is a line in the log of Asterisk'],
  ['variables', `${general}${gateway}${classes}setvar=A=b\n`, 'error manager.conf [gateway]: setvar='],
  ['no addresses', `${general}[gateway]\nsecret=${secret}\ndisplayconnects=no\n${classes}`, 'warning manager.conf [gateway]: every address may log in'],
  ['a permit alone', `${general}[gateway]\nsecret=${secret}\ndisplayconnects=no\npermit=127.0.0.1\n${classes}`, 'warning manager.conf [gateway]: every address may log in'],
  ['a stranger', `${general}[other]\nsecret=another-secret-0123\n${only}`, 'warning manager.conf: the account of the gateway is not in it'],
])('tells of %s', (_what, text, expected) => {
  expect(told(text)).toEqual([expected]);
}); // prettier-ignore

it('takes setvar from a template, and not that of a template alone', () => {
  const template = '[base](!)\nsetvar=A=b\n';
  expect(told(`${general}${template}${gateway}${classes}`)).toEqual([]);
  expect(told(`${general}${template}${gateway.replace(']', '](base)')}${classes}`)).toEqual([
    'error manager.conf [gateway]: setvar=',
  ]);
});

it('passes on what reading it warns of, with file and line', () => {
  const text = `${general}${gateway}${classes}[twin]\nsecret=${secret}\n${only}enabled=no\n`;
  expect(told(text).join('\n')).toMatch(/manager\.conf:11 \[twin\]/);
  expect(renderFindings(findings(text))).toContain('the secret is also that of gateway');
  expect(renderFindings(findings(text))).not.toContain(secret);
});

it('tells where it cannot be used', () => {
  expect(managerConfFindings(join(folder, 'absent.conf'), { pbx: [], amiPoolSize: 4 })).toMatchObject([
    { level: 'error', what: 'manager.conf cannot be used' },
  ]);
});
