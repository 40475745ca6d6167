import { describe, expect, it } from 'vitest';
import type { CallEventName } from '../../src/events/call-observer.ts';
import { frame } from '../helpers/doubles.ts';
import { setUpTracker } from '../helpers/calls.ts';

type Told = [name: CallEventName, id: string, more: Record<string, unknown>];

const setUp = () => {
  const told: Told[] = [];
  const set = setUpTracker({ emit: (call, name, more) => told.push([name, call.id, more]) });
  const channel = (uniqueid: string, linkedid = uniqueid, name = `PJSIP/${uniqueid}-00000001`, state = 0) =>
    set.see(frame({ Event: 'Newchannel', Channel: name, ChannelState: state, CallerIDNum: '100', CallerIDName: '<unknown>', Context: 'from-internal', Exten: '200', Uniqueid: uniqueid, Linkedid: linkedid })); // prettier-ignore
  const about = (event: string, uniqueid: string, more: Record<string, string | number> = {}) =>
    set.see(frame({ Event: event, Channel: `PJSIP/${uniqueid}-00000001`, Uniqueid: uniqueid, ...more }));
  const names = () => told.map(([name]) => name);
  return { ...set, told, channel, about, names };
};

describe('the observer of calls', () => {
  it('takes channels of one Linkedid as one call, and any other as another', () => {
    const { channel, tracker } = setUp();
    channel('1.1');
    channel('1.2', '1.1');
    channel('1.3');
    expect(tracker.list().map(({ legs }) => legs.map(({ channelId }) => channelId))).toEqual([['1.1', '1.2'], ['1.3']]);
    expect(tracker.ofChannel('1.2')?.linkedId).toBe('1.1');
    expect(tracker.list()[0]).toMatchObject({ owner: null, request: null, status: 'dialing' });
    expect(tracker.list()[0]?.legs[0]).toMatchObject({
      caller: { number: '100', name: null },
      context: 'from-internal',
    });
  });

  it('ends a call once, with the last of its legs', () => {
    const { channel, about, tracker, names } = setUp();
    channel('1.1');
    channel('1.2', '1.1');
    about('Newstate', '1.2', { ChannelState: 5 });
    about('Newstate', '1.2', { ChannelState: 6 });
    about('Newstate', '1.1', { ChannelState: 6 });
    about('Hangup', '1.1', { Cause: 16, 'Cause-txt': 'Normal Clearing' });
    expect(tracker.list()[0]?.status).toBe('answered');
    about('Hangup', '1.2', { Cause: 16 });
    about('Hangup', '1.2', { Cause: 16 });
    expect(tracker.list()[0]).toMatchObject({ status: 'ended', disposition: 'answered', hangup: { cause: 16 } });
    expect(names()).toEqual(['call.started', 'call.ringing', 'call.answered', 'call.ended']);
  });

  it.each([
    [{ DialStatus: 'BUSY' }, 17, 'busy'],
    [{ DialStatus: 'NOANSWER' }, 0, 'no-answer'],
    [{ DialStatus: 'CONGESTION' }, 0, 'congestion'],
    [{ DialStatus: 'CANCEL' }, 0, 'cancelled'],
    [{ DialStatus: 'CHANUNAVAIL' }, 0, 'failed'],
    [{ DialStatus: 'NOANSWER' }, 21, 'busy'],
    [{ DialStatus: 'NOANSWER' }, 1, 'failed'],
    [{ DialStatus: 'NOANSWER' }, 127, 'no-answer'],
    [{}, 16, 'cancelled'],
    [{}, 34, 'congestion'],
  ])('of an unanswered call with %o and cause %i says %s', (dial, cause, disposition) => {
    const { channel, about, see, tracker } = setUp();
    channel('1.1');
    channel('1.2', '1.1');
    if ('DialStatus' in dial) see(frame({ Event: 'DialEnd', DestUniqueid: '1.2', ...dial }));
    about('Hangup', '1.2', { Cause: cause });
    about('Hangup', '1.1', { Cause: cause });
    expect(tracker.list()[0]).toMatchObject({ status: 'ended', disposition });
  });

  it('goes by the phone that was rung last, whatever cause the caller is told', () => {
    const { channel, about, see, tracker } = setUp();
    for (const id of ['1.1', '1.2', '1.3']) channel(id, '1.1');
    see(frame({ Event: 'DialEnd', DestUniqueid: '1.2', DialStatus: 'BUSY' }));
    about('Hangup', '1.2', { Cause: 17 });
    see(frame({ Event: 'DialEnd', DestUniqueid: '1.3', DialStatus: 'NOANSWER' }));
    about('Hangup', '1.1', { Cause: 17 });
    about('Hangup', '1.3', { Cause: 0 });
    expect(tracker.list()[0]).toMatchObject({ status: 'ended', disposition: 'no-answer', hangup: { cause: 17 } });
  });

  it('tells of bridges, hold, recordings, queue and agent', () => {
    const { channel, about, tracker, told } = setUp();
    channel('1.1');
    channel('1.2', '1.1');
    about('BridgeEnter', '1.1', { BridgeUniqueid: 'b1' });
    about('BridgeEnter', '1.2', { BridgeUniqueid: 'b1' });
    about('Hold', '1.2');
    expect(tracker.list()[0]?.legs[1]?.held).toBe(true);
    about('Unhold', '1.2');
    about('Unhold', '1.1');
    about('MixMonitorStart', '1.1');
    about('MixMonitorStop', '1.1');
    about('QueueCallerJoin', '1.1', { Queue: 'support' });
    about('AgentConnect', '1.1', { Queue: 'support', MemberName: 'Anna' });
    about('BridgeLeave', '1.1');
    const [call] = tracker.list();
    expect(call).toMatchObject({ queue: 'support', agent: 'Anna', bridgedAt: expect.any(Number) });
    expect(call?.recordings).toEqual([{ channel: 'PJSIP/1.1-00000001', startedAt: expect.any(Number), endedAt: expect.any(Number) }]); // prettier-ignore
    expect(call?.legs.map(({ bridgeId }) => bridgeId)).toEqual([null, 'b1']);
    expect(told.slice(1).map(([name, , more]) => [name, more['channels'] ?? more['channel']])).toEqual([
      ['call.bridged', ['PJSIP/1.1-00000001', 'PJSIP/1.2-00000001']],
      ['call.held', 'PJSIP/1.2-00000001'],
      ['call.resumed', 'PJSIP/1.2-00000001'],
      ['call.recording.started', 'PJSIP/1.1-00000001'],
      ['call.recording.stopped', 'PJSIP/1.1-00000001'],
    ]);
  });

  it('tells of who comes to a conference his own call alone', () => {
    const { channel, about, told, tracker } = setUp();
    for (let number = 1; number <= 50; number += 1) {
      channel(`1.${number}`);
      about('BridgeEnter', `1.${number}`, { BridgeUniqueid: 'b1' });
    }
    expect(tracker.list()[0]?.legs[0]?.talkingTo).toHaveLength(49);
    expect(told.filter(([name]) => name === 'call.bridged')).toHaveLength(2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 40);
  });

  it('tells of transfers that worked, and joins the calls of an attended one', () => {
    const { channel, about, see, tracker, told } = setUp();
    channel('1.1');
    channel('1.2', '1.1');
    channel('2.1');
    channel('2.2', '2.1');
    const blind = { TransfererUniqueid: '1.2', TransfererChannel: 'PJSIP/1.2-00000001', TransfereeChannel: 'PJSIP/1.1-00000001', Context: 'from-internal', Extension: '300' }; // prettier-ignore
    see(frame({ Event: 'BlindTransfer', Result: 'Fail', ...blind }), frame({ Event: 'BlindTransfer', Result: 'Success', ...blind })); // prettier-ignore
    see(frame({ Event: 'AttendedTransfer', Result: 'Success', OrigTransfererUniqueid: '1.2', OrigTransfererChannel: 'PJSIP/1.2-00000001', SecondTransfererUniqueid: '2.1' })); // prettier-ignore
    const [first, second] = tracker.list();
    expect(second?.transferredFrom).toBe(first?.id);
    const transfers = told.filter(([name]) => name === 'call.transferred');
    expect(transfers).toEqual([
      ['call.transferred', first?.id, { kind: 'blind', transferrer: 'PJSIP/1.2-00000001', transferee: 'PJSIP/1.1-00000001', context: 'from-internal', extension: '300', toCall: null }],
      ['call.transferred', first?.id, { kind: 'attended', transferrer: 'PJSIP/1.2-00000001', transferee: null, context: null, extension: null, toCall: second?.id }],
    ]); // prettier-ignore
    about('Hangup', '1.1');
    expect(first?.status).not.toBe('ended');
  });

  it('ends what is gone after a gap as unknown, once, and takes in what is new', async () => {
    const { channel, about, tracker, world, names } = setUp();
    channel('1.1');
    about('Newstate', '1.1', { ChannelState: 6 });
    channel('2.1');
    const item = (uniqueId: string, state: number, linkedId = uniqueId) => ({
      uniqueId, name: `PJSIP/${uniqueId}-00000001`, state,
      frame: frame({ Event: 'Status', Channel: `PJSIP/${uniqueId}-00000001`, ChannelState: state, Uniqueid: uniqueId, Linkedid: linkedId }),
    }); // prettier-ignore
    world.live = [item('3.2', 6, '3.1'), item('2.1', 6), item('3.1', 6)];
    expect(await tracker.resynchronise()).toEqual({ ended: 1, found: 2 });
    expect(await tracker.resynchronise()).toEqual({ ended: 0, found: 0 });
    const [gone, stays, fresh] = tracker.list();
    expect(gone).toMatchObject({ status: 'ended', disposition: 'unknown', reason: expect.any(String) });
    expect(stays).toMatchObject({ status: 'answered' });
    expect(fresh?.legs.map(({ channelId }) => channelId)).toEqual(['3.1', '3.2']);
    expect(names().filter((name) => name === 'call.ended')).toHaveLength(1);
  });

  const item = (uniqueId: string, state = 6, BridgeID = '') => ({
    uniqueId, name: `PJSIP/${uniqueId}-00000001`, state,
    frame: frame({ Event: 'Status', Channel: `PJSIP/${uniqueId}-00000001`, ChannelState: state, Uniqueid: uniqueId, Linkedid: uniqueId, BridgeID }),
  }); // prettier-ignore
  const asking = () => {
    const answers: ((live: unknown[]) => void)[] = [];
    const set = setUpTracker({ liveChannels: () => new Promise((resolve) => answers.push(resolve as never)) });
    set.see(frame({ Event: 'Newchannel', Channel: 'PJSIP/9.1-00000001', Uniqueid: '9.1', Linkedid: '9.1' }));
    return { ...set, answers };
  };

  it('does not take in again a channel that hung up while it compared, be it twice at once', async () => {
    const { see, tracker, answers } = asking();
    const comparing = [tracker.resynchronise(), tracker.resynchronise()];
    answers[0]?.([item('9.1')]);
    await comparing[0];
    see(frame({ Event: 'Hangup', Uniqueid: '9.1', Cause: 16 }));
    answers[1]?.([item('9.1')]);
    await comparing[1];
    expect(tracker.list().map(({ status }) => status)).toEqual(['ended']);
  });

  it('does not take back what events have told while it compared', async () => {
    const { see, tracker, answers } = asking();
    const comparing = tracker.resynchronise();
    see(frame({ Event: 'BridgeEnter', Channel: 'PJSIP/9.1-00000001', ChannelState: 6, Uniqueid: '9.1', BridgeUniqueid: 'b1' })); // prettier-ignore
    answers[0]?.([item('9.1', 4)]);
    await comparing;
    expect(tracker.list()[0]?.legs[0]).toMatchObject({ state: 6, bridgeId: 'b1' });
  });

  it('goes on with the bridges of an earlier run: who talks to whom, and who comes to it', async () => {
    const first = setUp();
    for (const id of ['1.1', '1.2']) {
      first.channel(id, '1.1');
      first.about('BridgeEnter', id, { BridgeUniqueid: 'b1' });
    }
    const next = setUp();
    next.tracker.restore(JSON.parse(JSON.stringify(first.tracker.list())));
    next.channel('1.3', '1.1');
    next.about('BridgeLeave', '1.2');
    next.about('BridgeEnter', '1.3', { BridgeUniqueid: 'b1' });
    expect(next.names()).toEqual(['call.bridged']);
    expect(next.tracker.list()[0]?.legs.map(({ talkingTo }) => talkingTo)).toEqual([['PJSIP/1.3-00000001'], [], ['PJSIP/1.1-00000001']]); // prettier-ignore
  });

  it('goes on with the calls of an earlier run, and tells nothing of them twice', async () => {
    const first = setUp();
    first.channel('1.1');
    first.about('Newstate', '1.1', { ChannelState: 6 });
    first.register('7');
    const kept = JSON.parse(JSON.stringify(first.tracker.list()));
    const next = setUp();
    next.tracker.restore(kept);
    next.world.live = [];
    await next.tracker.resynchronise();
    expect(next.names()).toEqual(['call.ended']);
    await next.clock.advance(5_000);
    expect(next.names()).toEqual(['call.ended', 'call.started', 'call.ended']);
    expect(next.tracker.list().map(({ disposition }) => disposition)).toEqual(['unknown', 'unknown']);
  });
});
