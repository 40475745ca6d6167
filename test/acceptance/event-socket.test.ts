import { expect, it } from 'vitest';
import { describeEachPbx, eventually } from '../helpers/asterisk.ts';
import { useGateway } from '../helpers/gateway.ts';
import { connectSocket, type EventSocket, type SocketMessage } from '../helpers/socket.ts';

const ALL = 'read:all write:all';

describeEachPbx('the event socket', (pbx) => {
  const gateway = useGateway({ pbx: { port: pbx.amiPort, secret: pbx.secret } });
  const connect = (token: string | null = gateway.token(ALL), query = '') => connectSocket(gateway.url, token, query);

  const call = async () => {
    const client = gateway.as(ALL);
    const { body } = await client.post('/calls', { channel: 'Local/answer@lab', application: 'Wait', data: '9' }).set('prefer', 'wait=5'); // prettier-ignore
    await client.delete(`/calls/${body.id}`).expect(204);
    return body.id as string;
  };
  const ended = (id: string, subscription: string) => (message: SocketMessage) => {
    const event = message['event'] as { name: string; call: string } | undefined;
    return message['id'] === subscription && event?.name === 'call.ended' && event.call === id;
  };
  const namesOf = ({ messages }: EventSocket, id: string) =>
    messages.filter((one) => one['id'] === id && one.type === 'event').map((one) => (one['event'] as { name: string }).name); // prettier-ignore

  it('carries several subscriptions, each with its filter, which can be changed and given up', async () => {
    const socket = await connect();
    socket.say({ type: 'subscribe', id: 'calls', filter: { name: ['call.*'] }, snapshot: true });
    socket.say({ type: 'subscribe', id: 'channels', filter: { name: ['channel.*'] } });
    await socket.until(({ type, id }) => type === 'snapshot' && id === 'calls');
    await socket.until(({ type, id }) => type === 'subscribed' && id === 'channels');
    const first = await call();
    await socket.until(ended(first, 'calls'));
    expect(namesOf(socket, 'calls').every((name) => name.startsWith('call.'))).toBe(true);
    expect(namesOf(socket, 'channels').filter((name) => !name.startsWith('channel.'))).toEqual([]);
    expect(namesOf(socket, 'channels')).toContain('channel.hung-up');

    socket.say({ type: 'filter', id: 'calls', filter: { name: ['call.ended'] } });
    socket.say({ type: 'unsubscribe', id: 'channels' });
    await socket.until(({ type }) => type === 'unsubscribed');
    const before = [namesOf(socket, 'calls').length, namesOf(socket, 'channels').length];
    const second = await call();
    await socket.until(ended(second, 'calls'));
    expect(namesOf(socket, 'calls').slice(before[0])).toEqual(['call.ended']);
    expect(namesOf(socket, 'channels')).toHaveLength(before[1] ?? 0);
  });

  it('goes on from a cursor', async () => {
    const socket = await connect();
    socket.say({ type: 'subscribe', id: 'a' });
    const { cursor } = await socket.until(({ type }) => type === 'subscribed');
    const id = await call();
    await socket.until(ended(id, 'a'));
    socket.say({ type: 'subscribe', id: 'b', since: cursor });
    await socket.until(ended(id, 'b'));
    const ids = (of: string) => socket.messages.filter((one) => one['id'] === of && one.type === 'event').map((one) => one['cursor']); // prettier-ignore
    expect(ids('b')).toEqual(ids('a').slice(0, ids('b').length));
    socket.say({ type: 'subscribe', id: 'c', since: '0x-1' });
    expect(await socket.until(({ type, id: of }) => type === 'gap' && of === 'c')).toMatchObject({ gap: { reason: 'unknown-id' } }); // prettier-ignore
  });

  it('refuses what it does not understand and goes on', async () => {
    const socket = await connect();
    const wrong = ['not json', { type: 'dance' }, { type: 'subscribe' }, { type: 'unsubscribe', id: 'none' }, { type: 'subscribe', id: 'a', filter: { pbx: ['nowhere'] } }, { type: 'subscribe', id: 'a', filter: { names: ['x'] } }]; // prettier-ignore
    for (const message of wrong) socket.say(message);
    await eventually(() => {
      expect(socket.messages).toHaveLength(wrong.length);
    });
    expect(socket.messages.map(({ type, code }) => [type, code])).toEqual([
      ['error', 'malformed-json'],
      ['error', 'invalid-request'],
      ['error', 'invalid-request'],
      ['error', 'invalid-request'],
      ['error', 'no-such-pbx'],
      ['error', 'invalid-request'],
    ]);
    for (let index = 0; index < 17; index += 1) socket.say({ type: 'subscribe', id: `s${index}` });
    await socket.until(({ type, detail }) => type === 'error' && String(detail).includes('at most 16'));
    expect(socket.messages.filter(({ type }) => type === 'subscribed')).toHaveLength(16);
  });

  it('takes a new token of the same subject in band, and its scopes at once', async () => {
    const socket = await connect(gateway.token('read:call', undefined, 'anna'));
    socket.say({ type: 'subscribe', id: 'a' });
    await socket.until(({ type }) => type === 'subscribed');
    socket.say({ type: 'token', token: gateway.token('read:all', undefined, 'bert') });
    socket.say({ type: 'token', token: 'nonsense' });
    await eventually(() => {
      expect(socket.messages.filter(({ code }) => code === 'unauthorized')).toHaveLength(2);
    });
    socket.say({ type: 'token', token: gateway.token('read:agent', undefined, 'anna') });
    await socket.until(({ type }) => type === 'token');
    // Channels are of class call, which the new token has not.
    socket.say({ type: 'subscribe', id: 'snapshot', filter: { name: ['none'] }, snapshot: true });
    const snapshot = (await socket.until(({ type }) => type === 'snapshot'))['snapshot'];
    expect(snapshot).toMatchObject({ calls: [], pbx: [{ channels: null, queues: expect.any(Array) }] });
    const before = namesOf(socket, 'a').length;
    // Another sees the whole call: by then this one has been past it too, with the token it had.
    const witness = await connect(gateway.token('read:call', undefined, 'anna'));
    witness.say({ type: 'subscribe', id: 'w' });
    await witness.until(({ type }) => type === 'subscribed');
    await witness.until(ended(await call(), 'w'));
    socket.say({ type: 'token', token: gateway.token('read:call', undefined, 'anna') });
    await eventually(() => {
      expect(socket.messages.filter(({ type }) => type === 'token')).toHaveLength(2);
    });
    await socket.until(ended(await call(), 'a'));
    const started = socket.messages.filter((one) => (one['event'] as { name?: string } | undefined)?.name === 'call.started'); // prettier-ignore
    expect(started.length).toBeLessThanOrEqual(before + 1);
  });

  it('shows no more in a snapshot than the token it was last given may see', async () => {
    const { body: placed } = await gateway.as(ALL).post('/calls', { channel: 'Local/answer@lab', application: 'Wait', data: '9' }).set('prefer', 'wait=5'); // prettier-ignore
    const socket = await connect(gateway.token('read:call', undefined, 'anna'));
    const channelsOf = async (id: string) => {
      socket.say({ type: 'subscribe', id, snapshot: true });
      const { snapshot } = await socket.until((one) => one.type === 'snapshot' && one['id'] === id);
      return (snapshot as { pbx: { channels: unknown[] | null }[] }).pbx[0]?.channels;
    };
    expect(await channelsOf('wide')).not.toEqual([]);
    socket.say({ type: 'token', token: gateway.token('read:call', { channels: ['PJSIP/none'] }, 'anna') });
    await socket.until(({ type }) => type === 'token');
    expect(await channelsOf('narrow')).toEqual([]);
    await gateway.as(ALL).delete(`/calls/${placed.id}`).expect(204);
  });

  it('is closed to who sends more than can be answered, before others have to wait', async () => {
    const socket = await connect();
    for (let index = 0; index < 20_000; index += 1) socket.say('{}');
    expect(await socket.closed).toEqual({ code: 1008, reason: 'too-many-messages' });
    expect(socket.messages.length).toBeLessThan(20_000);
  });

  it('is closed when its token expires, and not opened without one', async () => {
    const { signToken } = await import('../../src/auth/tokens.ts');
    const { testKey } = await import('../helpers/gateway.ts');
    const socket = await connect(signToken(testKey, { sub: 'short', scope: 'read:call', ttl: 2 }));
    expect(await socket.closed).toEqual({ code: 1008, reason: 'token-expired' });
    await expect(connect(null)).rejects.toThrow('401');
    await expect(connect(gateway.token('write:call'))).rejects.toThrow('403');
    const { body } = await gateway.as('read:call').post('/events/tickets').expect(201);
    await connect(null, `?ticket=${body.ticket}`);
    await expect(connect(null, `?ticket=${body.ticket}`)).rejects.toThrow('401');
  });
});
