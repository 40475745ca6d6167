import { describe, expect, it } from 'vitest';
import { CHANNEL, event, FAR_HALF, setUpTracker } from '../helpers/calls.ts';

const MINUTE = 60_000;

describe('a call', () => {
  it('is followed from its placing over ringing and answer to its end', async () => {
    const { clock, register, see } = setUpTracker();
    const call = register();
    const start = clock.now();
    expect(call).toMatchObject({ status: 'queued', disposition: null, channelId: CHANNEL, createdAt: start });
    see(event.newchannel(), event.dialBegin());
    expect(call).toMatchObject({ status: 'dialing', channelName: 'Local/x@lab-00000001;1' });
    see(event.dialState('RINGING'));
    expect(call.status).toBe('ringing');
    await clock.advance(4_000);
    see(event.newstate(6), event.dialEnd('ANSWER'), event.originated(4));
    expect(call).toMatchObject({ status: 'answered', answeredAt: start + 4_000, endedAt: null });
    await clock.advance(10 * MINUTE);
    expect(call.status).toBe('answered');
    see(event.hangup(16));
    expect(call).toMatchObject({ status: 'ended', disposition: 'answered', hangup: { cause: 16, text: 'Text' } });
    expect(call.endedAt).toBe(clock.now());
  });

  it('never goes back: late ringing does not undo an answer, nor anything an end', () => {
    const { register, see } = setUpTracker();
    const call = register();
    see(event.originated(4), event.newchannel(), event.newstate(5));
    expect(call).toMatchObject({ status: 'answered', channelName: 'Local/x@lab-00000001;1' });
    see(event.hangup());
    const ended = { ...call };
    see(event.newchannel(), event.newstate(6), event.originated(5), event.hangup(17), event.rename('x'));
    expect(call).toEqual(ended);
  });

  it('has a channel once it is answered, though OriginateResponse overtakes Newchannel', () => {
    const { register, see } = setUpTracker();
    const call = register();
    see(event.originated(4));
    expect(call).toMatchObject({ status: 'queued', answeredAt: null });
    see(event.newchannel());
    expect(call).toMatchObject({ status: 'answered', channelName: 'Local/x@lab-00000001;1' });
    expect(call.legs).toHaveLength(1);
    see(event.hangup(16));
    expect(call).toMatchObject({ status: 'ended', disposition: 'answered' });
  });

  it('is asked for after its ring timeout where OriginateResponse came and Newchannel never did', async () => {
    const { register, see, clock, world } = setUpTracker();
    const call = register();
    see(event.originated(4));
    world.live = [{ uniqueId: CHANNEL, name: 'Local/x@lab-00000001;1', state: 6 }];
    await clock.advance(MINUTE);
    expect(call).toMatchObject({ status: 'answered', channelName: 'Local/x@lab-00000001;1' });
  });

  it('waits for OriginateResponse where Hangup comes first, and believes its reason', async () => {
    const { register, see, clock } = setUpTracker();
    const call = register();
    see(event.newchannel(), event.newstate(5), event.hangup(0));
    expect(call.status).toBe('ringing');
    see(event.originated(5));
    expect(call).toMatchObject({ status: 'ended', disposition: 'busy' });
    await clock.advance(MINUTE);
    expect(clock.pendingTimers).toBe(0);
  });

  it('does without OriginateResponse where none comes', async () => {
    const { register, see, clock } = setUpTracker();
    const call = register();
    see(event.newchannel(), event.hangup(17));
    expect(call.status).toBe('dialing');
    await clock.advance(1_000);
    expect(call).toMatchObject({ status: 'ended', disposition: 'busy', hangup: { cause: 17, text: 'User busy' } });
  });

  it('is answered, not failed, where Hangup of a short call comes before its OriginateResponse', async () => {
    const { register, see, clock } = setUpTracker();
    const call = register();
    see(event.newchannel(), event.hangup(16), event.originated(4));
    await clock.advance(1_000);
    expect(call).toMatchObject({ status: 'ended', disposition: 'answered' });
  });

  it('ends without ever having had a channel', async () => {
    const { register, see, clock } = setUpTracker();
    const call = register();
    see(event.originated(0));
    await clock.advance(1_000);
    expect(call).toMatchObject({ status: 'ended', disposition: 'failed', hangup: null, channelName: null });
  });

  it.each([
    [5, 0, 'CHANUNAVAIL', 'busy'],
    [8, 0, '', 'congestion'],
    [3, 16, 'CANCEL', 'no-answer'],
    [1, 0, '', 'no-answer'],
    [0, 17, '', 'busy'],
    [0, 21, '', 'busy'],
    [0, 19, '', 'no-answer'],
    [0, 34, '', 'congestion'],
    [0, 0, 'BUSY', 'busy'],
    [0, 0, 'CONGESTION', 'congestion'],
    [0, 0, 'NOANSWER', 'no-answer'],
    [0, 3, 'CHANUNAVAIL', 'failed'],
    [0, 0, '', 'failed'],
  ])('that fails with reason %i, cause %i, dial status "%s" is %s', async (reason, cause, dialStatus, expected) => {
    const { register, see, clock } = setUpTracker();
    const call = register();
    see(event.newchannel(), event.dialEnd(dialStatus), event.hangup(cause), event.originated(reason));
    await clock.advance(1_000);
    expect(call).toMatchObject({ status: 'ended', disposition: expected, answeredAt: null });
  });

  it.each([
    ['first', [event.hangup(17, FAR_HALF), event.hangup(0)]],
    ['last', [event.hangup(0), event.hangup(17, FAR_HALF)]],
  ])('learns from the far half of its Local channel why it ended, hung up %s', async (_when, hangups) => {
    const { register, see, clock } = setUpTracker();
    const call = register();
    see(event.newchannel(), event.newchannel(FAR_HALF, 'Local/x@lab-00000001;2'), event.originated(0), ...hangups);
    await clock.advance(1_000);
    expect(call).toMatchObject({ disposition: 'busy', hangup: { cause: 17 }, channelName: 'Local/x@lab-00000001;1' });
  });

  it('that was cancelled says so, unless it was answered first', async () => {
    const endOf = async (...before: Parameters<ReturnType<typeof setUpTracker>['see']>) => {
      const { register, see, tracker, clock } = setUpTracker();
      const call = register();
      see(event.newchannel(), ...before);
      tracker.cancelling('1');
      see(event.hangup(16), event.originated(0));
      await clock.advance(1_000);
      return call.disposition;
    };
    expect(await endOf(event.newstate(5))).toBe('cancelled');
    expect(await endOf(event.newstate(6))).toBe('answered');
  });

  it('was not cancelled by an order that came too late', async () => {
    const endOf = async (reason: number, takenBack: boolean) => {
      const { register, see, tracker, clock } = setUpTracker();
      const call = register();
      see(event.newchannel());
      const tooLate = tracker.cancelling('1');
      if (takenBack) tooLate();
      see(event.hangup(0), event.originated(reason));
      await clock.advance(1_000);
      return call.disposition;
    };
    expect([await endOf(0, true), await endOf(0, false)]).toEqual(['failed', 'cancelled']);
    // The far end has said why; whether the order was in time does not matter.
    expect([await endOf(5, false), await endOf(8, false), await endOf(3, false)]).toEqual(['busy', 'congestion', 'cancelled']); // prettier-ignore
  });

  it('goes over to the channel behind its Local channel when that is optimised away', () => {
    const { register, see, tracker } = setUpTracker();
    const call = register();
    see(event.newchannel(), event.originated(4), event.optimizing('9.1'), event.optimized('Yes'), event.hangup(16));
    expect(call).toMatchObject({ status: 'answered', channelId: '9.1', channelName: 'PJSIP/9.1', hangup: null });
    expect([CHANNEL, FAR_HALF, '9.1'].map((id) => tracker.ofChannel(id))).toEqual([call, call, call]);
    see(event.hangup(16, FAR_HALF));
    expect(call.status).toBe('answered');
    see(event.hangup(31, '9.1'));
    expect(call).toMatchObject({ status: 'ended', disposition: 'answered', hangup: { cause: 31 } });
  });

  it('ends where the channel behind its Local channel is gone before it could go over', () => {
    const { register, see } = setUpTracker();
    const call = register();
    see(event.newchannel(), event.originated(4), event.optimizing('9.1'), event.optimized('Yes'));
    see(event.hangup(16, '9.1'), event.hangup(16));
    expect(call).toMatchObject({ status: 'ended', disposition: 'answered' });
  });

  it('goes over also where Asterisk calls the optimisation failed, as it does when it was not', () => {
    const { register, see } = setUpTracker();
    const call = register();
    see(event.newchannel(), event.originated(4), event.optimizing('9.1'), event.optimized('No'), event.hangup(16));
    expect(call).toMatchObject({ status: 'answered', channelId: '9.1' });
  });

  it('is not touched by events of other channels', () => {
    const { register, see } = setUpTracker();
    const call = register();
    see(event.newchannel('gw-2'), event.hangup(16, 'x'), event.newstate(6, ''));
    expect(call.status).toBe('queued');
  });
});
