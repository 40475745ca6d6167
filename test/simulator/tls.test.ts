import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { eventually } from '../helpers/asterisk.ts';
import { startGateway } from '../helpers/gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'ami-tls-'));
const [caFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
let simulator: Simulator;

beforeAll(async () => {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', ...subject, '-keyout', keyFile, '-out', caFile], { stdio: 'ignore' }); // prettier-ignore
  simulator = await startSimulator({
    scenario: { users: { gateway: { secret: 'x' } }, contexts: { lab: { answer: ['Answer', 'Wait(60)'] } } },
    tls: { cert: readFileSync(caFile, 'utf8'), key: readFileSync(keyFile, 'utf8') },
  });
});
afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true });
});

const start = (caFile?: string) => {
  const pbx = { host: 'localhost', port: simulator.tlsPort ?? 0, secret: 'x', tls: true };
  return startGateway({ pbx, ...(caFile === undefined ? {} : { caFile }) });
};

it('carries a call of the gateway, also after a restart', async () => {
  const gateway = await start(caFile);
  await gateway.ready();
  const call = { channel: 'Local/answer@lab/n', application: 'Wait', data: '60' };
  const place = () => gateway.as('write:originate').post('/calls', call).set('prefer', 'wait=5').expect(201);
  expect((await place()).body.status).toBe('answered');
  simulator.faults.inject({ kind: 'restart', downMs: 100 });
  await eventually(async () => {
    expect((await place()).body.status).toBe('answered');
  }, 10_000);
  await gateway.close();
});

it('is refused by a gateway that does not know its certificate', async () => {
  // Those of the gateway before are going.
  await eventually(() => {
    expect(simulator.faults.lines).toEqual([]);
  });
  const gateway = await start();
  await eventually(async () => {
    const { body } = await gateway.as('read:system').get('/pbx').expect(200);
    expect(body.items[0].lastError).toMatch(/self-signed certificate/);
    expect(body.items[0].state).not.toBe('ready');
  });
  // A connection may just be trying: none has come as far as a login.
  expect(simulator.faults.lines.filter(({ user }) => user !== '')).toEqual([]);
  await gateway.close();
});
