import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examine } from '../../../src/cli/doctor/doctor.ts';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { describeEachAsterisk, describeEachPbx } from '../../helpers/asterisk.ts';
import { run } from '../../helpers/service.ts';
import { limitedSecret, noreadSecret, originatorSecret } from '../../lab/config.ts';

const JWT_SECRET = 'q9XbV2mKfT7wRzLs8YpNcD4hGj6uAe3E';
const rest = { JWT_SECRET, STORE_URL: 'memory:', NODE_ENV: 'production' };
const ami = (user: string, secret: string, port: number, scheme = 'ami') =>
  `${scheme}://${user}:${encodeURIComponent(secret)}@127.0.0.1:${port}`;

/** What is told of the server, beyond its address. */
const seen = async (environment: Record<string, string>, timeoutMs?: number): Promise<Finding[]> => {
  const findings = await examine({
    environment: { ...rest, ...environment },
    clock: systemClock,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return findings.filter(({ what }) => what.startsWith('AMI_URL'));
};
const worst = (findings: readonly Finding[], level: Finding['level']) =>
  findings.filter((finding) => finding.level === level).map(({ what }) => what);

describeEachPbx('the doctor', (pbx) => {
  it('finds a server that can be used', async () => {
    const findings = await seen({ AMI_URL: ami('gateway', pbx.secret, pbx.amiPort) });
    expect(worst(findings, 'error')).toEqual([]);
    const release = findings.find(({ what, advice }) => `${what} ${advice}`.includes(`Asterisk ${pbx.release}.`));
    expect(release?.level).toBe(pbx.release === 16 ? 'warning' : 'ok');
    const texts = findings.map(({ what, advice }) => `${what}: ${advice}`).join('\n');
    expect(texts).toContain('its clock and the one here agree');
    expect(texts).toContain('it has booted, and the account reads system');
    expect(texts).toMatch(/write=system,call,command,.*originate/);
  });

  it('finds what an account with two classes lacks', async () => {
    const findings = await seen({ AMI_URL: ami('originator', originatorSecret, pbx.amiPort) });
    expect(worst(findings, 'error')).toEqual(['AMI_URL: the account may not ask for channels (Status)']);
    expect(worst(findings, 'warning')).toEqual(['AMI_URL: Asterisk does not say that it has booted']);
    expect(worst(findings, 'notice')).toContain('AMI_URL: the release of Asterisk is not shown to the account');
    const account = findings.find(({ advice }) => advice.startsWith('its account has'));
    expect(account?.advice).toMatch(/^its account has write=originate, lacks system,call,command,.*user,config,reporting/);
  });

  it('tells of class command, and of calls that cannot be placed', async () => {
    const findings = await seen({ AMI_URL: ami('limited', limitedSecret, pbx.amiPort) });
    expect(worst(findings, 'notice')).toContain('AMI_URL: the account may not place calls');
    expect(worst(findings, 'notice')).toContain('AMI_URL: the account has class command, which is root in all but name');
    expect(worst(findings, 'warning').filter((what) => what.includes('booted'))).toEqual([]);
  });

  it('tells of an account that reads nothing', async () => {
    const findings = await seen({ AMI_URL: ami('noread', noreadSecret, pbx.amiPort) });
    expect(worst(findings, 'error')).toEqual([]);
    expect(worst(findings, 'warning')).toEqual(['AMI_URL: Asterisk does not say that it has booted']);
  });

  it('names the causes of a refused login, and looks at the other servers all the same', async () => {
    const findings = await seen({
      AMI_URL: ami('gateway', 'not-the-secret-at-all', pbx.amiPort),
      AMI_URL_OTHER: ami('gateway', pbx.secret, pbx.amiPort),
    });
    expect(worst(findings, 'error')).toEqual(['AMI_URL: Asterisk refused the login of gateway, and never says why']);
    expect(findings.find(({ level }) => level === 'error')?.advice).toMatch(/wrong secret.*deny, permit/);
    expect(findings.some(({ what, level }) => what === 'AMI_URL_OTHER' && level === 'ok')).toBe(true);
  });

  it('tells of TLS where there is none', async () => {
    const findings = await seen({ AMI_URL: ami('gateway', pbx.secret, pbx.amiPort, 'amis') });
    expect(worst(findings, 'error')).toEqual([`AMI_URL: 127.0.0.1:${pbx.amiPort} does not speak TLS`]);
  });
}); // prettier-ignore

describeEachAsterisk('the doctor and TLS', (asterisk) => {
  const AMI_URL = ami('gateway', asterisk.secret, asterisk.tlsPort, 'amis');

  it('finds it, its authority, or the lack of it', async () => {
    expect(worst(await seen({ AMI_URL, AMI_TLS_CA: asterisk.caFile }), 'error')).toEqual([]);
    expect(worst(await seen({ AMI_URL }), 'error').join()).toContain('an authority nobody here knows');
    const [fault] = worst(await seen({ AMI_URL, AMI_TLS_CA: '/nowhere.pem' }), 'error');
    expect(fault).toContain('ENOENT');
  });

  it('tells of a port of TLS that is spoken to in clear', async () => {
    const findings = await seen({ AMI_URL: ami('gateway', asterisk.secret, asterisk.tlsPort) }, 1_500);
    expect(worst(findings, 'error')).toEqual([
      `AMI_URL: 127.0.0.1:${asterisk.tlsPort} takes connections and says nothing`,
    ]);
  });
});

describe('an address', () => {
  const servers: Server[] = [];
  const ports: Record<string, number> = {};

  beforeAll(async () => {
    const speaks = { http: 'HTTP/1.1 400 Bad Request\r\n\r\n', silent: '', closing: null, slow: 'Asterisk Call Manager/11.0.0\r\n' }; // prettier-ignore
    for (const [name, greeting] of Object.entries(speaks)) {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        if (greeting === null) socket.end();
        else socket.write(greeting);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      servers.push(server);
      ports[name] = (server.address() as { port: number }).port;
    }
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    ports['nobody'] = (gone.address() as { port: number }).port;
    gone.close();
    await once(gone, 'close');
  });
  afterAll(() => {
    for (const server of servers) server.close();
  });

  it.each([
    ['nobody', 'nothing listens at'],
    ['http', 'is something else than an Asterisk Manager'],
    ['silent', 'takes connections and says nothing'],
    ['closing', 'closes connections at once'],
    ['slow', 'No answer to Challenge within 400 ms'],
  ])('of %s', async (name, expected) => {
    const findings = await seen({ AMI_URL: ami('gateway', 'Xk3vT9qLw2ZbR8mN', ports[name] ?? 0) }, 400);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ level: 'error', what: expect.stringContaining(expected) as string });
  });

  it('whose name is not known, in clear', async () => {
    const findings = await seen({ AMI_URL: 'ami://gateway:Xk3vT9qLw2ZbR8mN@pbx.invalid' }, 3_000);
    expect(worst(findings, 'warning')).toEqual(['AMI_URL: AMI goes over the network in clear']);
    expect(worst(findings, 'error').join()).toMatch(/the name pbx\.invalid has no address|does not answer/);
  });
});

describe('the command', () => {
  const doctor = (args: string[], env: Record<string, string>) =>
    run('src/cli/index.ts', ['doctor', ...args], { ...rest, ...env }).ended;

  it('ends with 1 where there is an error, and says the same as JSON', async () => {
    const { code, out } = await doctor([], { JWT_SECRET: 'short' });
    expect(code).toBe(1);
    expect(out).toMatch(/^error {4}configuration: /m);
    expect(out).toMatch(/\d+ ok, \d+ notice, \d+ warning, [1-9]\d* error\n$/);
    const json = await doctor(['--json', '--manager-conf', 'test/fixtures/manager-conf/manager.conf'], { JWT_SECRET: 'short' }); // prettier-ignore
    const { summary, findings } = JSON.parse(json.out) as { summary: Record<string, number>; findings: Finding[] };
    expect(summary['error']).toBe(findings.filter(({ level }) => level === 'error').length);
    expect(findings.some(({ what }) => what === 'manager.conf')).toBe(true);
  });

  it('ends with 0 where there is none; MANAGER_CONF names the file too', async () => {
    const { code, out } = await doctor([], { NODE_ENV: '', MANAGER_CONF: 'test/fixtures/manager-conf/acl.conf' });
    expect(out).toContain('manager.conf');
    expect(code).toBe(out.includes('error    ') ? 1 : 0);
    expect((await doctor([], { NODE_ENV: '' })).code).toBe(0);
  });
});
