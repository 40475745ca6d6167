import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEachPbx, eventually } from '../helpers/asterisk.ts';
import { startGateway, type TestGateway, useGateway } from '../helpers/gateway.ts';
import { loggedIn, type RawAmi } from '../helpers/raw-ami.ts';

interface CallBody {
  id: string;
  placed: boolean;
  status: string;
  disposition: string | null;
  linkedId: string;
  queue: string | null;
  agent: string | null;
  recordings: { channel: string; endedAt: string | null }[];
  legs: { channel: string; channelId: string; talkingTo: string[]; bridgeId: string | null; endedAt: string | null }[];
}

const ALL = 'read:all write:all';

describeEachPbx('a call placed elsewhere', (pbx) => {
  const gateway = useGateway({ pbx: { port: pbx.amiPort, secret: pbx.secret } });
  let ami: RawAmi;
  let made = 0;
  beforeAll(async () => {
    ami = await loggedIn(pbx);
  });
  afterAll(() => {
    ami.close();
  });

  /** Places a call past the gateway; gives its Linkedid. */
  const originate = async (channel: string, headers: Record<string, string> = { Application: 'Wait', Data: '30' }) => {
    const id = `elsewhere-${process.pid}-${(made += 1)}-${Date.now()}`;
    const reply = await ami.ask('Originate', { Channel: channel, ChannelId: id, Async: 'true', ...headers });
    expect(reply.get('Response')).toBe('Success');
    return id;
  };
  const find = async (linkedId: string, look: (call: CallBody) => void = () => {}, at: TestGateway = gateway): Promise<CallBody> =>
    eventually(async () => {
      const { body } = await at.as(ALL).get(`/calls?linkedId=${linkedId}`).expect(200);
      expect(body.items).toHaveLength(1);
      look(body.items[0]);
      return body.items[0];
    }, 8_000); // prettier-ignore
  const stepsOf = async (id: string, at: TestGateway = gateway): Promise<string[]> => {
    const { body } = await at.as(ALL).get(`/calls/${id}/events`).expect(200);
    return (body.items as { name: string }[]).map(({ name }) => name).filter((name) => name.startsWith('call.'));
  };
  const ended = (call: CallBody) => {
    expect(call.status).toBe('ended');
  };

  it('is listed with its legs while it lives, and after its end', async () => {
    const linkedId = await originate('Local/answer@lab', {
      Application: 'Wait',
      Data: '30',
      CallerID: '"Ann" <3125550100>',
    });
    const call = await find(linkedId, ({ status, legs }) => {
      expect([status, legs.length]).toEqual(['answered', 2]);
    });
    expect(call).toMatchObject({ placed: false, pbx: 'default', disposition: null });
    expect(call.legs.map(({ channelId }) => channelId)).toContain(linkedId);
    const open = await gateway.as(ALL).get('/calls?number=5550100&status=answered').expect(200);
    expect(open.body.items.map(({ id }: CallBody) => id)).toContain(call.id);
    await ami.ask('Hangup', { Channel: linkedId, Cause: '16' });
    expect(await find(linkedId, ended)).toMatchObject({ id: call.id, disposition: 'answered' });
    expect((await gateway.as(ALL).get(`/calls/${call.id}`).expect(200)).body.status).toBe('ended');
    expect(await stepsOf(call.id)).toEqual(['call.started', 'call.answered', 'call.ended']);
    // Nobody's own: it was placed by no token.
    await gateway.as(ALL, { own: true }).get(`/calls/${call.id}`).expect(404);
  });

  it('is known also where it was there before the gateway, and ends', async () => {
    const linkedId = await originate('Local/dialtone@lab', { Application: 'Milliwatt' });
    await find(linkedId, ({ legs }) => {
      expect(legs.filter(({ talkingTo }) => talkingTo.length > 0).length).toBeGreaterThanOrEqual(2);
    });
    const late = await startGateway({ pbx: { port: pbx.amiPort, secret: pbx.secret } });
    try {
      const call = await find(linkedId, ({ status }) => {
        expect(status).toBe('answered');
      }, late); // prettier-ignore
      const known = await find(linkedId);
      const shape = ({ legs }: CallBody) => legs.map(({ channelId, talkingTo }) => [channelId, talkingTo]).sort();
      expect(shape(call)).toEqual(shape(known));
      await ami.ask('Hangup', { Channel: linkedId });
      await find(linkedId, ended, late);
      await eventually(async () => {
        const steps = (await stepsOf(call.id, late)).filter((name) => name !== 'call.bridged');
        expect(steps).toEqual(['call.started', 'call.answered', 'call.ended']);
      });
    } finally {
      await late.close();
    }
  });

  it.each([
    ['busy', 'busy'],
    ['congestion', 'congestion'],
  ])('that is %s ends as %s, once', async (extension, disposition) => {
    const linkedId = await originate(`Local/${extension}@lab`);
    const call = await find(linkedId, ended);
    expect(call.disposition).toBe(disposition);
    expect((await stepsOf(call.id)).filter((name) => name === 'call.ended')).toHaveLength(1);
    expect(call.legs.every((leg) => leg.endedAt !== null)).toBe(true);
  });

  it('tells who talks to whom', async () => {
    const linkedId = await originate('Local/dialtone@lab', { Application: 'Milliwatt' });
    const call = await find(linkedId, ({ legs }) => {
      expect(legs.filter(({ talkingTo }) => talkingTo.length > 0).length).toBeGreaterThanOrEqual(2);
    });
    for (const { channel, talkingTo } of call.legs) expect(talkingTo).not.toContain(channel);
    const [first, second] = call.legs.filter(({ talkingTo }) => talkingTo.length === 1);
    expect(first?.bridgeId).toBe(second?.bridgeId);
    await ami.ask('Hangup', { Channel: linkedId });
    await find(linkedId, ended);
    expect(await stepsOf(call.id)).toContain('call.bridged');
  });

  it('tells that it is recorded', async () => {
    const linkedId = await originate('Local/tone@lab');
    const { id } = await find(linkedId, ({ status }) => {
      expect(status).toBe('answered');
    });
    const { body } = await gateway.as(ALL).post(`/channels/${linkedId}/recordings`, {}).expect(201);
    await gateway.as(ALL).delete(`/channels/${linkedId}/recordings/${body.id}`).expect(204);
    const call = await find(linkedId, ({ recordings }) => {
      expect(recordings[0]?.endedAt).toEqual(expect.any(String));
    });
    expect(call.recordings).toHaveLength(1);
    await gateway.as(ALL).post(`/channels/${linkedId}/recordings`, {}).expect(201);
    await ami.ask('Hangup', { Channel: linkedId });
    // Of the second Asterisk tells no end: it goes with its channel.
    expect((await find(linkedId, ended)).recordings.map(({ endedAt }) => endedAt)).not.toContain(null);
    const twice = [
      'call.recording.started',
      'call.recording.stopped',
      'call.recording.started',
      'call.recording.stopped',
    ];
    await eventually(async () => {
      const steps = await stepsOf(id);
      expect(steps.filter((name) => /recording|ended/.test(name))).toEqual([...twice, 'call.ended']);
    });
  });

  it('tells in which queue it waits', async () => {
    const linkedId = await originate('Local/queue@lab');
    const call = await find(linkedId, ({ queue }) => {
      expect(queue).toBe('support-queue');
    });
    const limited = (queues: string[]) => gateway.as('read:call', { queues }).get(`/calls/${call.id}`);
    await limited(['support-queue']).expect(200);
    await limited(['sales-queue']).expect(404);
    await ami.ask('Hangup', { Channel: linkedId });
    await find(linkedId, ended);
    const endOf = async (queues: string[]) => {
      const { body } = await gateway.as('read:call', { queues }).get(`/events/history?call=${call.id}&limit=1000`);
      return (body.items as { name: string }[])
        .map(({ name }) => name)
        .filter((name) => /^call\.ended|hung-up/.test(name));
    };
    expect(await endOf(['support-queue'])).toEqual(expect.arrayContaining(['channel.hung-up', 'call.ended']));
    expect(await endOf(['sales-queue'])).toEqual([]);
  });
});
