import { describe, expect, it } from 'vitest';
import { describeEachAsterisk, describeEachPbx, eventually } from '../helpers/asterisk.ts';
import { useGateway } from '../helpers/gateway.ts';

describeEachPbx('calls', ({ amiPort: port, secret }) => {
  const gateway = useGateway({ pbx: { port, secret } });
  const crm = () => gateway.as('write:originate write:call');
  const place = (body: object, wait = 10) => crm().post('/calls', body).set('prefer', `wait=${wait}`);

  it('places a call, tells its state, and ends it', async () => {
    const placed = await crm()
      .post('/calls', {
        channel: 'Local/answer@lab',
        context: 'lab',
        extension: 'answer',
        callerId: '"Sales" <8005551234>',
      })
      .expect(201);
    expect(placed.body).toMatchObject({
      pbx: 'default',
      disposition: null,
      callerId: '"Sales" <8005551234>',
      endedAt: null,
    });
    expect(placed.headers['location']).toBe(`/calls/${placed.body.id}`);
    expect(placed.headers['preference-applied']).toBeUndefined();

    const answered = await eventually(async () => {
      const { body } = await crm().get(`/calls/${placed.body.id}`).expect(200);
      expect(body.status).toBe('answered');
      return body;
    });
    expect(answered.channelName).toMatch(/^Local\/answer@lab-\w+;1$/);
    expect(Date.parse(answered.answeredAt)).toBeGreaterThanOrEqual(Date.parse(answered.createdAt));

    const channel = await crm().get(`/channels/${answered.channelId}`).expect(200);
    expect(channel.body).toMatchObject({ name: answered.channelName, caller: { number: '8005551234', name: 'Sales' } });

    await crm().delete(`/calls/${placed.body.id}`).expect(204);
    await eventually(async () => {
      const { body } = await crm().get(`/calls/${placed.body.id}`).expect(200);
      expect(body).toMatchObject({ status: 'ended', disposition: 'answered' });
      expect(body.endedAt).not.toBeNull();
    });
    const again = await crm().delete(`/calls/${placed.body.id}`).expect(409);
    expect(again.body.code).toBe('call-ended');
  });

  it.each([
    ['busy', { disposition: 'busy', hangup: { cause: 17 } }],
    ['congestion', { disposition: 'congestion', hangup: { cause: 34 } }],
    ['reject', { disposition: 'busy', hangup: { cause: 21 } }],
    ['ring', { disposition: 'no-answer' }],
    ['nosuch', { disposition: 'failed' }],
  ])('waits for the end where the far end is %s', async (extension, expected) => {
    const { body, headers } = await place({
      channel: `Local/${extension}@lab`,
      application: 'Wait',
      data: '1',
      ringTimeoutSeconds: 1,
    }).expect(201);
    expect(headers['preference-applied']).toBe('wait=10');
    expect(body).toMatchObject({ status: 'ended', answeredAt: null, ...expected });
  });

  it('calls a phone that is not registered failed', async () => {
    const { body } = await place({ channel: 'PJSIP/agent001', application: 'Wait', ringTimeoutSeconds: 1 }).expect(201);
    expect(body.status).toBe('ended');
    expect(['failed', 'no-answer']).toContain(body.disposition);
  });

  it('answers when the wait is over and the far end still rings, then cancels', async () => {
    const started = Date.now();
    // Longer than the time-outs HTTP servers come with.
    const { body } = await place({ channel: 'Local/ring@lab', application: 'Wait' }, 11).expect(201);
    expect(Date.now() - started).toBeGreaterThanOrEqual(10_950);
    expect(body).toMatchObject({ status: 'ringing', disposition: null });
    await crm().delete(`/calls/${body.id}`).expect(204);
    await eventually(async () => {
      const { body: ended } = await crm().get(`/calls/${body.id}`);
      expect(ended).toMatchObject({ status: 'ended', disposition: 'cancelled' });
    });
  });

  it('can be cancelled in the moment it was placed', async () => {
    const { body } = await crm().post('/calls', { channel: 'Local/ring@lab', application: 'Wait' }).expect(201);
    await crm().delete(`/calls/${body.id}`).expect(204);
  });

  it('tells the end of a call that the far end finishes', async () => {
    const { body } = await place({ channel: 'Local/short@lab', application: 'Wait', data: '30' }).expect(201);
    expect(body.status).toBe('answered');
    await eventually(async () => {
      const { body: ended } = await crm().get(`/calls/${body.id}`);
      expect(ended).toMatchObject({ status: 'ended', disposition: 'answered' });
    });
  });

  it('hands variables over intact', async () => {
    const variables = {
      plain: 'SALES01',
      commas: 'a,b,"c"',
      backslash: String.raw`C:\temp\ and \" quotes`,
      brackets: 'open ( [ { close ) ] }',
      json: '{"a":[1,2],"b":"x, y"}',
      utf8: 'žluťoučký 🐴 кот',
      signs: '${EXTEN} $[1+2] 50% <x>&y;z|w = ==',
      spaces: ' around ',
      empty: '',
    };
    const { body } = await place({ channel: 'Local/answer@lab', application: 'Wait', data: '60', variables }).expect(
      201,
    );
    for (const [name, value] of Object.entries(variables)) {
      const read = await crm().get(`/channels/${body.channelId}/variables/${name}`).expect(200);
      expect(read.body, name).toEqual({ name, value: value === '' ? null : value });
    }
    await crm().delete(`/calls/${body.id}`).expect(204);
  });

  describe('limits', () => {
    it('counts calls a minute and at a time', async () => {
      const body = { channel: 'Local/answer@lab', application: 'Wait', data: '60' };
      const perMinute = gateway.as('write:originate', { callsPerMinute: 1 }, 'minute');
      await perMinute.post('/calls', body).expect(201);
      const refused = await perMinute.post('/calls', body).expect(429);
      expect(refused.body).toMatchObject({ code: 'too-many-calls', limit: 'callsPerMinute' });
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50);

      const atATime = gateway.as('write:originate write:call', { concurrentCalls: 1 }, 'concurrent');
      const first = await atATime.post('/calls', body).set('prefer', 'wait=5').expect(201);
      await atATime.post('/calls', body).expect(429);
      await atATime.delete(`/calls/${first.body.id}`).expect(204);
      await eventually(() => atATime.post('/calls', body).expect(201));
    });

    it('shows a token with own: true its own calls only', async () => {
      const body = { channel: 'Local/answer@lab', application: 'Wait', data: '60' };
      const anna = gateway.as('write:originate write:call', { own: true }, 'anna');
      const bert = gateway.as('write:originate write:call', { own: true }, 'bert');
      const { body: call } = await anna.post('/calls', body).set('prefer', 'wait=5').expect(201);
      await anna.get(`/calls/${call.id}`).expect(200);
      await bert.get(`/calls/${call.id}`).expect(404);
      await bert.delete(`/calls/${call.id}`).expect(404);
      const refused = await bert.delete(`/channels/${call.channelId}`).expect(403);
      expect(refused.body).toMatchObject({ code: 'limit-exceeded', limit: 'own' });
      await bert.delete(`/channels/${encodeURIComponent(call.channelName.toUpperCase())}`).expect(403);
      expect((await bert.get('/channels').expect(200)).body.items.map(({ id }: { id: string }) => id)).not.toContain(
        call.channelId,
      );
      expect((await anna.get('/channels').expect(200)).body.items.map(({ id }: { id: string }) => id)).toContain(
        call.channelId,
      );
      await anna.delete(`/channels/${call.channelId}?cause=user-busy`).expect(204);
      await eventually(async () => {
        expect((await anna.get(`/calls/${call.id}`)).body).toMatchObject({ status: 'ended', hangup: { cause: 17 } });
      });
    });
  });
});

// The simulator does not optimise Local channels away: docs/simulator.md.
describeEachAsterisk('calls with a media path', ({ amiPort: port, secret }) => {
  const gateway = useGateway({ pbx: { port, secret } });
  const crm = () => gateway.as('write:originate write:call');
  const place = (body: object, wait = 10) => crm().post('/calls', body).set('prefer', `wait=${wait}`);

  it('follows a call whose Local channel is optimised away', async () => {
    // Both far ends are Local channels that stay (/n) and send sound, without which Asterisk optimises nothing.
    const { body } = await place({
      channel: 'Local/dialtone@lab',
      context: 'lab',
      extension: 'dialtone',
    }).expect(201);
    const moved = await eventually(async () => {
      const { body: now } = await crm().get(`/calls/${body.id}`);
      expect(now.channelId).not.toBe(body.channelId);
      return now;
    });
    expect(moved.status).toBe('answered');
    await crm()
      .get(`/channels/${encodeURIComponent(moved.channelId)}`)
      .expect(200);
    await crm().delete(`/calls/${body.id}`).expect(204);
    await eventually(async () => {
      expect((await crm().get(`/calls/${body.id}`)).body.status).toBe('ended');
    });
  });
});
