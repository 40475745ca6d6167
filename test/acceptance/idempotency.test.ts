import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { GatewayError } from '../../src/lib/errors.ts';
import { createMemoryStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { describeEachPbx, eventually } from '../helpers/asterisk.ts';
import { startGateway, type TestGateway } from '../helpers/gateway.ts';
import { startProxy } from '../helpers/proxy.ts';

const ALL = 'read:all write:all';
const BODY = { channel: 'Local/answer@lab', application: 'Wait', data: '5' };

describeEachPbx('an Idempotency-Key', (pbx) => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  const setUp = async (store: Store = createMemoryStore()) => {
    const proxy = await startProxy(pbx.amiPort);
    cleanups.push(() => proxy.close());
    // Each gateway closes its store; the next one goes on with it.
    const gateway = await startGateway({ pbx: { port: proxy.port, secret: pbx.secret }, store: { ...store, close: async () => {} } }); // prettier-ignore
    cleanups.push(() => gateway.close());
    await gateway.ready();
    return { gateway, proxy, originates: () => proxy.sent().match(/Action: Originate/g)?.length ?? 0 };
  };
  const post = (gateway: TestGateway, key: string, body: object = BODY, sub = 'test') =>
    gateway.as(ALL, undefined, sub).post('/calls', body).set('idempotency-key', key);

  it('dials once, and gives the first answer again', async () => {
    const { gateway, originates } = await setUp();
    const key = randomUUID();
    const first = await post(gateway, key).expect(201);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    // The same said in another order is the same.
    const again = await post(gateway, key, Object.fromEntries(Object.entries(BODY).reverse())).expect(201);
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true', location: first.headers['location'] });
    expect(again.body).toEqual(first.body);
    expect(originates()).toBe(1);
    await gateway.as(ALL).delete(`/calls/${first.body.id}`).expect(204);
    await eventually(async () => {
      expect((await gateway.as(ALL).get(`/calls/${first.body.id}`)).body.status).toBe('ended');
    });
    expect((await post(gateway, key).expect(201)).body).toEqual(first.body);
    expect(originates()).toBe(1);
    expect((await post(gateway, key, { ...BODY, data: '6' }).expect(422)).body.code).toBe('idempotency-key-reused');
    // Another's key is another key.
    const other = await post(gateway, key, BODY, 'other').expect(201);
    expect(other.body.id).not.toBe(first.body.id);
    expect(originates()).toBe(2);
  });

  it('dials once for ten at a time', async () => {
    const { gateway, originates } = await setUp();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(gateway, key)));
    const placed = answers.filter(({ status }) => status === 201);
    const rest = answers.filter(({ status }) => status !== 201);
    expect(new Set(placed.map(({ body }) => body.id)).size).toBe(1);
    for (const { status, body, headers } of rest) {
      expect([status, body.code, headers['retry-after']]).toEqual([409, 'idempotency-in-progress', '1']);
    }
    expect(originates()).toBe(1);
  });

  it('keeps refusals that are an outcome, and frees the key for those that are none', async () => {
    const { gateway } = await setUp();
    const client = gateway.as(ALL);
    const gone = () => client.delete('/channels/nobody-1').set('idempotency-key', 'gone');
    expect((await gone().expect(404)).headers['idempotent-replayed']).toBeUndefined();
    expect((await gone().expect(404)).headers['idempotent-replayed']).toBe('true');
    const limited = gateway.as(ALL, { channels: ['PJSIP/*'] });
    await limited.post('/calls', BODY).set('idempotency-key', 'limited').expect(403);
    await post(gateway, 'limited').expect(201);
    for (const key of ['with blank', 'x'.repeat(256)]) {
      await client.put('/variables/LAB_KEY', { value: '1' }).set('idempotency-key', key).expect(400);
    }
    const put = () => client.put('/variables/LAB_KEY', { value: '1' }).set('idempotency-key', 'put');
    expect((await put().expect(200)).headers['idempotent-replayed']).toBeUndefined();
    expect((await put().expect(200)).headers['idempotent-replayed']).toBe('true');
  });

  it('tells, after a crash in between, that it is not known, and which call to look at', async () => {
    const store = createMemoryStore();
    const first = await setUp(store);
    const key = randomUUID();
    first.proxy.onReply = () => '';
    const lost = post(first.gateway, key).then(
      (answer) => answer,
      () => undefined,
    );
    await eventually(() => {
      expect(first.originates()).toBe(1);
    });
    // As after kill -9: nothing of the first gateway is heard any more, and its record stays as it is.
    const second = await setUp({ ...store, idempotency: { ...store.idempotency } });
    const { body } = await post(second.gateway, key).expect(504);
    expect(body).toMatchObject({ code: 'outcome-unknown', callId: expect.any(String) });
    expect(second.originates()).toBe(0);
    await second.gateway.as(ALL).get(`/calls/${body.callId}`).expect(200);
    await lost;
  }, 30_000);

  it('dials, after a crash before any id was noted: nothing had been done', async () => {
    const store = createMemoryStore();
    const key = randomUUID();
    let giveUp: (() => void) | undefined;
    const update = () =>
      new Promise<void>((_resolve, reject) => {
        giveUp = () => {
          reject(new GatewayError('store-unavailable', 'killed'));
        };
      });
    const first = await setUp({ ...store, idempotency: { ...store.idempotency, update } });
    const lost = post(first.gateway, key).then((answer) => answer.status);
    await eventually(() => expect(giveUp).toBeDefined());
    const second = await setUp(store);
    const { body } = await post(second.gateway, key).expect(201);
    expect([first.originates(), second.originates()]).toEqual([0, 1]);
    const { body: again, headers } = await post(second.gateway, key).expect(201);
    expect([again.id, headers['idempotent-replayed']]).toEqual([body.id, 'true']);
    giveUp?.();
    expect(await lost).toBe(503);
  }, 30_000);

  it('plays no key twice where Asterisk went away between two', async () => {
    const { gateway, proxy } = await setUp();
    const client = gateway.as(ALL);
    const { body: call } = await client.post('/calls', BODY).set('prefer', 'wait=5').expect(201);
    let replies = '';
    proxy.onReply = (text) => {
      replies += text;
      return text;
    };
    const press = () =>
      client.post(`/channels/${call.channelId}/dtmf`, { digits: '12', durationMs: 500 }).set('idempotency-key', 'keys');
    // It is sent once somebody waits for it.
    const first = press().then((answer) => answer);
    await eventually(() => {
      expect(replies).toContain('DTMF successfully queued');
    });
    proxy.onRequest = () => null;
    proxy.cut();
    const { status, body } = await first;
    expect([status, body.code]).toEqual([504, 'outcome-unknown']);
    expect((await press().expect(504)).headers['idempotent-replayed']).toBe('true');
    expect(proxy.sent().match(/Action: PlayDTMF/g)).toHaveLength(1);
  });

  it('refuses to run what it could not recognise again', async () => {
    const store = createMemoryStore();
    const { gateway, originates } = await setUp({
      ...store,
      idempotency: {
        ...store.idempotency,
        begin: () => Promise.reject(new GatewayError('store-unavailable', 'disk full', { retryable: true })),
      },
    });
    expect((await post(gateway, 'k').expect(503)).body.code).toBe('store-unavailable');
    expect(originates()).toBe(0);
  });
});
