import { expect, it } from 'vitest';
import type { GatewayEvent } from '../../src/events/event.ts';
import { describeEachPbx, eventually } from '../helpers/asterisk.ts';
import { useGateway } from '../helpers/gateway.ts';
import { startReceiver, verified } from '../helpers/receiver.ts';
import { event } from '../helpers/webhooks.ts';

const SCOPE = 'gateway:webhooks read:call';

describeEachPbx('webhooks', ({ amiPort: port, secret: amiSecret }) => {
  const gateway = useGateway({ pbx: { port, secret: amiSecret } });
  const emit = async (...events: GatewayEvent[]) => {
    const { webhooks, store } = gateway.composition;
    const deliveries = webhooks.deliveriesFor(events);
    await store.write({ deliveries });
    webhooks.wake(deliveries);
  };

  it('are made, shown without their secret, changed, tried, replayed and deleted', async () => {
    const receiver = await startReceiver();
    const client = gateway.as(SCOPE);
    const { body: made, headers } = await client
      .post('/webhooks', { url: receiver.url, description: 'CRM' })
      .expect(201);
    const { secret, ...webhook } = made;
    expect(headers['location']).toBe(`/webhooks/${webhook.id}`);
    expect(webhook).toMatchObject({ events: ['call.*'], enabled: true, disabledReason: null, statusCallback: false });
    const path = `/webhooks/${webhook.id}`;
    expect((await client.get(path).expect(200)).body).toEqual(webhook);
    expect((await client.get('/webhooks').expect(200)).body).toMatchObject({ items: [webhook], total: 1 });

    const { body: tested } = await client.post(`${path}/test`).expect(200);
    expect(tested).toMatchObject({ delivered: true, status: 204, error: null });
    expect(verified(secret, receiver.received[0]!).type).toBe('webhook.test');

    await emit(event('call.ended', 'c1'));
    const log = async () => (await client.get(`${path}/deliveries?status=delivered`).expect(200)).body.items;
    const [delivery] = await eventually(async () => {
      expect(await log()).toHaveLength(1);
      return log();
    });
    expect(delivery).toMatchObject({ name: 'call.ended', attempts: 1, lastStatus: 204, nextAt: null });
    await client.post(`${path}/deliveries/${delivery.id}/replay`).expect(202);
    await eventually(() => expect(receiver.ids().filter((id) => id === delivery.id)).toHaveLength(2));

    const { body: rotated } = await client.post(`${path}/rotate-secret`).expect(200);
    expect(rotated.secret).not.toBe(secret);
    expect((await client.patch(path, { enabled: false }).expect(200)).body.disabledReason).toBe('by-request');
    const { body: refused } = await client.post(`${path}/deliveries/${delivery.id}/replay`).expect(409);
    expect(refused.code).toBe('webhook-disabled');

    const other = gateway.as(SCOPE, {}, 'other');
    expect((await other.get('/webhooks')).body.items).toEqual([]);
    for (const answer of [other.get(path), other.patch(path, {}), other.delete(path), other.post(`${path}/test`)])
      expect((await answer.expect(404)).body.code).toBe('no-such-webhook');
    await client.delete(path).expect(204);
    await client.get(path).expect(404);
    expect(gateway.logs.join('')).not.toContain(secret.slice('whsec_'.length));
  });

  it('are refused a URL inside, and a secret that is none', async () => {
    const client = gateway.as(SCOPE);
    for (const url of [
      'http://10.0.0.1/',
      'ftp://crm.example/',
      'https://u:p@crm.example/',
      'http://crm.example:5038/',
    ])
      expect((await client.post('/webhooks', { url }).expect(400)).body.code, url).toBe('url-not-allowed');
    for (const secret of ['hunter2', 'whsec_QQ=='])
      expect((await client.post('/webhooks', { url: 'https://crm.example/', secret }).expect(400)).body.code).toBe('invalid-request'); // prettier-ignore
  });

  it('come with a call, for who may place it, and leave with a call that was not', async () => {
    const receiver = await startReceiver();
    const caller = gateway.as('write:originate write:call', {}, 'caller');
    const place = (statusCallback: object, channel = 'Local/answer@lab') =>
      caller.post('/calls', { channel, application: 'Wait', data: '1', statusCallback });
    const { body: call } = await place({ url: receiver.url }).expect(201);
    expect(call.statusCallback).toMatchObject({ secret: expect.stringMatching(/^whsec_/) });
    const messages = () => receiver.received.map((one) => verified(call.statusCallback.secret, one));
    await eventually(() => expect(messages().map(({ type }) => type)).toContain('call.ended'), 8_000);
    const steps = messages().map(({ type }) => type);
    expect(steps.filter((type) => type !== 'call.ringing')).toEqual(['call.started', 'call.answered', 'call.ended']);
    expect(messages().every(({ data }) => data['call'] === call.id)).toBe(true);
    expect((await caller.get(`/calls/${call.id}`).expect(200)).body).not.toHaveProperty('statusCallback');

    const own = `whsec_${'Ab1+'.repeat(8)}`;
    expect((await place({ url: receiver.url, secret: own, events: ['call.ended'] })).body.statusCallback.secret).toBe(
      own,
    );
    await place({ url: receiver.url, events: ['channel.*'] }).expect(400);
    expect((await place({ url: 'http://10.0.0.1/' }).expect(400)).body.code).toBe('url-not-allowed');
    const owner = gateway.as(SCOPE, {}, 'caller');
    const before = (await owner.get('/webhooks')).body.total;
    expect(before).toBeGreaterThan(0);
    const limited = gateway.as('write:originate', { channels: ['PJSIP/*'] }, 'caller');
    await limited
      .post('/calls', {
        channel: 'Local/answer@lab',
        application: 'Wait',
        data: '1',
        statusCallback: { url: receiver.url },
      })
      .expect(403);
    expect((await owner.get('/webhooks')).body.total).toBe(before);
  });
});
