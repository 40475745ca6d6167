import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import supertest from 'supertest';
import { describe, expect, inject, it } from 'vitest';
import { createSqliteStore } from '../../src/store/sqlite/store.ts';
import { describeEachPbx, eventually } from '../helpers/asterisk.ts';
import { clientFor, startGateway, useGateway } from '../helpers/gateway.ts';
import { run } from '../helpers/service.ts';

const CALL = { channel: 'Local/answer@lab/n', application: 'Wait', data: '60', variables: { pin: 'very-hidden' } };

describeEachPbx('the audit trail', (pbx) => {
  const options = { pbx: { port: pbx.amiPort, secret: pbx.secret } };
  const gateway = useGateway(options);
  const auditor = () => gateway.as('gateway:audit');
  const records = async (query: string) => (await auditor().get(`/audit?${query}`).expect(200)).body.items;
  const wait = <T>(look: () => Promise<T>) => eventually(look);

  it('tells who did what, from where, to what, with which outcome, and no secrets', async () => {
    const client = gateway.as('write:originate write:call', { contexts: ['lab'] }, 'anna');
    const placed = await client.post('/calls', CALL).set('x-request-id', 'audit-1').set('prefer', 'wait=5').expect(201);
    await client.delete(`/calls/${placed.body.id}`).expect(204);
    await client.post('/calls', { ...CALL, channel: 'Local/answer@elsewhere/n' }).expect(403);
    const items = await wait(async () => {
      const found = await records('sub=anna');
      expect(found.length).toBeGreaterThanOrEqual(3);
      return found;
    });
    const place = items.find(({ operation, outcome }: { operation: string; outcome: string }) => operation === 'calls.place' && outcome === 'ok'); // prettier-ignore
    expect(place).toMatchObject({ action: 'Originate', requestId: 'audit-1', address: expect.stringContaining('127.0.0.1'), limits: ['contexts'], pbx: 'default' }); // prettier-ignore
    expect(place.targets).toContain('dial Local/answer@lab/n');
    expect(place.actionId).toBeTypeOf('string');
    expect(items.some(({ outcome }: { outcome: string }) => outcome === 'limit-exceeded')).toBe(true);
    expect(JSON.stringify(items)).not.toContain('very-hidden');
    expect(items.map(({ seq }: { seq: number }) => seq)).toEqual([...items.map(({ seq }: { seq: number }) => seq)].sort((a, b) => b - a)); // prettier-ignore
    expect(items.every(({ at }: { at: string }) => Math.abs(Date.parse(at) - Date.now()) < 60_000)).toBe(true);
  });

  it('tells of refusals at the door, up to a rate, and of tokens made and taken back', async () => {
    await gateway.as('read:agent', {}, 'bob').post('/calls', CALL).expect(403);
    await supertest(gateway.url).get('/channels').set('authorization', 'Bearer a.b.c').expect(401);
    await gateway
      .as('read:call', { ip: ['192.0.2.0/24'] }, 'far')
      .get('/channels')
      .expect(403);
    const { body } = await gateway.as('read:all write:all gateway:tokens', {}, 'maker').post('/tokens', { sub: 'crm', scope: 'read:call' }).expect(201); // prettier-ignore
    await clientFor(gateway.url, body.token).delete(`/tokens/${body.jti}`).expect(204);
    await wait(async () => {
      expect(await records('sub=bob')).toMatchObject([{ operation: 'calls.place', outcome: 'insufficient-scope', action: null, targets: ['POST /calls'] }]); // prettier-ignore
      expect(await records('sub=far')).toMatchObject([{ outcome: 'limit-exceeded', limits: ['ip'] }]);
      expect(await records('outcome=unauthorized')).toMatchObject([{ sub: null, operation: 'channels.list' }]);
      expect(await records('sub=maker')).toMatchObject([{ operation: 'tokens.make', outcome: 'ok', targets: ['token for crm', 'scope read:call', `token ${body.jti}`] }]); // prettier-ignore
      expect(await records('operation=tokens.revoke')).toMatchObject([{ sub: 'crm', targets: [`token ${body.jti}`] }]);
    });
    for (let index = 0; index < 40; index += 1) await supertest(gateway.url).get('/queues').expect(401);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const refused = await records('outcome=unauthorized&limit=1000');
    expect(refused.length).toBeGreaterThan(5);
    expect(refused.length).toBeLessThanOrEqual(20);
    expect(JSON.stringify(await records('limit=1000'))).not.toContain(body.token);
  });

  it('is for gateway:audit; a token with limits sees what its own subject did', async () => {
    await gateway.as('read:all write:all', {}, 'x').get('/audit').expect(403);
    const own = gateway.as('gateway:audit', { contexts: ['lab'] }, 'anna');
    const { body } = await own.get('/audit').expect(200);
    expect(new Set(body.items.map(({ sub }: { sub: string }) => sub))).toEqual(new Set(['anna']));
    expect((await own.get('/audit?sub=maker').expect(200)).body.items).toEqual([]);
    const first = (await auditor().get('/audit?limit=1').expect(200)).body;
    const second = (await auditor().get(`/audit?limit=1&cursor=${first.nextCursor}`).expect(200)).body;
    expect(second.items[0].seq).toBe(first.items[0].seq - 1);
    expect(first.items[0].previous).toBe(second.items[0].hash);
    await auditor().get('/audit?cursor=nonsense').expect(400);
    await auditor().get('/audit?from=yesterday').expect(400);
  });
});

// What no Asterisk has a part in is tried once.
describe('the audit trail', () => {
  const pbx = inject('simulators')[0]!;
  const options = { pbx: { port: pbx.amiPort, secret: pbx.secret } };

  it('goes on behind a restart, is proved whole, and shows what was changed behind its back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'audit-'));
    const file = join(folder, 'gateway.db');
    try {
      for (let round = 0; round < 2; round += 1) {
        const one = await startGateway({ ...options, store: createSqliteStore(file) });
        await one.ready();
        const { body } = await one.as('write:originate write:call', {}, 'anna').post('/calls', CALL).expect(201);
        await one.as('write:call', {}, 'anna').delete(`/calls/${body.id}`).expect(204);
        await one.close();
      }
      const verify = (...more: string[]) => run('src/cli/index.ts', ['audit-verify', '--store', `sqlite:${file}`, ...more], {}).ended; // prettier-ignore
      const whole = await verify();
      expect(whole).toMatchObject({ code: 0, err: '' });
      expect(whole.out).toMatch(/^4 records, 1 to 4; the last is 4:[0-9a-f]{64}\nThe trail is whole\.\n$/);
      const head = /4:[0-9a-f]{64}/.exec(whole.out)?.[0] ?? '';
      const database = new DatabaseSync(file);
      database.exec('DELETE FROM audit WHERE seq = 4');
      expect(await verify()).toMatchObject({ code: 0 });
      expect(await verify('--head', head)).toMatchObject({ code: 1, out: expect.stringContaining('cut off') });
      database.exec("UPDATE audit SET body = replace(body, 'anna', 'bob') WHERE seq = 2");
      database.close();
      const changed = await verify();
      expect(changed).toMatchObject({ code: 1, out: expect.stringContaining('record 2: its contents were changed') });
      expect(changed.out).toContain('NOT whole');
      expect(await verify('--head', 'x')).toMatchObject({ code: 1, err: expect.stringContaining('--head') });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
