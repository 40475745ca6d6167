import { expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signToken } from '../../src/auth/tokens.ts';
import { createSqliteStore } from '../../src/store/sqlite/store.ts';
import { describeEachPbx } from '../helpers/asterisk.ts';
import { clientFor, startGateway, testKey, useGateway } from '../helpers/gateway.ts';
import { connectSocket } from '../helpers/socket.ts';
import { openSse } from '../helpers/sse.ts';

const ADMIN = 'read:all write:all gateway:tokens';
const WISH = { sub: 'crm', scope: 'read:call write:originate' };

describeEachPbx('tokens', (pbx) => {
  const options = { pbx: { port: pbx.amiPort, secret: pbx.secret } };
  const gateway = useGateway(options);
  const admin = () => gateway.as(ADMIN);
  const make = async (wish: object = WISH) => (await admin().post('/tokens', wish).expect(201)).body;

  it('are made, work, are listed without the token itself, and are told of by /me', async () => {
    const made = await make({ ...WISH, limits: { contexts: ['lab'] }, ttlSeconds: 60, description: 'CRM' });
    expect(made).toMatchObject({ sub: 'crm', state: 'active', description: 'CRM', maker: { sub: 'test' } });
    const client = clientFor(gateway.url, made.token);
    const { body: me } = await client.get('/me').expect(200);
    expect(me).toMatchObject({ sub: 'crm', jti: made.jti, limits: { contexts: ['lab'] }, scopes: ['read:call', 'write:originate'] }); // prettier-ignore
    await client.get('/channels').expect(200);
    await client.get('/tokens').expect(403);
    const { body: list } = await admin().get('/tokens').expect(200);
    expect(list.items.map(({ jti }: { jti: string }) => jti)).toContain(made.jti);
    expect(JSON.stringify(list)).not.toContain(made.token);
    const { body: one } = await admin().get(`/tokens/${made.jti}`).expect(200);
    expect(one).toEqual(list.items.find(({ jti }: { jti: string }) => jti === made.jti));
    expect((await admin().get('/tokens/none').expect(404)).body.code).toBe('no-such-token');
  });

  it('cannot do what their maker cannot', async () => {
    const limited = gateway.as('read:call write:call gateway:tokens', { contexts: ['lab'] });
    for (const [wish, code] of [
      [{ sub: 'test', scope: 'write:originate', limits: { contexts: ['lab'] } }, 'insufficient-scope'],
      [{ sub: 'test', scope: 'read:call' }, 'limit-exceeded'],
      [{ sub: 'test', scope: 'read:call', limits: { contexts: ['*'] } }, 'limit-exceeded'],
      [{ sub: 'crm', scope: 'read:call', limits: { contexts: ['lab'] } }, 'limit-exceeded'],
    ] as const) {
      expect((await limited.post('/tokens', wish).expect(403)).body.code).toBe(code);
    }
    await limited.post('/tokens', { sub: 'test', scope: 'read:nonsense', limits: { contexts: ['lab'] } }).expect(400);
    const { body } = await limited.post('/tokens', { sub: 'test', scope: ['read:call'], limits: { contexts: ['lab'] }, ttlSeconds: 999_999 }).expect(201); // prettier-ignore
    expect(Date.parse(body.expiresAt)).toBeLessThanOrEqual(Date.now() + 600_000);
    const { body: mine } = await limited.get('/tokens').expect(200);
    expect(mine.items.map(({ maker }: { maker: { sub: string } }) => maker.sub)).not.toContain('other');
  });

  it('that are revoked leave no webhook behind', async () => {
    const { body: made } = await gateway.as(`${ADMIN} gateway:webhooks`).post('/tokens', { sub: 'test', scope: 'read:call gateway:webhooks' }).expect(201); // prettier-ignore
    const { body: webhook } = await clientFor(gateway.url, made.token).post('/webhooks', { url: 'http://127.0.0.1:9999/hook', events: ['call.*'] }).expect(201); // prettier-ignore
    const owner = gateway.as('read:call gateway:webhooks');
    const { body: other } = await owner.post('/webhooks', { url: 'http://127.0.0.1:9999/other' }).expect(201);
    await admin().delete(`/tokens/${made.jti}`).expect(204);
    expect((await owner.get(`/webhooks/${webhook.id}`).expect(200)).body).toMatchObject({ enabled: false, disabledReason: 'token-revoked' }); // prettier-ignore
    expect((await owner.get(`/webhooks/${other.id}`).expect(200)).body).toMatchObject({ enabled: true });
    expect((await owner.patch(`/webhooks/${webhook.id}`, { enabled: true }).expect(200)).body.enabled).toBe(true);
    for (const { id } of [webhook, other]) await owner.delete(`/webhooks/${id}`).expect(204);
  });

  it('that are revoked are refused at once, with what they made, and their streams end', async () => {
    const made = await make({ sub: 'test', scope: ADMIN, ttlSeconds: 300 });
    const { body: child } = await clientFor(gateway.url, made.token).post('/tokens', { sub: 'test', scope: 'read:call' }).expect(201); // prettier-ignore
    const sse = await openSse(`${gateway.url}/events`, { authorization: `Bearer ${made.token}` });
    const socket = await connectSocket(gateway.url, child.token);
    const { body: ticket } = await clientFor(gateway.url, made.token).post('/events/tickets', {}).expect(201);
    expect(sse.status).toBe(200);

    await admin().delete(`/tokens/${made.jti}`).expect(204);
    await sse.gone();
    expect(sse.messages.at(-1)?.data).toMatchObject({ name: 'stream.closed', reason: 'token-revoked' });
    expect(await socket.closed).toMatchObject({ code: 1_008, reason: 'token-revoked' });
    for (const token of [made.token, child.token]) {
      expect((await clientFor(gateway.url, token).get('/me').expect(401)).body.detail).toContain('revoked');
    }
    expect((await fetch(`${gateway.url}/events?ticket=${ticket.ticket}`)).status).toBe(401);
    const { body: shown } = await admin().get(`/tokens/${child.jti}`).expect(200);
    expect(shown).toMatchObject({ state: 'revoked', revokedAt: expect.any(String) });
    await admin().delete(`/tokens/${made.jti}`).expect(204);
  });

  it('can be given up by whoever holds them, and made elsewhere be revoked by their id', async () => {
    const own = gateway.as('read:call');
    const { body: me } = await own.get('/me').expect(200);
    await own.delete('/tokens/somebody-elses').expect(403);
    await own.delete(`/tokens/${me.jti}`).expect(204);
    await own.get('/me').expect(401);
    const foreign = gateway.as('read:call');
    const { body: theirs } = await foreign.get('/me').expect(200);
    const limited = gateway.as(ADMIN, { queues: ['a'] });
    expect((await limited.delete(`/tokens/${theirs.jti}`).expect(404)).body.code).toBe('no-such-token');
    await admin().delete(`/tokens/${theirs.jti}`).expect(204);
    await foreign.get('/me').expect(401);
  });

  it('stay revoked over a restart; a key that was changed still holds until it is put away', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tokens-'));
    const file = join(folder, 'gateway.db');
    const next = { algorithm: 'HS256', secret: 'another secret of the tests, also long enough' } as const;
    const start = async (auth: NonNullable<Parameters<typeof startGateway>[0]['auth']>) => {
      const store = createSqliteStore(file);
      return startGateway({ ...options, store, auth });
    };
    const old = signToken(testKey, { sub: 'test', scope: 'read:call', ttl: 600 });
    const revoked = signToken(testKey, { jti: 'taken-back', sub: 'test', scope: 'read:call', ttl: 600 });
    const one = await start({ key: testKey });
    await clientFor(one.url, revoked).delete('/tokens/taken-back').expect(204);
    await one.close();
    const two = await start({ key: next, previousKey: testKey });
    await clientFor(two.url, revoked).get('/me').expect(401);
    await clientFor(two.url, old).get('/me').expect(200);
    await clientFor(two.url, signToken(next, { sub: 'test', scope: 'read:call', ttl: 600 }))
      .get('/me')
      .expect(200);
    await two.close();
    const three = await start({ key: next });
    await clientFor(three.url, old).get('/me').expect(401);
    await three.close();
    rmSync(folder, { recursive: true });
  });
});
