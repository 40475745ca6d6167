import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEachAsterisk, eventually } from '../helpers/asterisk.ts';
import { startGateway, type TestGateway } from '../helpers/gateway.ts';
import { type Proxy, startProxy } from '../helpers/proxy.ts';

describeEachAsterisk('long lists', ({ amiPort, secret }) => {
  let proxy: Proxy;
  let gateway: TestGateway;
  const client = () => gateway.as('write:originate write:call');

  beforeAll(async () => {
    proxy = await startProxy(amiPort);
    gateway = await startGateway({ pbx: { port: proxy.port, secret } });
    await gateway.ready();
  });
  afterAll(async () => {
    await gateway.close();
    await proxy.close();
  });

  /**
   * A box with 10,000 channels takes Asterisk minutes to fill on two cores (done once by hand: see docs/architecture.md),
   * so the relay repeats a real item before the real end of the list.
   */
  const inflateTo = (items: number) => {
    let seen = '';
    proxy.onReply = (text) => {
      // A list comes in as many pieces as Asterisk wrote it in.
      seen += text;
      const end = text.indexOf('Event: CoreShowChannelsComplete');
      if (end < 0) return text;
      const item = /Event: CoreShowChannel\r\n[^]*?\r\n\r\n/.exec(seen)?.[0] ?? '';
      seen = '';
      const more = Array.from({ length: items }, (_, index) => item.replace(/Uniqueid: .*/, `Uniqueid: copy.${index}`));
      return text.slice(0, end) + more.join('') + text.slice(end);
    };
  };

  it('of many real channels come whole', async () => {
    const ids: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      const body = { channel: 'Local/answer@lab/n', application: 'Wait', data: '60' };
      const placed = await Promise.all(Array.from({ length: 30 }, () => client().post('/calls', body).expect(201)));
      ids.push(...placed.map(({ body: { id } }) => id as string));
    }
    await eventually(async () => {
      const { body } = await client().get('/channels').expect(200);
      expect(body.total).toBeGreaterThanOrEqual(600);
    }, 15_000);
    await Promise.all(ids.map((id) => client().delete(`/calls/${id}`)));
    await eventually(async () => {
      const { body } = await client().get('/calls?limit=1000').expect(200);
      const open = body.items.filter(({ status }: { status: string }) => status !== 'ended');
      expect(open.filter(({ id }: { id: string }) => ids.includes(id))).toEqual([]);
    }, 15_000);
  }, 60_000);

  it('of 10,000 channels come by pages, in bounded memory', async () => {
    const { body: call } = await client()
      .post('/calls', { channel: 'Local/answer@lab/n', application: 'Wait', data: '60' })
      .set('prefer', 'wait=5');
    inflateTo(10_000);
    const before = process.memoryUsage().rss;
    const ids = new Set<string>();
    let path = '/channels?limit=1000';
    let cursor: string | null = '';
    do {
      const { body } = await client()
        .get(`${path}${cursor && `&cursor=${cursor}`}`)
        .expect(200);
      for (const { id } of body.items) ids.add(id);
      cursor = body.nextCursor as string | null;
    } while (cursor !== null);
    expect(ids.size).toBeGreaterThanOrEqual(10_002);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1_024 * 1_024);

    inflateTo(100_000);
    path = '/channels';
    expect((await client().get(path).expect(502)).body.code).toBe('list-too-long');
    proxy.onReply = (text) => text;
    await eventually(() => client().get(path).expect(200));
    await client().delete(`/calls/${call.id}`).expect(204);
  }, 60_000);
});
