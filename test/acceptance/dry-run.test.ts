import { expect, it } from 'vitest';
import { describeEachPbx, eventually } from '../helpers/asterisk.ts';
import { startProxy } from '../helpers/proxy.ts';
import { startGateway } from '../helpers/gateway.ts';
import { onTestFinished } from 'vitest';

const ALL = 'read:all write:all gateway:webhooks gateway:tokens';
const CALL = { channel: 'Local/answer@lab', application: 'Wait', data: '9', variables: { a: '1' } };

describeEachPbx('a dry run', (pbx) => {
  const setUp = async () => {
    const proxy = await startProxy(pbx.amiPort);
    const gateway = await startGateway({ pbx: { port: proxy.port, secret: pbx.secret } });
    onTestFinished(async () => {
      await gateway.close();
      await proxy.close();
    });
    await gateway.ready();
    return { gateway, proxy };
  };

  it('gives the verdict and the packet of every write to Asterisk, and sends none', async () => {
    const { gateway, proxy } = await setUp();
    const client = gateway.as(ALL);
    const { body: call } = await client.post('/calls', CALL).set('prefer', 'wait=5').expect(201);
    const channel = `/channels/${call.channelId}`;
    const { body: recording } = await client.post(`${channel}/recordings`, {}).expect(201);
    const before = proxy.sent();
    const writes: [method: 'post' | 'put' | 'delete' | 'patch', path: string, body: object | null, action: string][] = [
      ['post', '/calls', CALL, 'Originate'],
      ['delete', `/calls/${call.id}`, null, 'Hangup'],
      ['delete', channel, null, 'Hangup'],
      ['post', `${channel}/redirect`, { context: 'transfer-dest', extension: '101' }, 'Redirect'],
      ['post', `${channel}/dtmf`, { digits: '12' }, 'PlayDTMF'],
      ['put', `${channel}/variables/x`, { value: 'y' }, 'Setvar'],
      ['put', '/variables/LAB_DRY', { value: 'y' }, 'Setvar'],
      ['post', `${channel}/recordings`, {}, ''],
      ['patch', `${channel}/recordings/${recording.id}`, { muted: true }, ''],
      ['delete', `${channel}/recordings/${recording.id}`, null, ''],
      ['post', '/actions/Hangup', { Channel: call.channelId }, 'Hangup'],
    ];
    for (const [method, path, body, action] of writes) {
      const asked = client[method](`${path}?dryRun=true`, body ?? undefined);
      const { body: verdict, status } = await asked.set('idempotency-key', 'dry');
      expect([status, verdict.verdict], `${method} ${path} ${JSON.stringify(verdict)}`).toEqual([200, 'allowed']);
      expect(verdict.packet).toContain(`Action: ${action}`);
      if (action !== '') expect(verdict.action).toBe(action);
    }
    const sent = proxy.sent().slice(before.length);
    expect(sent).not.toMatch(/Action: (Originate|Hangup|Redirect|PlayDTMF|Setvar|\w*Monitor\w*)/);
    const { body: placed } = await client.get('/calls').expect(200);
    expect(placed.items.filter(({ placed: here }: { placed: boolean }) => here)).toHaveLength(1);
    const { body: packet } = await client.post('/calls?dryRun=true', CALL).expect(200);
    expect(packet.packet).toMatch(/^Action: Originate\r\n[^]*Variable: a=1\r\n[^]*\r\n\r\n$/);
    expect(packet).toMatchObject({ scope: 'write:originate', limits: [], refusal: null });
    await client.delete(`/calls/${call.id}`).expect(204);
    await eventually(async () => expect((await client.get(`/calls/${call.id}`)).body).toMatchObject({ status: 'ended', disposition: 'answered' })); // prettier-ignore
  }, 60_000);

  it('says what refuses', async () => {
    const { gateway } = await setUp();
    const { body: scope } = await gateway.as('read:call').post('/calls?dryRun=true', CALL).expect(200);
    expect(scope).toMatchObject({ verdict: 'refused', packet: null, refusal: { code: 'insufficient-scope', scopes: ['write:originate'] } }); // prettier-ignore
    const narrow = gateway.as(ALL, { contexts: ['sales'] });
    const { body: limit } = await narrow.post('/calls?dryRun=true', CALL).expect(200);
    expect(limit).toMatchObject({ verdict: 'refused', limits: ['contexts'], refusal: { code: 'limit-exceeded', limit: 'contexts' } }); // prettier-ignore
    expect((await narrow.delete('/channels/nosuch?dryRun=true')).status).toBe(200);
    expect((await gateway.as(ALL).post('/calls?dryRun=perhaps', CALL).expect(400)).body.code).toBe('invalid-request');
    await gateway.as(ALL).post('/calls?dryRun=true', {}).expect(400);
    await gateway.as(ALL).post('/webhooks?dryRun=true', { url: 'https://crm.example.com' }).expect(400);
    await gateway.as(ALL).post('/tokens?dryRun=true', { sub: 'a', scope: 'read:call' }).expect(400);
    expect((await gateway.as(ALL).get('/webhooks').expect(200)).body.items).toEqual([]);
    await fetch(`${gateway.url}/calls?dryRun=true`, { method: 'POST' }).then(({ status }) => expect(status).toBe(401));
  });

  it('is what /permissions/check asks for, by action or by route', async () => {
    const { gateway, proxy } = await setUp();
    const check = (body: object, scope = ALL, limits = {}) =>
      gateway.as(scope, limits).post('/permissions/check', body);
    const { body: yes } = await check({ action: 'QueueReset', fields: { Queue: 'a' } }).expect(200);
    expect(yes).toMatchObject({ verdict: 'allowed', action: 'QueueReset', targets: ['queue a'] });
    const { body: no } = await check({ action: 'QueueReset' }, ALL, { queues: ['a'] }).expect(200);
    expect(no).toMatchObject({ verdict: 'refused', refusal: { limit: 'queues' }, targets: ['all queues'] });
    const { body: raw } = await check({ action: 'Nonsense' }).expect(200);
    expect(raw).toMatchObject({ verdict: 'refused', refusal: { scopes: ['gateway:raw'] } });
    const { body: route } = await check({ method: 'POST', path: '/calls', body: CALL }).expect(200);
    expect(route).toMatchObject({ verdict: 'allowed', action: 'Originate' });
    const { body: refusedRoute } = await check({ method: 'DELETE', path: '/channels/x?cause=16' }, 'read:call').expect(200); // prettier-ignore
    expect(refusedRoute).toMatchObject({ verdict: 'refused', refusal: { code: 'insufficient-scope' } });
    expect((await check({ method: 'POST', path: '/nowhere' }).expect(404)).body.code).toBe('not-found');
    expect((await check({ action: 'Hangup', fields: { Nonsense: 1 } }).expect(400)).body.code).toBe('invalid-request');
    const read = async (path: string, scope?: string, limits?: object) =>
      (await check({ method: 'GET', path }, scope, limits).expect(200)).body;
    const before = proxy.sent().length;
    expect(await read('/queues')).toMatchObject({ verdict: 'allowed', action: 'QueueSummary', scope: 'write:agent' });
    expect(await read('/queues', 'read:call')).toMatchObject({ verdict: 'refused', refusal: { code: 'insufficient-scope' } }); // prettier-ignore
    expect(await read('/queues/a', 'read:agent', { queues: ['b'] })).toMatchObject({ verdict: 'refused', refusal: { limit: 'queues' } }); // prettier-ignore
    for (const path of ['/calls', '/events', '/events/ws', '/me', '/health/live']) {
      expect(await read(path), path).toMatchObject({ verdict: 'allowed', action: null, packet: null });
    }
    expect(await read('/events', 'gateway:tokens')).toMatchObject({ verdict: 'refused', refusal: { code: 'insufficient-scope' } }); // prettier-ignore
    await check({ method: 'GET', path: '/channels?limit=x' }).expect(400);
    await check({ method: 'GET', path: '/nowhere' }).expect(404);
    // The header of our own is nobody else's to send.
    const plain = await gateway.as(ALL).get('/queues').set('x-judge-only', 'true').expect(200);
    expect(plain.body).toHaveProperty('items');
    expect(
      proxy
        .sent()
        .slice(before)
        .match(/Action: QueueS\w+/g),
    ).toEqual(['Action: QueueSummary']);
    expect(proxy.sent()).not.toMatch(/Action: (QueueReset|Originate|Hangup)/);
  });
});
