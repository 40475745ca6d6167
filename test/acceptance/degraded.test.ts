import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEachAsterisk, eventually } from '../helpers/asterisk.ts';
import { startGateway, type TestGateway } from '../helpers/gateway.ts';
import { originatorSecret } from '../lab/config.ts';
import { type Asterisk, startAsterisk } from '../lab/asterisk.ts';

describeEachAsterisk('an Asterisk with less to offer', ({ release }) => {
  let asterisk: Asterisk;
  const gateways: TestGateway[] = [];

  beforeAll(async () => {
    asterisk = await startAsterisk({ release, name: 'degraded' });
    for (const module of ['app_queue', 'app_mixmonitor']) await asterisk.cli(`module unload ${module}.so`);
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.close();
    await asterisk.stop();
  });

  const start = async (pbx: { username?: string; secret: string }) => {
    const gateway = await startGateway({ pbx: { port: asterisk.amiPort, ...pbx } });
    gateways.push(gateway);
    await gateway.ready(15_000);
    return gateway;
  };
  const place = async (gateway: TestGateway) =>
    (
      await gateway
        .as('write:originate write:call')
        .post('/calls', { channel: 'Local/tone@lab', application: 'Wait', data: '60' })
        .set('prefer', 'wait=5')
        .expect(201)
    ).body as { id: string; channelId: string; status: string };

  it('answers 501 where the module of an action is not loaded', async () => {
    const gateway = await start({ secret: asterisk.secret });
    const { body } = await gateway.as('read:agent').get('/queues').expect(501);
    expect(body.code).toBe('action-unavailable');
    expect(body.detail).toContain('QueueSummary');
    expect(body.amiMessage).toContain('Invalid/unknown command');
  });

  const recordsWithMonitor = async () => {
    const gateway = await start({ secret: asterisk.secret });
    const { id, channelId } = await place(gateway);
    const client = gateway.as('write:call');
    const path = `/channels/${channelId}/recordings`;
    const { body } = await client.post(path, { file: 'monitor-one', mix: false }).expect(201);
    expect((await client.post(path, {}).expect(409)).body.code).toBe('too-many-recordings');
    expect((await client.get(path)).body.items).toEqual([body]);
    await client.patch(`${path}/${body.id}`, { muted: true, direction: 'read' }).expect(501);
    expect((await client.patch(`${path}/${body.id}`, { muted: true }).expect(200)).body.muted).toBe(true);
    await client.patch(`${path}/${body.id}`, { muted: false }).expect(200);
    await client.delete(`${path}/${body.id}`).expect(204);
    for (const file of body.files) {
      await eventually(() => {
        expect(existsSync(join(asterisk.spoolDir, 'monitor', file)), file).toBe(true);
      });
    }
    await client.delete(`/calls/${id}`).expect(204);
  };

  const recordsNothing = async () => {
    const gateway = await start({ secret: asterisk.secret });
    const { id, channelId } = await place(gateway);
    const client = gateway.as('write:call');
    expect((await client.post(`/channels/${channelId}/recordings`, {}).expect(501)).body.code).toBe(
      'action-unavailable',
    );
    await client.delete(`/calls/${id}`).expect(204);
  };

  if (release === 16) it('records with Monitor where only that exists', recordsWithMonitor);
  else it('answers 501 to a recording where neither MixMonitor nor Monitor exists', recordsNothing);

  it('names the class that the AMI account of the gateway lacks', async () => {
    const gateway = await start({ username: 'originator', secret: originatorSecret });
    const { id, status } = await place(gateway);
    expect(status).toBe('answered');
    const { body } = await gateway.as('write:call').delete(`/calls/${id}`).expect(502);
    expect(body).toMatchObject({ code: 'ami-permission-denied', amiMessage: 'Permission denied' });
    expect(body.detail).toContain('add system or call');
    const { body: described } = await gateway.as('read:system').get('/pbx').expect(200);
    expect(described.items[0]).toMatchObject({ state: 'ready', currentCalls: null });
    expect(described.items[0].actions).toContain('Originate');
    await asterisk.cli('channel request hangup all');
  }, 30_000);
});
