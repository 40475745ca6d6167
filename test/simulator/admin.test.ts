import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FAULTS } from '../../src/simulator/faults/schema.ts';
import { startSimulator, type Simulator } from '../../src/simulator/index.ts';
import { eventually } from '../helpers/asterisk.ts';
import { loggedIn } from '../helpers/raw-ami.ts';
import { run } from '../helpers/service.ts';
import { openRaw } from './raw.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
let simulator: Simulator;

beforeEach(async () => {
  simulator = await startSimulator({ scenario: { users: { gateway: { secret: 'x' } } }, adminPort: 0 });
});
afterEach(() => simulator.close());

const call = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
  const url = `http://127.0.0.1:${simulator.adminPort}${path}`;
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as Record<string, unknown> };
};
const enter = () => loggedIn({ amiPort: simulator.port, secret: 'x' });

/** Parameters each fault is switched on with. */
const examples: Record<string, object> = {
  delay: { ms: 5 },
  'forged-frames': { frame: 'event', action: 'Ping' },
  garbage: { bytes: 10, action: 'Ping' },
  'event-flood': { perSecond: 10 },
  'permissions-changed': { user: 'gateway', write: 'call' },
  authlimit: { most: 1 },
  'cut-after-write': { action: 'Getvar', times: 3 },
};

it('lists every fault with its parameters', async () => {
  const { status, body } = await call('GET', '/faults');
  expect(status).toBe(200);
  expect(body['active']).toEqual([]);
  const faults = body['faults'] as { name: string; description: string; parameters: { properties: object } }[];
  expect(faults.map(({ name }) => name)).toEqual(Object.keys(FAULTS));
  expect(faults.every(({ description }) => description.length > 10)).toBe(true);
  expect(faults.find(({ name }) => name === 'delay')?.parameters).toMatchObject({ properties: { ms: { type: 'integer' } }, required: ['ms'] }); // prettier-ignore
});

it.each(Object.keys(FAULTS).filter((name) => name !== 'restart'))('switches %s on, and all off', async (name) => {
  expect(await call('POST', `/faults/${name}`, JSON.stringify(examples[name] ?? {}))).toEqual({ status: 200, body: { active: [name] } }); // prettier-ignore
  expect(simulator.faults.active).toEqual([name]);
  expect(await call('DELETE', '/faults')).toEqual({ status: 204, body: undefined });
  expect(simulator.faults.active).toEqual([]);
});

it('strikes the connections that are named, and no others', async () => {
  const [first, second] = [await enter(), await enter()];
  const { connections } = (await call('GET', '/connections')).body as { connections: { id: number; user: string }[] };
  expect(connections).toMatchObject([{ user: 'gateway', authenticated: true }, { user: 'gateway' }]);
  await call('POST', `/faults/cut-before-reply?connection=${connections[1]?.id}`, '{"times":9}');
  expect((await first.ask('Ping')).get('Response')).toBe('Success');
  second.write('Action: Ping\r\n\r\n');
  await second.gone();
  expect(await call('POST', '/faults/freeze?user=nobody', '{}')).toMatchObject({ status: 200 });
  expect((await first.ask('Ping')).get('Response')).toBe('Success');
  for (const query of ['connection=x', 'colour=red']) {
    expect((await call('POST', `/faults/freeze?${query}`, '{}')).status).toBe(400);
  }
});

it('has the effect it names', async () => {
  const ami = await enter();
  await call('POST', '/faults/delay', '{"ms":300}');
  const begun = performance.now();
  await ami.ask('Ping');
  expect(performance.now() - begun).toBeGreaterThan(250);
  await call('DELETE', '/faults');
  await call('POST', '/faults/acl-close');
  const refused = openRaw(simulator.port);
  await refused.gone();
  expect(refused.bytes()).toBe(0);
  ami.close();
});

it.each(['/restart', '/faults/restart'])('restarts by %s', async (path) => {
  const ami = await enter();
  expect((await call('POST', path, '{"downMs":50}')).status).toBe(200);
  await ami.gone();
  await sleep(150);
  const again = await enter();
  again.close();
});

it.each([
  ['POST', '/faults/none', '{}', 404, /There is no fault none/],
  ['POST', '/faults/constructor', '{}', 404, /There is no fault constructor/],
  ['POST', '/faults/delay', undefined, 400, /delay: .*ms/s],
  ['POST', '/faults/delay', '{"ms":"soon"}', 400, /expected number/],
  ['POST', '/faults/delay', '{"ms":1,"more":2}', 400, /"more"/],
  ['POST', '/faults/delay', '{"ms":', 400, /not JSON/],
  ['POST', '/faults/delay', `{"ms":1${' '.repeat(70_000)}}`, 400, /longer than/],
  ['POST', '/faults/permissions-changed', '{"user":"nobody"}', 400, /no user nobody/],
  ['POST', '/faults', '{}', 404, /GET \/faults/],
  ['PUT', '/faults/delay', '{}', 404, /GET \/faults/],
  ['GET', '/', undefined, 404, /GET \/faults/],
  ['DELETE', '/faults/delay', undefined, 404, /GET \/faults/],
])('answers %s %s %s with %i', async (method, path, body, status, error) => {
  const reply = await call(method, path, body);
  expect([reply.status, reply.body['error']]).toEqual([status, expect.stringMatching(error)]);
  expect(simulator.faults.active).toEqual([]);
});

it('takes nothing from a web page', async () => {
  expect((await call('POST', '/faults/freeze', '', { origin: 'http://example.org' })).status).toBe(403);
  expect(simulator.faults.active).toEqual([]);
});

it('is there on request from the command line, and nowhere else', async () => {
  const plain = await startSimulator({ scenario: {} });
  expect(plain.adminPort).toBeUndefined();
  await plain.close();
  const child = spawn(process.execPath, ['src/cli/index.ts', 'simulate', '--port', '0', '--admin-port', '0']);
  const ended = once(child, 'close');
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const url = await eventually(() => {
    const found = /http:\S+\/faults/.exec(text)?.[0];
    expect(found).toBeDefined();
    return found ?? '';
  }, 15_000);
  expect((await fetch(url)).status).toBe(200);
  child.kill('SIGTERM');
  await ended;
});

it('is not there where its port is taken: the command says so and ends', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const { code, err } = await run('src/cli/index.ts', ['simulate', '--port', '0', '--admin-port', String(port)], {}).ended; // prettier-ignore
  expect(err).toBe(`Something else listens on port ${port} already\n`);
  expect(code).toBe(1);
  taken.close();
});
