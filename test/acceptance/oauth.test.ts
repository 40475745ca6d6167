import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import supertest from 'supertest';
import { afterAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { ContractServer } from '../lab/global-setup.ts';
import { describeEachPbx, eventually } from '../helpers/asterisk.ts';
import { clientFor, useGateway } from '../helpers/gateway.ts';
import { openSse } from '../helpers/sse.ts';

const SECRET = 'a+secret%of:the/crm-0123456789';
const CONF = `[general]
enabled = yes

[common](!)
secret = ${SECRET}
read = call,dialplan

[crm](common)
write = originate,call

[wallboard](common)
read = call,agent
eventfilter = Event: Newchannel
eventfilter = !Channel: .*\\;2

[elsewhere](common)
deny = 0.0.0.0/0
permit = 10.0.0.0/8

[leaver](common)
write = call
enabled = no
`;

const prepare = (pbx: ContractServer) => {
  const folder = mkdtempSync(join(tmpdir(), 'manager-conf-'));
  const path = join(folder, 'manager.conf');
  const write = (text: string) => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  write(CONF);
  const gateway = useGateway({ pbx: { port: pbx.amiPort, secret: pbx.secret }, managerConf: path });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const ask = (form: Record<string, string>) =>
    supertest(gateway.url)
      .post('/oauth/token')
      .type('form')
      .send({ grant_type: 'client_credentials', ...form });
  const login = async (client_id: string, form: Record<string, string> = {}) => {
    const { body } = await ask({ client_id, client_secret: SECRET, ...form }).expect(200);
    return { token: body.access_token as string, client: clientFor(gateway.url, body.access_token), body };
  };
  /** Until the file as written is the one in force. */
  const written = async (text: string) => {
    const before = gateway.logs.filter((line) => line.includes('Read manager.conf')).length;
    write(text);
    await eventually(() => {
      expect(gateway.logs.filter((line) => line.includes('Read manager.conf')).length).toBeGreaterThan(before);
    }, 10_000);
  };
  beforeEach(async () => {
    // Wrong secrets of one test would slow the next.
    await login('crm');
  });

  return { gateway, path, ask, login, written };
};

describeEachPbx('users of manager.conf', (pbx) => {
  const { gateway, login } = prepare(pbx);

  it('log in by form, JSON and HTTP Basic, and may do what their classes say', async () => {
    const { body, client } = await login('crm');
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3_600 });
    expect(body.scope.split(' ').sort()).toEqual(['read:call', 'read:dialplan', 'write:call', 'write:originate']);
    expect((await client.get('/me').expect(200)).body).toMatchObject({ sub: 'ami:crm', limits: {} });
    const { body: call } = await client.post('/calls', { channel: 'Local/answer@lab/n', application: 'Wait', data: '5' }).expect(201); // prettier-ignore
    await client.delete(`/calls/${call.id}`).expect(204);
    expect((await client.get('/queues').expect(403)).body.code).toBe('insufficient-scope');
    expect((await client.get('/tokens').expect(403)).body.code).toBe('insufficient-scope');

    const json = { grant_type: 'client_credentials', client_id: 'CRM', client_secret: SECRET, scope: 'read:call' };
    const { body: narrow } = await supertest(gateway.url).post('/oauth/token').send(json).expect(200);
    expect(narrow.scope).toBe('read:call');
    await clientFor(gateway.url, narrow.access_token).post('/calls', { channel: 'Local/answer@lab/n', application: 'Wait' }).expect(403); // prettier-ignore
    // As RFC 6749 wants it, and as most clients do it.
    for (const credentials of [`crm:${encodeURIComponent(SECRET)}`, `crm:${SECRET}`]) {
      await supertest(gateway.url)
        .post('/oauth/token')
        .set('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`)
        .type('form')
        .send({ grant_type: 'client_credentials' })
        .expect(200);
    }
  });

  it('see the events their filters let through, and of what is derived only that of their own calls', async () => {
    const { client, token } = await login('wallboard');
    const sse = await openSse(`${gateway.url}/events`, { authorization: `Bearer ${token}` });
    const plain = await openSse(`${gateway.url}/events`, { authorization: `Bearer ${gateway.token('read:call read:agent')}` }); // prettier-ignore
    const { body: call } = await gateway.as('write:originate write:call').post('/calls', { channel: 'Local/answer@lab/n', application: 'Wait', data: '1' }).set('prefer', 'wait=5').expect(201); // prettier-ignore
    await gateway.as('write:call').delete(`/calls/${call.id}`);
    const ofCall = (stream: typeof sse) => stream.messages.map(({ data }) => data as { name: string; ami: string | null; call: string; channel: { name: string } }).filter((data) => data.call === call.id); // prettier-ignore
    await eventually(() => {
      expect(ofCall(plain).map(({ name }) => name)).toContain('call.ended');
    });
    expect(ofCall(sse).map(({ ami }) => ami)).toEqual(['Newchannel']);
    expect(ofCall(sse)[0]?.channel.name).toMatch(/;1$/);
    const { body: history } = await client.get(`/events/history?call=${call.id}`).expect(200);
    expect(history.items.map(({ ami }: { ami: string }) => ami)).toEqual(['Newchannel']);
    sse.close();
    plain.close();
  });
});

// What no Asterisk has a part in is tried once.
describe('users of manager.conf', () => {
  const { gateway, path, ask, login, written } = prepare(inject('simulators')[0]!);

  it.each([
    [{ client_id: 'crm', client_secret: 'wrong' }, 401, 'invalid_client', 'invalid-client'],
    [{ client_id: 'nobody', client_secret: SECRET }, 401, 'invalid_client', 'invalid-client'],
    [{ client_id: 'common', client_secret: SECRET }, 401, 'invalid_client', 'invalid-client'],
    [{ client_id: 'general', client_secret: '' }, 401, 'invalid_client', 'invalid-client'],
    [{ client_id: 'leaver', client_secret: SECRET }, 401, 'invalid_client', 'invalid-client'],
    [{ client_id: 'elsewhere', client_secret: SECRET }, 401, 'invalid_client', 'invalid-client'],
    [{ client_id: 'crm', client_secret: SECRET, scope: 'write:system' }, 400, 'invalid_scope', 'invalid-scope'],
    [{ client_id: 'crm', client_secret: SECRET, scope: 'gateway:tokens' }, 400, 'invalid_scope', 'invalid-scope'],
    [{ grant_type: 'password', client_id: 'crm' }, 400, 'unsupported_grant_type', 'invalid-request'],
    [{ grant_type: '' }, 400, 'unsupported_grant_type', 'invalid-request'],
  ])('are refused as OAuth clients expect: %o', async (form, status, error, code) => {
    const { body, headers } = await ask(form as Record<string, string>).expect(status);
    expect(body).toMatchObject({ error, code, status });
    expect(headers).toMatchObject({ 'content-type': expect.stringContaining('application/json'), 'cache-control': 'no-store' }); // prettier-ignore
    expect(JSON.stringify(body)).not.toContain(SECRET);
    expect(headers['www-authenticate']).toBe(status === 401 ? 'Basic realm="ami-gateway"' : undefined);
  });

  it('follow the file: fewer classes, other addresses, a new secret, no file at all', async () => {
    const { client, token } = await login('crm');
    const other = await login('wallboard');
    const sse = await openSse(`${gateway.url}/events`, { authorization: `Bearer ${token}` });
    const untouched = await openSse(`${gateway.url}/events`, { authorization: `Bearer ${other.token}` });
    await written(CONF.replace('write = originate,call', 'write = originate'));
    await sse.gone();
    expect(sse.messages.at(-1)?.data).toMatchObject({ name: 'stream.closed', reason: 'account-changed' });
    expect(untouched.messages.at(-1)?.data).not.toMatchObject({ name: 'stream.closed' });
    expect((await client.post('/channels/none/redirect', { context: 'lab', extension: 'answer' }).expect(403)).body.code).toBe('insufficient-scope'); // prettier-ignore
    await client.get('/channels').expect(200);

    await written(CONF.replace('[crm](common)', '[crm](common)\ndeny = 0.0.0.0/0'));
    expect((await client.get('/channels').expect(403)).body.code).toBe('limit-exceeded');
    await written(CONF.replace('[crm](common)', '[crm](common)\nsecret = another-secret-0123456789'));
    expect((await client.get('/channels').expect(401)).body.detail).toContain('log in again');
    await written(CONF.replace('enabled = yes', 'enabled = no'));
    await other.client.get('/channels').expect(401);
    await ask({ client_id: 'crm', client_secret: SECRET }).expect(401);

    rmSync(path);
    await eventually(() => {
      expect(gateway.logs.some((line) => line.includes('cannot be used'))).toBe(true);
    }, 10_000);
    await written(CONF);
    await client.get('/channels').expect(200);
    untouched.close();
  }, 60_000);

  it('that guess are slowed by whatever spelling of a name', async () => {
    const guess = (name: string) => supertest(gateway.url).post('/oauth/token').set('authorization', `Basic ${Buffer.from(`${name}:x`).toString('base64')}`).type('form').send({ grant_type: 'client_credentials' }); // prettier-ignore
    for (const name of ['spelt', '%73pelt', 's%70elt', 'SPELT', 'sp%65lt', 'spe%6Ct']) await guess(name).expect(401);
    await guess('spel%74').expect(429);
    await guess('x'.repeat(6_000)).expect(401);
  });

  it('that guess are slowed, and others are not', async () => {
    const guess = () => ask({ client_id: 'guessed', client_secret: 'guess' });
    for (let index = 0; index < 6; index += 1) await guess().expect(401);
    const { body, headers } = await guess().expect(429);
    expect(body).toMatchObject({ error: 'invalid_client', code: 'too-many-attempts' });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    await login('crm');
  });
});

describe('without MANAGER_CONF', () => {
  const pbx = inject('simulators')[0]!;
  const gateway = useGateway({ pbx: { port: pbx.amiPort, secret: pbx.secret } });

  it('nobody logs in', async () => {
    const form = { grant_type: 'client_credentials', client_id: 'crm', client_secret: SECRET };
    const { body } = await supertest(gateway.url).post('/oauth/token').type('form').send(form).expect(501);
    expect(body).toMatchObject({ code: 'no-accounts' });
  });
});
