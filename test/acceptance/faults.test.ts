import supertest from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeEachAsterisk, eventually } from '../helpers/asterisk.ts';
import { startGateway, type TestGateway } from '../helpers/gateway.ts';
import { type Proxy, startProxy } from '../helpers/proxy.ts';
import { type Asterisk, startAsterisk } from '../lab/asterisk.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describeEachAsterisk('faults', ({ release }) => {
  let asterisk: Asterisk;
  let proxy: Proxy;
  let gateway: TestGateway;
  const logs: string[] = [];
  const tokens: string[] = [];

  beforeAll(async () => {
    asterisk = await startAsterisk({ release, name: 'faults' });
  });
  afterAll(async () => {
    await asterisk.stop();
  });
  beforeEach(async () => {
    asterisk.thaw();
    if (asterisk.pid === null) await asterisk.start();
    proxy = await startProxy(asterisk.amiPort);
  });
  afterEach(async () => {
    tokens.push(gateway.token('read:all'));
    logs.push(...gateway.logs);
    await gateway.close();
    await proxy.close();
  });

  const start = async (options: { timeoutMs?: number; secret?: string } = {}) => {
    gateway = await startGateway({ pbx: { port: proxy.port, secret: options.secret ?? asterisk.secret }, ...options });
  };
  const operator = () => gateway.as('write:originate write:call');
  const place = () => operator().post('/calls', { channel: 'Local/answer@lab', application: 'Wait', data: '600' });
  const channelsNamed = async (channelId: string) =>
    (await asterisk.cli('core show channels concise')).split('\n').filter((line) => line.includes(channelId));

  it('starts before Asterisk does, is live but not ready, and recovers by itself', async () => {
    await asterisk.kill();
    await start();
    await supertest(gateway.url).get('/health/live').expect(200);
    const ready = await supertest(gateway.url).get('/health/ready').expect(503);
    expect(ready.body).toMatchObject({ status: 'not-ready', pbx: [{ name: 'default', state: 'disconnected' }] });
    const refused = await place().expect(503);
    expect(refused.body.code).toBe('pbx-unavailable');
    expect(refused.headers['retry-after']).toBeDefined();
    await sleep(2_000);
    await asterisk.start();
    await gateway.ready(5_000);
    await place().expect(201);
  });

  it('reports a refused login and does not hammer', async () => {
    await start({ secret: 'not the secret of this server' });
    await sleep(4_000);
    await supertest(gateway.url).get('/health/ready').expect(503);
    expect(proxy.sent().match(/Action: Login/g)).toHaveLength(5);
    const { body } = await gateway.as('read:system').get('/pbx').expect(200);
    expect(body.items[0]).toMatchObject({ state: 'disconnected', lastError: 'Asterisk refused the AMI login' });
    expect(gateway.logs.join('')).toContain('Asterisk refused the AMI login');
    expect(gateway.logs.join('')).not.toContain('not the secret');
  });

  it('is killed under load and comes back: no wrong answer, every call ends, ready within 5 s', async () => {
    await start();
    await gateway.ready();
    const statuses = new Map<string, number>();
    const accepted: string[] = [];
    const wrong: unknown[] = [];
    let running = true;
    const client = operator();
    const worker = async (id: number) => {
      for (let turn = 0; running; turn += 1) {
        const value = `${id}-${turn}`;
        const name = `LAB_LOAD_${id}`;
        const answers = [await client.put(`/variables/${name}`, { value }), await client.get(`/variables/${name}`)];
        const [put, got] = answers;
        // A value may be lost with the server, but never be another's.
        if (got?.status === 200 && put?.status === 200 && got.body.value !== value && got.body.value !== null)
          wrong.push(got.body);
        if (turn % 10 === 0) {
          const placed = await client.post('/calls', { channel: 'Local/answer@lab', application: 'Wait', data: '600' });
          answers.push(placed);
          if (placed.status === 201 || placed.body.callId) accepted.push(placed.body.id ?? placed.body.callId);
        }
        for (const { status, body } of answers) {
          const key = status < 300 ? 'ok' : `${status} ${body.code}`;
          statuses.set(key, (statuses.get(key) ?? 0) + 1);
          if (status >= 300) await sleep(20);
        }
      }
    };
    const workers = Array.from({ length: 8 }, (_, id) => worker(id));
    await sleep(1_000);
    await asterisk.kill();
    await sleep(1_000);
    await supertest(gateway.url).get('/health/ready').expect(503);
    await asterisk.start();
    await gateway.ready(5_000);
    await sleep(1_000);
    running = false;
    await Promise.all(workers);

    expect(wrong).toEqual([]);
    expect(statuses.get('ok')).toBeGreaterThan(100);
    expect(statuses.get('503 pbx-unavailable')).toBeGreaterThan(0);
    const known = ['ok', '503 pbx-unavailable', '503 pool-saturated', '504 outcome-unknown', '502 ami-desync'];
    expect([...statuses.keys()].filter((key) => !known.includes(key))).toEqual([]);

    expect(accepted.length).toBeGreaterThan(10);
    await eventually(async () => {
      // Each time anew: the last of the calls may have been placed and have no channel yet.
      const live = (await client.get('/channels').expect(200)).body.items.map(({ id }: { id: string }) => id);
      expect(new Set(live).size).toBe(live.length);
      const { body } = await client.get('/calls?limit=1000').expect(200);
      const byId = new Map(body.items.map((call: { id: string }) => [call.id, call]));
      for (const id of accepted) {
        const call = byId.get(id) as { status: string; disposition: string; channelId: string; reason: string };
        if (live.includes(call.channelId)) expect(call.status).toBe('answered');
        // Asterisk takes logins before its dialplan is loaded: a call placed in that moment fails, and says so.
        else expect(`${call.status} ${call.disposition}`).toMatch(/^ended (unknown|failed)$/);
      }
    }, 15_000);
  }, 60_000);

  describe('where the connection is cut around an Originate', () => {
    const placeAndLose = async () => {
      const { body } = await place().expect(504);
      expect(body.code).toBe('outcome-unknown');
      await gateway.ready();
      return body.callId as string;
    };
    const originates = () => proxy.sent().match(/Action: Originate/g)?.length ?? 0;

    it('finds the call by its ChannelId once it is back, and never dials twice', async () => {
      await start();
      await gateway.ready();
      proxy.onReply = (text) => {
        if (!text.includes('Originate successfully queued')) return text;
        proxy.onReply = (later) => later;
        proxy.cut();
        return null;
      };
      const id = await placeAndLose();
      const call = await eventually(async () => {
        const { body } = await operator().get(`/calls/${id}`).expect(200);
        expect(body.status).toBe('answered');
        return body;
      });
      expect(await channelsNamed(call.channelId)).toHaveLength(2);
      expect(originates()).toBe(1);
      await operator().delete(`/calls/${id}`).expect(204);
      await eventually(async () => {
        expect((await operator().get(`/calls/${id}`)).body).toMatchObject({ status: 'ended', disposition: 'answered' });
      });
    });

    it('ends the call as unknown where Asterisk never got it, and never dials twice', async () => {
      await start();
      await gateway.ready();
      proxy.onRequest = (text) => {
        if (!text.includes('Action: Originate')) return text;
        proxy.onRequest = (later) => later;
        proxy.cut();
        return null;
      };
      const id = await placeAndLose();
      const call = await eventually(async () => {
        const { body } = await operator().get(`/calls/${id}`).expect(200);
        expect(body).toMatchObject({ status: 'ended', disposition: 'unknown' });
        return body;
      }, 12_000);
      expect(call.reason).toMatch(/not found|knows nothing/);
      expect(await channelsNamed(call.channelId)).toEqual([]);
      expect(originates()).toBe(1);
    }, 30_000);
  });

  it('gives a late reply to nobody else', async () => {
    await start({ timeoutMs: 700 });
    await gateway.ready();
    await operator().put('/variables/LAB_A', { value: 'a' }).expect(200);
    await operator().put('/variables/LAB_B', { value: 'b' }).expect(200);
    asterisk.freeze();
    const late = await operator().get('/variables/LAB_A').expect(504);
    expect(late.body.code).toBe('ami-timeout');
    const write = await operator().put('/variables/LAB_C', { value: 'c' }).expect(504);
    expect(write.body.code).toBe('outcome-unknown');
    // Nothing is stacked on connections that owe an answer.
    expect((await operator().get('/variables/LAB_A').expect(503)).body.code).toBe('pool-saturated');
    asterisk.thaw();
    await gateway.ready();
    const answers = await eventually(async () => {
      const got = await Promise.all(
        ['A', 'B', 'C', 'A', 'B', 'C'].map((name) => operator().get(`/variables/LAB_${name}`)),
      );
      for (const { status } of got) expect(status).toBe(200);
      return got.map(({ body }) => body.value);
    });
    expect(answers).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('finds a frozen Asterisk within 15 s and is ready within 5 s of its thaw', async () => {
    await start({ timeoutMs: 2_000 });
    await gateway.ready();
    asterisk.freeze();
    const frozenAt = Date.now();
    await eventually(() => supertest(gateway.url).get('/health/ready').expect(503), 16_000);
    expect(Date.now() - frozenAt).toBeLessThan(15_500);
    await sleep(3_000);
    asterisk.thaw();
    await gateway.ready(5_000);
    await place().expect(201);
  }, 60_000);

  it('writes no secret into its log, at any level', () => {
    gateway = { token: () => '', logs: [], close: async () => {} } as unknown as TestGateway;
    const text = logs.join('');
    expect(text.length).toBeGreaterThan(1_000);
    expect(text).not.toContain(asterisk.secret);
    expect(text).not.toMatch(/Bearer|eyJ[\w-]+\.|"authorization"|Key: [0-9a-f]{32}/);
  });
});
