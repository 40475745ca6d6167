import { afterEach, expect, it } from 'vitest';
import { describeEachAsterisk, describeEachPbx, eventually } from '../helpers/asterisk.ts';
import { startGateway, type TestGateway, useGateway } from '../helpers/gateway.ts';
import { startProxy } from '../helpers/proxy.ts';
import { openSse, type SseClient } from '../helpers/sse.ts';
import type { Limits } from '../../src/auth/limits.ts';

const ALL = 'read:all write:all';

const streams = (gateway: TestGateway) => {
  const open: SseClient[] = [];
  afterEach(() => {
    for (const stream of open.splice(0)) stream.close();
  });
  return async (path = '/events', options: { scope?: string; limits?: Limits; sub?: string; headers?: Record<string, string> } = {}) => {
    const { scope = ALL, limits, sub, headers } = options;
    const authorization = `Bearer ${gateway.token(scope, limits, sub)}`;
    const stream = await openSse(`${gateway.url}${path}`, { authorization, ...headers });
    open.push(stream);
    return stream;
  };
}; // prettier-ignore

const place = async (gateway: TestGateway, extension: string, sub = 'test', wait = 5) => {
  const { body } = await gateway
    .as(ALL, undefined, sub)
    .post('/calls', { channel: `Local/${extension}@lab`, application: 'Wait', data: '20' })
    .set('prefer', `wait=${wait}`)
    .expect(201);
  return body as { id: string; channelId: string; status: string };
};

describeEachPbx('the event stream', (pbx) => {
  const gateway = useGateway({ pbx: { port: pbx.amiPort, secret: pbx.secret } });
  const stream = streams(gateway);
  const as = (scope = ALL, limits?: Limits, sub?: string) => gateway.as(scope, limits, sub);

  it('tells the life of a call, each step once and in order, among the events of its channels', async () => {
    const events = await stream();
    const { id } = await place(gateway, 'answer');
    await as().delete(`/calls/${id}`).expect(204);
    await events.until(({ data }) => data.name === 'call.ended' && data['call'] === id);
    const own = events.messages.filter(({ data }) => data['call'] === id).map(({ data }) => data);
    const steps = own.filter(({ name }) => name.startsWith('call.')).map(({ name }) => name);
    expect(steps.filter((name) => name !== 'call.ringing')).toEqual(['call.started', 'call.answered', 'call.ended']);
    expect(own.map(({ name }) => name)).toEqual(expect.arrayContaining(['channel.created', 'channel.hung-up']));
    const created = own.findIndex(({ name }) => name === 'channel.created');
    expect(own.findIndex(({ name }) => name === 'call.started')).toBeGreaterThan(created);
    const ended = own.find(({ name }) => name === 'call.ended');
    expect(ended).toMatchObject({
      pbx: 'default',
      class: ['call'],
      ami: null,
      fields: { status: 'ended', disposition: 'answered', hangup: { cause: expect.any(Number) } },
    });
    const sequences = events.messages.map(({ id: cursor }) => Number(cursor.split('-')[1]));
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    expect(new Set(sequences).size).toBe(sequences.length);
  });

  it('goes on behind the last event seen, with none lost and none twice', async () => {
    const whole = await stream();
    const { id } = await place(gateway, 'answer');
    const first = await whole.until(({ data }) => data.name === 'call.answered' && data['call'] === id);
    await as().delete(`/calls/${id}`).expect(204);
    const last = await whole.until(({ data }) => data.name === 'call.ended' && data['call'] === id);
    const resumed = await stream('/events', { headers: { 'last-event-id': first.id } });
    await resumed.until((message) => message.id === last.id);
    const idsOf = ({ messages }: SseClient) => messages.map((message) => message.id);
    const expected = idsOf(whole).slice(idsOf(whole).indexOf(first.id) + 1);
    expect(idsOf(resumed).slice(0, expected.length)).toEqual(expected);
  });

  it.each(['0abc-5', 'nonsense', '99999999zz-1'])('says so where it cannot go on from %s, then tells what comes', async (since) => {
    const events = await stream('/events?name=call.*', { headers: { 'last-event-id': since } });
    const gap = await events.until(({ data }) => data.name === 'stream.gap');
    expect(gap.data).toMatchObject({ pbx: 'default', reason: 'unknown-id', missed: null });
    await place(gateway, 'short');
    await events.until(({ data }) => data.name === 'call.ended');
  }); // prettier-ignore

  it('gives what was asked for and no more', async () => {
    const first = await place(gateway, 'answer');
    const byName = await stream('/events?name=call.*');
    const byCall = await stream(`/events?call=${first.id}`);
    const byChannel = await stream(`/events?channel=${first.channelId}*`);
    const byClass = await stream('/events?class=dtmf,cdr');
    const second = await place(gateway, 'answer');
    await as().delete(`/calls/${second.id}`);
    await as().delete(`/calls/${first.id}`);
    await byName.until(({ data }) => data.name === 'call.ended' && data['call'] === first.id);
    await byCall.until(({ data }) => data.name === 'call.ended');
    await byChannel.until(({ data }) => data.name === 'channel.hung-up');
    expect(byName.names().every((name) => name.startsWith('call.'))).toBe(true);
    expect(byCall.messages.every(({ data }) => data['call'] === first.id)).toBe(true);
    expect(byChannel.messages.every(({ data }) => JSON.stringify(data).includes(first.channelId))).toBe(true);
    expect(byClass.names().filter((name) => !/^(dtmf|cdr)\./.test(name))).toEqual([]);
  });

  it('shows a token what its scopes and limits let it see', async () => {
    const [plain, own, elsewhere, contexts] = await Promise.all([
      stream('/events', { scope: 'read:call' }),
      stream('/events', { scope: 'read:call', limits: { own: true }, sub: 'anna' }),
      stream('/events', { scope: 'read:call', limits: { channels: ['PJSIP/*'] } }),
      stream('/events', { scope: 'read:all', limits: { contexts: ['from-internal'] } }),
    ]);
    const annas = await place(gateway, 'answer', 'anna');
    const other = await place(gateway, 'answer', 'bert');
    await as().put(`/channels/${other.channelId}/variables/COLOUR`, { value: 'blue' }).expect(200);
    await as().delete(`/calls/${other.id}`);
    await as().delete(`/calls/${annas.id}`);
    await own.until(({ data }) => data.name === 'call.ended');
    await plain.until(({ data }) => data.name === 'call.ended' && data['call'] === annas.id);
    expect(plain.messages.every(({ data }) => (data['class'] as string[]).includes('call'))).toBe(true);
    expect(own.messages.every(({ data }) => data['call'] === annas.id)).toBe(true);
    expect(elsewhere.messages).toEqual([]);
    expect(contexts.messages).toEqual([]);
  });

  it('wants a scope to read', async () => {
    await as('write:all').get('/events/history').expect(403);
    expect((await stream('/events', { scope: 'write:call gateway:webhooks' })).status).toBe(403);
    expect((await openSse(`${gateway.url}/events`)).status).toBe(401);
  });

  it('ends with its token, and says so', async () => {
    const { signToken } = await import('../../src/auth/tokens.ts');
    const { testKey } = await import('../helpers/gateway.ts');
    const token = signToken(testKey, { sub: 'short', scope: 'read:call', ttl: 2 });
    const events = await openSse(`${gateway.url}/events`, { authorization: `Bearer ${token}` });
    const closed = await events.until(({ data }) => data.name === 'stream.closed');
    expect(closed.data['reason']).toBe('token-expired');
    await events.gone();
  });

  it('takes a ticket in place of a token, once', async () => {
    const { body } = await as('read:call').post('/events/tickets').expect(201);
    const path = `${gateway.url}/events?ticket=${body.ticket}`;
    const events = await openSse(path);
    expect(events.status).toBe(200);
    expect((await openSse(path)).status).toBe(401);
    expect((await openSse(`${gateway.url}/events/history?ticket=${body.ticket}`)).status).toBe(401);
    await place(gateway, 'short');
    await events.until(({ data }) => data.name === 'call.ended');
    events.close();
  });

  it('tells first what is there, and from where it goes on', async () => {
    const { id, channelId } = await place(gateway, 'answer');
    const events = await stream('/events?snapshot=true&name=call.*');
    const snapshot = (await events.until(({ data }) => data.name === 'stream.snapshot')).data;
    expect(snapshot).toMatchObject({
      calls: expect.arrayContaining([expect.objectContaining({ id, status: 'answered' })]),
      pbx: [{ name: 'default', state: 'ready', queues: expect.any(Array) }],
    });
    const [server] = snapshot['pbx'] as { channels: { id: string }[] }[];
    expect(server?.channels.map((channel) => channel.id)).toContain(channelId);
    await as().delete(`/calls/${id}`);
    await events.until(({ data }) => data.name === 'call.ended' && data['call'] === id);
    const limited = await stream('/events?snapshot=true', { scope: 'read:agent' });
    expect((await limited.until(({ data }) => data.name === 'stream.snapshot')).data).toMatchObject({ calls: [], pbx: [{ channels: null }] }); // prettier-ignore
  });

  it('keeps the past: of a call, and by time and name', async () => {
    const { id } = await place(gateway, 'answer');
    await as().delete(`/calls/${id}`);
    await eventually(async () => {
      const { body } = await as().get(`/calls/${id}/events`).expect(200);
      const names = (body.items as { name: string }[]).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['call.started', 'channel.created', 'call.ended']));
    });
    const { body } = await as().get('/events/history?name=call.ended&limit=1000').expect(200);
    expect(body.items.filter(({ call }: { call: string }) => call === id)).toHaveLength(1);
    const pages: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await as()
        .get(`/events/history?name=call.ended&limit=1${cursor && `&cursor=${cursor}`}`)
        .expect(200);
      const { items, nextCursor } = page.body as { items: { id: string }[]; nextCursor: string | null };
      expect(items.length === 1 || nextCursor === null).toBe(true);
      pages.push(...items.map((item) => item.id));
      cursor = nextCursor;
    }
    expect(pages.slice(0, body.items.length)).toEqual(body.items.map((item: { id: string }) => item.id));
    const future = new Date(Date.now() + 60_000).toISOString();
    expect((await as().get(`/events/history?from=${future}`).expect(200)).body.items).toEqual([]);
    await as().get('/calls/nobody/events').expect(404);
    await as('read:all', { own: true }, 'stranger').get(`/calls/${id}/events`).expect(404);
  });
});

describeEachAsterisk('events that others wrote', (asterisk) => {
  const gateway = useGateway({ pbx: { port: asterisk.amiPort, secret: asterisk.secret } });
  const stream = streams(gateway);

  it('do not pass for events of calls', async () => {
    const events = await stream();
    const { id } = await place(gateway, 'forge');
    await gateway.as(ALL).delete(`/calls/${id}`).expect(204);
    await events.until(({ data }) => data.name === 'call.ended' && data['call'] === id);
    // Its dialplan writes `Event: Hangup` and `Response: Success` behind line breaks.
    const hungUp = events.messages.filter(({ data }) => data.name === 'channel.hung-up');
    expect(hungUp.every(({ data }) => typeof (data['fields'] as { cause: unknown }).cause === 'number')).toBe(true);
    expect(events.names().filter((name) => name.startsWith('other.'))).toEqual([]);
  });
});

describeEachPbx('the connection of events that others write', (pbx) => {
  it('is missed when it is lost: no event happens unheard and untold', async () => {
    const proxy = await startProxy(pbx.amiPort);
    const gateway = await startGateway({ pbx: { port: proxy.port, secret: pbx.secret } });
    try {
      await gateway.ready();
      const told = async () => {
        const { body } = await gateway.as(ALL).get('/events/history?limit=1000&name=pbx.*').expect(200);
        return (body.items as { name: string }[]).map(({ name }) => name);
      };
      const once = ['pbx.connected', 'pbx.resynchronised'];
      await eventually(async () => {
        expect(await told()).toEqual(once);
      });
      proxy.onReply = (text) => (text.includes('Variable: CUT_HERE') ? null : text);
      await gateway
        .as(ALL, { variables: ['*'] })
        .put('/variables/CUT_HERE', { value: 'x' })
        .expect(200);
      await eventually(async () => {
        expect(await told()).toEqual([...once, 'pbx.disconnected', ...once]);
      });
      expect((await gateway.as(ALL).get('/pbx').expect(200)).body.items[0]).toMatchObject({
        state: 'ready',
        eventConnection: true,
      });
    } finally {
      await gateway.close();
      await proxy.close();
    }
  });
});
