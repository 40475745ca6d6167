import { afterEach, expect, it } from 'vitest';
import { describeEachAsterisk, eventually } from '../helpers/asterisk.ts';
import { useGateway } from '../helpers/gateway.ts';
import { openPhone, type Phone } from '../helpers/phone.ts';

interface CallBody {
  id: string;
  status: string;
  held: boolean;
  transferredFrom: string | null;
  legs: { channel: string; channelId: string; talkingTo: string[]; endedAt: string | null }[];
}
interface EventBody {
  name: string;
  fields: Record<string, unknown>;
}

const ALL = 'read:all write:all';

describeEachAsterisk('calls of phones', (asterisk) => {
  const gateway = useGateway({ pbx: { port: asterisk.amiPort, secret: asterisk.secret }, trunks: ['PJSIP/trunk-*'] });
  const phones: Phone[] = [];
  afterEach(() => {
    for (const phone of phones.splice(0)) phone.close();
  });
  const plug = async (user?: string) => {
    const phone = await openPhone(asterisk.sipPort, user);
    phones.push(phone);
    return phone;
  };
  const http = () => gateway.as(ALL);
  const look = async (number: string, check: (call: CallBody) => void): Promise<CallBody> =>
    eventually(async () => {
      const { body } = await http().get(`/calls?number=${number}`).expect(200);
      const [call] = body.items as [CallBody];
      check(call);
      return call;
    });
  const lookAt = async ({ id }: CallBody, check: (call: CallBody) => void): Promise<void> =>
    eventually(async () => {
      check((await http().get(`/calls/${id}`).expect(200)).body as CallBody);
    });
  const ended = ({ status }: CallBody) => {
    expect(status).toBe('ended');
  };
  /** What was told of it, once that is so far. */
  const eventsOf = async ({ id }: CallBody, last = 'call.ended'): Promise<EventBody[]> =>
    eventually(async () => {
      const { body } = await http().get(`/calls/${id}/events?limit=1000`).expect(200);
      const events = (body.items as EventBody[]).filter(({ name }) => name.startsWith('call.'));
      expect(events.map(({ name }) => name)).toContain(last);
      return events;
    });
  const namesOf = async (call: CallBody) => (await eventsOf(call)).map(({ name }) => name);
  /** A caller from outside talks to the first of these. */
  const talking = async () => {
    const [trunk, bob, carol] = [await plug('trunk'), await plug(), await plug()];
    const caller = trunk.call(bob.number);
    const callee = await bob.talking();
    const call = await look(bob.number, ({ legs }) => {
      expect(legs.map(({ talkingTo }) => talkingTo.length)).toEqual([1, 1]);
    });
    return { bob, carol, caller, callee, call };
  };
  const nowTalks = (call: CallBody, channel: string) => {
    const live = call.legs.filter(({ endedAt }) => endedAt === null);
    expect(live.find((leg) => leg.channel.startsWith(channel))?.talkingTo).toHaveLength(1);
  };

  it('are held and resumed', async () => {
    const { bob, caller, callee } = await talking();
    await callee.hold();
    await look(bob.number, ({ held }) => {
      expect(held).toBe(true);
    });
    await callee.resume();
    await look(bob.number, ({ held }) => {
      expect(held).toBe(false);
    });
    caller.hangUp();
    const call = await look(bob.number, ended);
    expect(call).toMatchObject({ disposition: 'answered', direction: 'inbound', held: false, hangup: { cause: 16 } });
    expect(await namesOf(call)).toEqual(['call.started', 'call.ringing', 'call.answered', 'call.bridged', 'call.held', 'call.resumed', 'call.ended']); // prettier-ignore
  });

  // Dial says NOANSWER of those that declined and those that do not exist, and tells their callers 34.
  const REFUSALS = [
    [486, 'busy', 17],
    [603, 'busy', 21],
    [480, 'no-answer', 19],
    [404, 'failed', 1],
    [503, 'congestion', 34],
  ] as const;

  it.each(REFUSALS)('that are refused with %i end as %s, by cause %i', async (status, disposition, cause) => {
    const [trunk, bob] = [await plug('trunk'), await plug()];
    bob.onCall = status;
    const { body } = await http()
      .post('/calls', { channel: `PJSIP/phone/sip:phone@127.0.0.1:${bob.port}`, context: 'lab', extension: 'answer' })
      .set('prefer', 'wait=5');
    expect(body).toMatchObject({ status: 'ended', disposition, hangup: { cause } });
    trunk.call(bob.number);
    const call = await look(bob.number, ended);
    expect(call).toMatchObject({ placed: false, disposition, hangup: { cause } });
    expect((await namesOf(call)).filter((name) => name === 'call.ended')).toHaveLength(1);
  });

  it('that nobody answers, or whose caller gives up, say so', async () => {
    const [trunk, bob, carol] = [await plug('trunk'), await plug(), await plug()];
    bob.onCall = carol.onCall = 'ring';
    const caller = trunk.call(bob.number);
    trunk.call(`9${carol.number}`);
    await look(bob.number, ({ status }) => {
      expect(status).toBe('ringing');
    });
    caller.hangUp();
    expect(await look(bob.number, ended)).toMatchObject({ disposition: 'cancelled', answeredAt: null });
    expect(await look(carol.number, ended)).toMatchObject({ disposition: 'no-answer', answeredAt: null });
  });

  it('are transferred blindly by REFER, and stay one call', async () => {
    const { bob, carol, caller, callee, call } = await talking();
    await callee.refer(carol.number);
    await carol.talking();
    await look(bob.number, (now) => {
      expect(now.legs).toHaveLength(3);
      nowTalks(now, 'PJSIP/trunk-');
    });
    caller.hangUp();
    await look(bob.number, ended);
    const events = await eventsOf(call);
    const { fields } = events.find(({ name }) => name === 'call.transferred') ?? {};
    const [transferee, transferrer] = call.legs.map(({ channel }) => channel);
    expect(fields).toMatchObject({ kind: 'blind', transferrer, transferee, context: 'phones', extension: carol.number, toCall: null }); // prettier-ignore
    expect(events.map(({ name }) => name)).toEqual(['call.started', 'call.ringing', 'call.answered', 'call.bridged', 'call.transferred', 'call.bridged', 'call.ended']); // prettier-ignore
  });

  it('are joined by REFER with Replaces: each ends once, and the second knows the first', async () => {
    const { bob, carol, caller, callee, call } = await talking();
    await callee.hold();
    const consultation = bob.call(carol.number);
    await carol.talking();
    const second = await look(carol.number, ({ legs }) => {
      expect(legs.map(({ talkingTo }) => talkingTo.length)).toEqual([1, 1]);
    });
    await callee.refer(carol.number, consultation.replaces);
    // What each is left with talks to the channel of the other call.
    await lookAt(call, (now) => {
      nowTalks(now, 'PJSIP/trunk-');
    });
    await lookAt(second, (now) => {
      nowTalks(now, second.legs[1]?.channel ?? '');
      expect(now).toMatchObject({ id: second.id, transferredFrom: call.id, held: false });
    });
    caller.hangUp();
    await lookAt(call, ended);
    await lookAt(second, ended);
    const events = await eventsOf(call);
    expect(events.find(({ name }) => name === 'call.transferred')?.fields).toMatchObject({ kind: 'attended', toCall: second.id }); // prettier-ignore
    const names = events.map(({ name }) => name).filter((name) => /held|resumed|transferred|ended/.test(name));
    expect(names).toEqual(['call.held', 'call.resumed', 'call.transferred', 'call.ended']);
    expect((await namesOf(second)).filter((name) => /held|resumed|ended/.test(name))).toEqual(['call.ended']);
  });

  it('are transferred by the PBX itself after a consultation', async () => {
    const { bob, carol, caller, callee, call } = await talking();
    const transferrer = encodeURIComponent(call.legs[1]?.channel ?? '');
    await http().post(`/channels/${transferrer}/attended-transfer`, { context: 'phones', extension: carol.number }).expect(204); // prettier-ignore
    await carol.talking();
    callee.hangUp();
    await eventsOf(call, 'call.resumed');
    caller.hangUp();
    await look(bob.number, ended);
    const events = await eventsOf(call);
    expect(events.find(({ name }) => name === 'call.transferred')?.fields).toMatchObject({ kind: 'attended', toCall: null }); // prettier-ignore
    expect(events.map(({ name }) => name).filter((name) => /held|resumed|ended/.test(name))).toEqual(['call.held', 'call.resumed', 'call.ended']); // prettier-ignore
  });
});
