import { expect, it } from 'vitest';
import { describeEachPbx, eventually } from '../helpers/asterisk.ts';
import { useGateway } from '../helpers/gateway.ts';

describeEachPbx('channels', ({ amiPort: port, secret }) => {
  const gateway = useGateway({ pbx: { port, secret } });
  const operator = () => gateway.as('write:originate write:call');
  const callTo = async (extension: string, body: object = { application: 'Wait', data: '60' }) => {
    const placed = await operator()
      .post('/calls', { channel: `Local/${extension}@lab/n`, ...body })
      .set('prefer', 'wait=5')
      .expect(201);
    expect(placed.body.status).toBe('answered');
    return placed.body as { id: string; channelId: string; channelName: string };
  };
  const channel = async (id: string) =>
    (
      await operator()
        .get(`/channels/${encodeURIComponent(id)}`)
        .expect(200)
    ).body;

  it('lists live channels, filtered and by pages', async () => {
    const call = await callTo('answer');
    // The call is answered a moment before its application runs.
    await eventually(async () => {
      const all = await operator().get('/channels').expect(200);
      const mine = all.body.items.find(({ id }: { id: string }) => id === call.channelId);
      expect(mine).toMatchObject({
        name: call.channelName,
        state: 'up',
        application: 'Wait',
        linkedId: call.channelId,
      });
      expect(mine.durationSeconds).toBeTypeOf('number');
      expect(mine.caller).toEqual({ number: null, name: null });
    });

    const ids = async (query: string) =>
      (await operator().get(`/channels?${query}`).expect(200)).body.items.map(({ id }: { id: string }) => id);
    expect(await ids('state=up&prefix=Local/answer@lab')).toContain(call.channelId);
    expect(await ids('context=lab')).toContain(`${call.channelId};2`);
    expect(await ids('context=nowhere')).toEqual([]);
    expect(await ids('prefix=PJSIP/')).toEqual([]);
    expect(await ids('state=ringing&context=nowhere')).toEqual([]);

    // Channels of other tests come and go between two pages.
    await eventually(async () => {
      const page = await operator().get('/channels?limit=1').expect(200);
      expect(page.body.items).toHaveLength(1);
      expect(page.body.total).toBeGreaterThanOrEqual(2);
      const next = await operator().get(`/channels?limit=1&cursor=${page.body.nextCursor}`).expect(200);
      expect(next.body.items[0].id).not.toBe(page.body.items[0].id);
    });
    await operator().delete(`/calls/${call.id}`).expect(204);
  });

  it('takes a Uniqueid or a percent-encoded name, and gives variables on demand', async () => {
    const call = await callTo('answer', { application: 'Wait', data: '60', variables: { campaign: 'a,b' } });
    const byName = await operator()
      .get(`/channels/${encodeURIComponent(call.channelName)}?variables=campaign,CALLERID(num),nothing`)
      .expect(200);
    expect(byName.body.id).toBe(call.channelId);
    expect(byName.body.variables).toEqual({ campaign: 'a,b', 'CALLERID(num)': null, nothing: null });
    expect(byName.body.fields).toMatchObject({ type: 'Local', timeToHangup: 0 });
    expect(Object.keys(byName.body.fields)).not.toEqual(expect.arrayContaining(['channel', 'variable', 'actionID']));
    await operator()
      .delete(`/channels/${encodeURIComponent(call.channelName)}`)
      .expect(204);
    await eventually(() => operator().get(`/channels/${call.channelId}`).expect(404));
  });

  it.each([
    ['17', 17],
    ['call-rejected', 21],
    ['no-answer', 19],
  ])('hangs up with cause %s', async (cause, number) => {
    const call = await callTo('answer');
    await operator().delete(`/channels/${call.channelId}?cause=${cause}`).expect(204);
    await eventually(async () => {
      const { body } = await operator().get(`/calls/${call.id}`);
      expect(body).toMatchObject({ status: 'ended', hangup: { cause: number } });
    });
  });

  it('redirects one leg', async () => {
    const call = await callTo('answer');
    await operator()
      .post(`/channels/${call.channelId}/redirect`, { context: 'transfer-dest', extension: '101' })
      .expect(204);
    await eventually(async () => {
      expect(await channel(call.channelId)).toMatchObject({ context: 'transfer-dest', extension: '101' });
    });
    // A pattern of the dialplan counts as a place.
    await operator()
      .post(`/channels/${call.channelId}/redirect`, { context: 'transfer-dest', extension: '234' })
      .expect(204);
    await operator().delete(`/calls/${call.id}`).expect(204);
  });

  it('redirects both legs of a bridge at once', async () => {
    const call = await callTo('answer', { context: 'lab', extension: 'dialtone' });
    const bridged = await eventually(async () => {
      const leg = await channel(call.channelId);
      expect(leg.bridgeId).not.toBeNull();
      return leg;
    });
    const { body } = await operator().get('/channels').expect(200);
    const other = body.items.find(
      (item: { id: string; bridgeId: string }) => item.bridgeId === bridged.bridgeId && item.id !== call.channelId,
    );
    await operator()
      .post(`/channels/${call.channelId}/redirect`, {
        context: 'transfer-dest',
        extension: '101',
        extra: { channel: other.name, context: 'transfer-dest', extension: '202' },
      })
      .expect(204);
    await eventually(async () => {
      expect(await channel(call.channelId)).toMatchObject({
        context: 'transfer-dest',
        extension: '101',
        bridgeId: null,
      });
      expect(await channel(other.id)).toMatchObject({ context: 'transfer-dest', extension: '202', bridgeId: null });
    });
    await operator()
      .delete(`/channels/${encodeURIComponent(other.id)}`)
      .expect(204);
    await operator().delete(`/calls/${call.id}`).expect(204);
  });

  it('refuses a redirect to a place that does not exist, and the call lives on', async () => {
    const call = await callTo('answer');
    const to = (body: object) => operator().post(`/channels/${call.channelId}/redirect`, body).expect(409);
    expect((await to({ context: 'nowhere', extension: '1' })).body.code).toBe('no-such-extension');
    expect((await to({ context: 'transfer-dest', extension: '999' })).body.code).toBe('no-such-extension');
    expect((await to({ context: 'transfer-dest', extension: '101', priority: 77 })).body.code).toBe(
      'no-such-extension',
    );
    const extra = { channel: call.channelName, context: 'nowhere', extension: '1' };
    await to({ context: 'transfer-dest', extension: '101', extra });
    expect(await channel(call.channelId)).toMatchObject({ state: 'up' });
    await operator().delete(`/calls/${call.id}`).expect(204);
  });

  it('plays keys that the far end hears in order', async () => {
    const call = await callTo('dtmf');
    await operator().put('/variables/LAB_DIGITS', { value: 'none' }).expect(200);
    await operator().post(`/channels/${call.channelId}/dtmf`, { digits: '12#4', durationMs: 80 }).expect(204);
    await eventually(async () => {
      // Read() ends at #.
      expect((await operator().get('/variables/LAB_DIGITS')).body.value).toBe('12');
    }, 12_000);
    await operator().delete(`/calls/${call.id}`).expect(204);
  });

  it.each([
    ['get', '/channels/nobody'],
    ['delete', '/channels/nobody'],
    ['delete', '/channels/1700000000.99?cause=16'],
    ['get', '/channels/nobody/variables/x'],
    ['get', '/channels/nobody/recordings'],
  ] as const)('answers 404 to %s %s', async (method, path) => {
    const { body } = await operator()[method](path).expect(404);
    expect(body).toMatchObject({ code: 'no-such-channel', amiMessage: 'No such channel' });
  });

  it.each([
    ['redirect', { context: 'transfer-dest', extension: '101' }],
    ['dtmf', { digits: '1' }],
    ['recordings', {}],
  ])('answers 404 to %s of a channel that is not there', async (verb, body) => {
    expect((await operator().post(`/channels/nobody/${verb}`, body).expect(404)).body.code).toBe('no-such-channel');
  });
});
