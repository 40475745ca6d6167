import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { loadManagerConf, type ManagerConf } from '../../../src/auth/manager-conf/load.ts';
import { examine } from '../../../src/cli/doctor/doctor.ts';
import { leastPrivilege, type LeastPrivilegeArguments } from '../../../src/cli/least-privilege/least-privilege.ts';
import { operationsOf } from '../../../src/cli/least-privilege/operations.ts';
import { OWN_EVENTS } from '../../../src/cli/least-privilege/own.ts';
import { renderOpenapi } from '../../../src/cli/openapi.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { startSimulator } from '../../../src/simulator/index.ts';
import { eventually } from '../../helpers/asterisk.ts';
import { startGateway, type TestGateway } from '../../helpers/gateway.ts';
import { type Asterisk, startAsterisk } from '../../lab/asterisk.ts';
import { labSecret } from '../../lab/config.ts';
import { labScenario } from '../../lab/simulators.ts';

const secretOf = (name: string) => `a-secret-of-some-length-${name}`;
const CALL = { channel: 'Local/answer@lab/n', application: 'Wait', data: '60' };
const ALL = 'write:all read:all';

const own = new Set<string>(OWN_EVENTS);

const SINGLE = `[single]
secret = ${secretOf('single')}
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.1/255.255.255.255
displayconnects = no
allowmultiplelogin = no
read = call,system
write = call,originate,reporting
`;

type Asked = Partial<LeastPrivilegeArguments>;
type Release = 16 | 22;

const caller: Asked = { routes: 'calls.place,calls.hangup,calls.get' };
const ASKED: Record<string, Asked> = {
  caller,
  mover: { routes: 'calls.place,calls.hangup,channels.redirect' },
  watcher: { routes: 'calls.place,calls.hangup', events: 'variable.set' },
  everything: {},
};

/** The section as it is printed, its secret filled in. */
const section = async (name: string, release: Release, asked: Asked, less?: { key: string; class: string }) => {
  const text = await leastPrivilege({ ...asked, release: String(release), name });
  const lines = text.replace(/^; secret = .*$/m, `secret = ${secretOf(name)}`).split('\n').map((line) => {
    if (!less || !line.startsWith(`${less.key} = `)) return line;
    const classes = line.slice(`${less.key} = `.length).split(',').filter((one) => one !== less.class); // prettier-ignore
    return `${less.key} = ${classes.join(',')}`;
  }); // prettier-ignore
  return lines.join('\n');
};

const sections = (release: Release) =>
  Promise.all([
    ...Object.entries(ASKED).map(([name, asked]) => section(name, release, asked)),
    ...['originate', 'call', 'reporting'].map((one) =>
      section(`no-write-${one}`, release, caller, { key: 'write', class: one }),
    ),
    section('no-read-call', release, caller, { key: 'read', class: 'call' }),
  ]);

interface Pbx {
  port: number;
  conf: ManagerConf;
  /** Path of the manager.conf it runs with, whose filters of events it applies; null for a simulator. */
  path: string | null;
  stop(): Promise<void>;
}

const simulated = async (release: Release): Promise<Pbx> => {
  const folder = mkdtempSync(join(tmpdir(), 'least-'));
  const path = join(folder, 'manager.conf');
  writeFileSync(path, ['[general]\nenabled=yes\n', ...(await sections(release))].join('\n'));
  const conf = loadManagerConf({ path });
  rmSync(folder, { recursive: true });
  const users = Object.fromEntries(
    conf.users.map(({ name, secret, read, write }) => [name, { secret: secret ?? '', read: [...read].join(), write: [...write].join() }]),
  ); // prettier-ignore
  const simulator = await startSimulator({ scenario: { ...labScenario, users }, release });
  return { port: simulator.port, conf, path: null, stop: () => simulator.close() };
};

const real = async (release: Release): Promise<Pbx> => {
  const asterisk: Asterisk = await startAsterisk({ release, name: 'least-privilege' });
  const path = join(asterisk.spoolDir, '../etc/manager.conf');
  writeFileSync(path, [readFileSync(path, 'utf8'), ...(await sections(release)), SINGLE].join('\n'));
  await asterisk.kill();
  await asterisk.start();
  return { port: asterisk.amiPort, conf: loadManagerConf({ path }), path, stop: () => asterisk.stop() };
};

const releases = [...new Set(inject('asterisks').map(({ release }) => release))];
if (releases.length === 0) describe.skip('least privilege on Asterisk: LEFT OUT, no real Asterisk', () => {});

const SERVERS: [string, Release, (release: Release) => Promise<Pbx>][] = [
  ...([16, 22] as const).map((release): (typeof SERVERS)[number] => [`simulator ${release}`, release, simulated]),
  ...releases.map((release): (typeof SERVERS)[number] => [`Asterisk ${release}`, release, real]),
];

describe.each(SERVERS)('an account of least privilege on %s', (_name, release, start) => {
  let pbx: Pbx;
  beforeAll(async () => {
    pbx = await start(release);
  });
  afterAll(() => pbx.stop());

  /** A gateway logged in as that account. */
  const as = async (username: string, work: (gateway: TestGateway) => Promise<void>) => {
    const gateway = await startGateway({ pbx: { port: pbx.port, username, secret: secretOf(username) }, poolSize: 1 });
    try {
      await gateway.ready();
      await work(gateway);
    } finally {
      await gateway.close();
    }
  };
  const place = async (gateway: TestGateway): Promise<string> => {
    const { body } = await gateway.as(ALL).post('/calls', CALL).set('prefer', 'wait=5').expect(201);
    expect(body.status).toBe('answered');
    return String(body.id);
  };
  const ended = (gateway: TestGateway, id: string) =>
    eventually(async () => {
      const { body } = await gateway.as(ALL).get(`/calls/${id}`).expect(200);
      expect(body).toMatchObject({ status: 'ended', disposition: 'answered' });
    });

  const amiEvents = async (gateway: TestGateway): Promise<Set<string>> => {
    const { body } = await gateway.as(ALL).get('/events/history?limit=500').expect(200);
    return new Set((body.items as { ami: string | null }[]).flatMap(({ ami }) => ami ?? []));
  };

  it('is read without a warning', () => {
    const ours = (user: string | null) => user !== null && pbx.conf.user(user)?.secret === secretOf(user);
    expect(pbx.conf.warnings.filter(({ user }) => ours(user))).toEqual([]);
  });

  it('places a call, follows it, ends it', async () => {
    await as('caller', async (gateway) => {
      const id = await place(gateway);
      await gateway.as(ALL).delete(`/calls/${id}`).expect(204);
      await ended(gateway, id);
      const { body } = await gateway.as(ALL).get('/pbx').expect(200);
      expect(body.items[0].release).toMatch(new RegExp(`^${release}\\.`));
      if (!pbx.path) return;
      const seen = await amiEvents(gateway);
      expect([...seen].filter((name) => !own.has(name))).toEqual([]);
      expect([...seen]).toEqual(expect.arrayContaining(['Newchannel', 'Newstate', 'OriginateResponse', 'Hangup']));
    });
  });

  it('moves a call, the place looked up before', async () => {
    await as('mover', async (gateway) => {
      const client = gateway.as(ALL);
      const { body } = await client.post('/calls', CALL).set('prefer', 'wait=5').expect(201);
      const channel = encodeURIComponent(String(body.channelId));
      const to = (extension: string) => ({ context: 'transfer-dest', extension, priority: 1 });
      expect((await client.post(`/channels/${channel}/redirect`, to('999'))).body.code).toBe('no-such-extension');
      await client.post(`/channels/${channel}/redirect`, to('101')).expect(204);
      await client.delete(`/calls/${String(body.id)}`).expect(204);
    });
  });

  it('sees the events that were asked for, and no others', async () => {
    await as('watcher', async (gateway) => {
      const id = await place(gateway);
      await gateway.as(ALL).delete(`/calls/${id}`).expect(204);
      await ended(gateway, id);
      await gateway.as(ALL).put('/variables/least', { value: 'privilege' }).expect(200);
      await eventually(async () => {
        const seen = await amiEvents(gateway);
        expect(seen).toContain('VarSet');
        if (pbx.path) expect([...seen].filter((name) => !own.has(name))).toEqual(['VarSet']);
      });
    });
  });

  it('made for everything lacks nothing that a route wants', async () => {
    await as('everything', async (gateway) => {
      const id = await place(gateway);
      for (const path of ['/channels', '/queues', '/bridges', '/parking-lots', '/device-states', '/dialplan/lab'])
        await gateway.as(ALL).get(path).expect(200);
      await gateway
        .as(ALL, { variables: ['*'] })
        .put('/variables/least', { value: 'privilege' })
        .expect(200);
      await gateway.as(ALL).delete(`/calls/${id}`).expect(204);
      await ended(gateway, id);
      // Events of these classes come over another connection than those by which a call is followed.
      await eventually(async () => {
        const seen = await amiEvents(gateway);
        expect(seen).toContain('Newchannel');
        expect(seen).toContain('VarSet');
        if (pbx.path) expect(seen).toContain('Newexten');
      });
    });
  });

  it('made for everything is shown every action that a route sends', async ({ skip }) => {
    if (pbx.path === null) skip('the simulator knows few actions');
    const listed = async (username: string, secret: string) => {
      const gateway = await startGateway({ pbx: { port: pbx.port, username, secret }, poolSize: 1 });
      await gateway.ready();
      const actions = await eventually(() => {
        const { capabilities } = gateway.composition.gateway.status('default');
        return capabilities?.actions ?? Promise.reject(new Error('it is not known yet'));
      });
      await gateway.close();
      return actions;
    };
    const [all, ours] = [await listed('gateway', labSecret), await listed('everything', secretOf('everything'))];
    const sent = operationsOf(await renderOpenapi()).flatMap(({ actions }) => actions);
    expect(sent.filter((name) => all.has(name) && !ours.has(name))).toEqual([]);
    expect(ours.size).toBeGreaterThan(100);
  });

  it('satisfies the doctor, who finds an account that may log in only once', async ({ skip }) => {
    if (pbx.path === null) skip('it has no manager.conf');
    const told = async (username: string) => {
      const AMI_URL = `ami://${username}:${secretOf(username)}@127.0.0.1:${pbx.port}`;
      const environment = { AMI_URL, JWT_SECRET: 'q9XbV2mKfT7wRzLs8YpNcD4hGj6uAe3E', STORE_URL: 'memory:' };
      const findings = await examine({ environment, managerConf: pbx.path ?? '', clock: systemClock });
      return findings
        .filter(({ level, what }) => level !== 'ok' && new RegExp(`^AMI_URL|\\[${username}\\]|is not in it`).test(what))
        .map(({ level, what }) => `${level} ${what}`)
        .filter((line) => !/end of its life|not loaded/.test(line));
    };
    expect(await told('caller')).toEqual([]);
    expect(await told('single')).toEqual([
      'error manager.conf [single]: allowmultiplelogin=no',
      'error AMI_URL: Asterisk lets the account log in only once; the gateway does so 7 times',
    ]);
  });

  it('without originate places none', async () => {
    await as('no-write-originate', async (gateway) => {
      const { body } = await gateway.as(ALL).post('/calls', CALL).expect(502);
      expect(body.code).toBe('ami-permission-denied');
    });
  });

  it('without call to write ends none', async () => {
    await as('no-write-call', async (gateway) => {
      const { body } = await gateway.as(ALL).delete(`/calls/${await place(gateway)}`).expect(502); // prettier-ignore
      expect(body.code).toBe('ami-permission-denied');
    });
  });

  it('without reporting does not know what it talks to', async () => {
    await as('no-write-reporting', async (gateway) => {
      await place(gateway);
      const { body } = await gateway.as(ALL).get('/pbx').expect(200);
      expect(body.items[0]).toMatchObject({ state: 'ready', release: null, currentCalls: null });
      expect((await gateway.as(ALL).get('/channels')).body.code).toBe('ami-permission-denied');
    });
  });

  it('without call to read follows none', async () => {
    await as('no-read-call', async (gateway) => {
      const { body } = await gateway.as(ALL).post('/calls', CALL).set('prefer', 'wait=1').expect(201);
      expect(body.status).toBe('queued');
    });
  });
});
