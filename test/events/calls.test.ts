import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALL_STATUSES } from '../../src/events/call.ts';
import { CHANNEL, event, FAR_HALF, setUpTracker } from '../helpers/calls.ts';
import { flush } from '../helpers/clock.ts';
import { outcomeOf } from '../helpers/doubles.ts';

const MINUTE = 60_000;

describe('the tracker', () => {
  it('asks Asterisk about a call of which it heard nothing, and ends what is not there', async () => {
    const { register, clock, world } = setUpTracker();
    const call = register('1', { ringTimeoutSeconds: 10 });
    await clock.advance(14_999);
    expect(world.asked).toEqual([]);
    await clock.advance(1);
    expect(world.asked).toEqual([CHANNEL]);
    expect(call).toMatchObject({ status: 'ended', disposition: 'unknown', reason: expect.stringContaining('nothing') });
  });

  it('takes over what is there, and asks again until it is answered or gone', async () => {
    const { register, clock, world } = setUpTracker();
    const call = register('1', { ringTimeoutSeconds: 10 });
    world.live = [{ uniqueId: CHANNEL, name: 'PJSIP/a-1', state: 5 }];
    await clock.advance(15_000);
    expect(call).toMatchObject({ status: 'ringing', channelName: 'PJSIP/a-1' });
    world.fail = new Error('not now');
    await clock.advance(20_000);
    world.fail = undefined;
    world.live = [{ uniqueId: CHANNEL, name: 'PJSIP/a-1', state: 6 }];
    await clock.advance(5_000);
    expect(call.status).toBe('answered');
    const asked = world.asked.length;
    await clock.advance(10 * MINUTE);
    expect(world.asked).toHaveLength(asked);
  });

  it('finds out about a call of which it is not known whether it was taken', async () => {
    const { register, clock, world, tracker } = setUpTracker();
    const [lost, taken] = [register('1'), register('2')];
    world.live = [{ uniqueId: 'gw-2', name: 'PJSIP/a-1', state: 5 }];
    tracker.doubt('1', 'no answer');
    tracker.doubt('2', 'no answer');
    await clock.advance(5_000);
    expect(lost).toMatchObject({ status: 'ended', disposition: 'unknown', reason: 'no answer' });
    expect(taken).toMatchObject({ status: 'ringing', disposition: null });
  });

  it('compares with what is there when events flow again', async () => {
    const { register, see, clock, world, tracker } = setUpTracker();
    const [gone, live, fresh] = [register('1'), register('2'), register('3')];
    see(event.newchannel(), event.newstate(6), event.newchannel('gw-2'));
    world.live = [{ uniqueId: 'gw-2', name: 'PJSIP/a-1', state: 6 }];
    await tracker.resynchronise();
    expect(gone).toMatchObject({ status: 'ended', disposition: 'unknown', reason: expect.any(String) });
    expect(live.status).toBe('answered');
    expect(fresh.status).toBe('queued');
    await clock.advance(5_000);
    expect(fresh).toMatchObject({ status: 'ended', disposition: 'unknown' });
  });

  it('does not end a call whose channel appeared while it was comparing', async () => {
    let tell: (live: []) => void = () => {};
    const { register, see, tracker } = setUpTracker({ liveChannels: () => new Promise((resolve) => (tell = resolve)) });
    const call = register();
    const comparing = tracker.resynchronise();
    see(event.newchannel());
    tell([]);
    await comparing;
    expect(call.status).toBe('dialing');
  });

  it('asks also where there is nothing to compare: others place calls too', async () => {
    const { register, see, world, tracker } = setUpTracker();
    register();
    see(event.originated(4), event.hangup());
    await tracker.resynchronise();
    expect(world.asked).toEqual([undefined]);
  });

  it('remembers ended calls for their time and up to their number, and live ones always', async () => {
    const { register, see, clock, tracker } = setUpTracker({ keepEndedMs: MINUTE, keepEnded: 2 });
    const end = (id: string) => see(event.newstate(6, `gw-${id}`), event.hangup(16, `gw-${id}`));
    const known = () => tracker.list().map(({ id }) => id);
    for (const id of ['1', '2', '3', '4']) register(id);
    see(event.newstate(6, 'gw-4'));
    for (const id of ['1', '2', '3']) end(id);
    expect(known()).toEqual(['2', '3', '4']);
    await clock.advance(MINUTE + 1);
    register('5');
    expect(known()).toEqual(['4', '5']);
    expect(['gw-2', 'gw-2;2'].map((id) => tracker.ofChannel(id))).toEqual([undefined, undefined]);
  });

  it('forgets every channel of a call it forgets, those it has passed over too', () => {
    const { register, see, tracker } = setUpTracker({ keepEnded: 0 });
    register();
    see(event.newchannel(), event.originated(4), event.optimizing('9.1'), event.hangup());
    see(event.optimizing('9.2', '9.1'), event.hangup(16, '9.1'), event.hangup(16, '9.2'));
    expect(tracker.list()).toEqual([]);
    expect([CHANNEL, FAR_HALF, '9.1', '9.2'].map((id) => tracker.ofChannel(id))).toEqual(Array(4).fill(undefined));
  });

  it('leaves nothing of a call that Asterisk refused', async () => {
    const { register, see, clock, tracker, world } = setUpTracker();
    const call = register();
    tracker.forget('1');
    see(event.newchannel());
    await clock.advance(10 * MINUTE);
    expect([call.status, tracker.get('1'), world.asked, clock.pendingTimers]).toEqual(['queued', undefined, [], 0]);
  });

  it('tells who waits for a state of a call, at once where it is there already', async () => {
    const { register, see, tracker } = setUpTracker();
    register();
    const { signal } = new AbortController();
    const answered = outcomeOf(tracker.until('1', ({ status }) => status === 'answered', signal));
    see(event.newchannel());
    await flush();
    expect(answered.state).toBe('pending');
    see(event.newstate(6));
    await flush();
    expect(answered.state).toBe('resolved');
    await expect(tracker.until('1', ({ status }) => status === 'answered', signal)).resolves.toBeUndefined();
    await expect(tracker.until('nosuch', () => false, signal)).resolves.toBeUndefined();
  });

  it('lets who waits go by their signal, also one that has already come', async () => {
    const { register, see, tracker } = setUpTracker();
    register();
    const reason = new Error('enough');
    const giveUp = new AbortController();
    const waiting = outcomeOf(tracker.until('1', ({ status }) => status === 'ended', giveUp.signal));
    giveUp.abort(reason);
    await flush();
    expect(waiting).toMatchObject({ state: 'rejected', value: reason });
    await expect(tracker.until('1', () => false, AbortSignal.abort(reason))).rejects.toBe(reason);
    see(event.originated(4), event.hangup());
  });

  it('brings every call to an end, by whatever events, and never backwards', async () => {
    const anything = fc.constantFrom(
      event.newchannel(), event.newchannel(FAR_HALF), event.newstate(5), event.newstate(6), event.dialBegin(), event.dialEnd('BUSY'),
      event.dialState('RINGING'), event.originated(4), event.originated(0), event.hangup(16), event.hangup(17, FAR_HALF),
      event.optimizing('9.1'), event.optimized('Yes'), event.optimized('No'), event.hangup(16, '9.1'), event.rename('x'),
    ); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(anything, fc.nat(8_000)), { maxLength: 12 }), async (script) => {
        const { register, see, clock, tracker } = setUpTracker({ keepEndedMs: 100 * MINUTE });
        const call = register();
        let reached = 0;
        for (const [frame, pause] of script) {
          see(frame);
          await clock.advance(pause);
          expect(CALL_STATUSES.indexOf(call.status)).toBeGreaterThanOrEqual(reached);
          reached = CALL_STATUSES.indexOf(call.status);
        }
        await tracker.resynchronise();
        await clock.advance(2 * MINUTE);
        expect(call).toMatchObject({ status: 'ended', endedAt: expect.any(Number), disposition: expect.any(String) });
        expect(call.disposition === 'answered' || call.disposition === 'unknown' || call.answeredAt === null).toBe(
          true,
        );
        expect(clock.pendingTimers).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});
