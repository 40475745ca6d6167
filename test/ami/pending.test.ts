import { describe, expect, it } from 'vitest';
import { Hangup, Status } from '../../src/ami/actions/channel.ts';
import { FAXStats } from '../../src/ami/actions/fax.ts';
import { VoicemailMove, VoicemailUsersList, VoicemailUserStatus } from '../../src/ami/actions/mailbox.ts';
import { JabberSend } from '../../src/ami/actions/message.ts';
import { SKINNYdevices } from '../../src/ami/actions/skinny.ts';
import { Ping } from '../../src/ami/actions/system.ts';
import { desyncError } from '../../src/ami/errors.ts';
import { Frame } from '../../src/ami/frame.ts';
import { Pending, type Sent } from '../../src/ami/pending.ts';
import type { Reply } from '../../src/ami/types.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { createFakeClock, flush } from '../helpers/clock.ts';
import { frame, outcomeOf, success } from '../helpers/doubles.ts';

const setUp = ({ maxListItems = 10, strict = true } = {}) => {
  const clock = createFakeClock();
  const events: Frame[] = [];
  const pending = new Pending({
    clock,
    maxListItems,
    onEvent: (event) => {
      if (strict) throw desyncError('an Event on a connection that asked for none');
      events.push(event);
    },
  });
  const ask = (actionId: string, declaration: Sent['declaration'] = Ping, timeoutMs = 5_000) =>
    outcomeOf(
      new Promise((resolve, reject) => {
        pending.add({ actionId, declaration, timeoutMs, resolve, reject });
      }),
    );
  /** Takes one read; on a desync the connection goes, as it does in earnest. */
  const read = async (...frames: Frame[]) => {
    try {
      pending.accept(frames);
    } catch (error) {
      pending.failAll(error);
      await flush();
      return error as GatewayError;
    }
    await flush();
    return undefined;
  };
  return { clock, events, pending, ask, read };
};

const refusal = (id: string, message: string) => frame({ Response: 'Error', ActionID: id, Message: message });
const item = (id: string, channel: string) => frame({ Event: 'Status', ActionID: id, Channel: channel });
const complete = (id: string) => frame({ Event: 'StatusComplete', ActionID: id, EventList: 'Complete' });
const itemsOf = ({ value }: { value: unknown }) => (value as Reply).items.map((one) => one.get('Channel'));

describe('pending requests', () => {
  it('are answered in the order they were sent, each by its own reply', async () => {
    const { ask, read, pending } = setUp();
    const [a, b, c] = [ask('a'), ask('b'), ask('c')];
    await read(success('a', { Ping: '1' }), refusal('b', 'No such channel'));
    expect((a.value as Reply).response.get('Ping')).toBe('1');
    expect(b.code).toBe('no-such-channel');
    expect(c.state).toBe('pending');
    await read(success('c'));
    expect(c.state).toBe('resolved');
    expect(pending.size).toBe(0);
  });

  it('are refused where Asterisk says with a Success that it did nothing', async () => {
    const { ask, read, pending } = setUp();
    const [user, moved, kept, other] = [
      ask('a', VoicemailUserStatus),
      ask('b', VoicemailMove),
      ask('c', VoicemailMove),
      ask('d'),
    ];
    await read(
      success('a', { Message: 'There is no voicemail user of the given info.' }),
      success('b', { Message: 'Message move successful' }),
      success('c', { Message: 'Message move failed' }),
      success('d', { Message: 'Message move failed' }),
    );
    expect([user.code, moved.state, kept.code, other.state]).toEqual([
      'no-such-mailbox',
      'resolved',
      'no-such-message',
      'resolved',
    ]);
    expect(pending.size).toBe(0);
  });

  it('collect the items of a list up to its end, and go on behind it', async () => {
    const { ask, read } = setUp();
    const [list, after] = [ask('l', Status), ask('p')];
    await read(success('l', { EventList: 'start' }), item('l', 'A'));
    expect(list.state).toBe('pending');
    await read(item('l', 'B'), complete('l'), success('p'));
    expect(itemsOf(list)).toEqual(['A', 'B']);
    expect(after.state).toBe('resolved');
  });

  it('part the items of a list that run together', async () => {
    const { ask, read, pending } = setUp();
    const [list, empty, after] = [ask('l', SKINNYdevices), ask('e', SKINNYdevices), ask('p')];
    const entry = (name: string) => `Event: DeviceEntry\r\nActionID: l\r\nChannel: ${name}`;
    const end = (id: string) => `Event: DevicelistComplete\r\nActionID: ${id}\r\nEventList: Complete`;
    await read(success('l', { EventList: 'start' }), new Frame([entry('A'), entry('B'), end('l')].join('\r\n')));
    await read(success('e', { EventList: 'start' }), new Frame(end('e')), success('p'));
    expect(itemsOf(list)).toEqual(['A', 'B']);
    expect(itemsOf(empty)).toEqual([]);
    expect([after.state, pending.size]).toEqual(['resolved', 0]);
  });

  it('wait for the second Response where the first says that it will be tried', async () => {
    const { ask, read } = setUp();
    const asked = ['a', 'b', 'c'].map((id) => ask(id, JabberSend));
    const after = ask('p');
    const tries = (id: string) => success(id, { Message: 'Attempting to send Jabber Message' });
    await read(tries('a'));
    expect(asked[0]?.state).toBe('pending');
    await read(
      success('a'),
      tries('b'),
      refusal('b', 'Could not find Sender'),
      refusal('c', 'No Message specified'),
      success('p'),
    );
    expect(asked.map(({ state, code }) => code ?? state)).toEqual(['resolved', 'no-such-client', 'ami-error']);
    expect(after.state).toBe('resolved');
  });

  it('end a list that Asterisk refuses without waiting for items', async () => {
    const { ask, read } = setUp();
    const list = ask('l', Status);
    await read(refusal('l', 'No such channel'));
    expect(list.code).toBe('no-such-channel');
  });

  it('tell events of the outside from items by the ActionID alone', async () => {
    const { ask, read, events } = setUp({ strict: false });
    const list = ask('l', Status);
    const live = frame({ Event: 'Status', Channel: 'live' });
    const early = item('l', 'before the Response');
    await read(early, success('l'), live, item('l', 'A'), item('other', 'B'), complete('other'), complete('l'));
    expect(itemsOf(list)).toEqual(['A']);
    expect(events).toHaveLength(4);
    expect(events.slice(0, 2)).toEqual([early, live]);
  });

  it.each<[string, Frame]>([
    ['a Response to a foreign ActionID', success('x')],
    ['a Response out of turn', success('b')],
    ['a Response without ActionID', frame({ Response: 'Success' })],
    ['a message that is neither Response nor Event', frame({ Value: 'x', Response: 'Success', ActionID: 'a' })],
    ['an Event nobody asked for', frame({ Event: 'UserEvent', ActionID: 'a' })],
  ])('all fail on %s', async (_what, forged) => {
    const { ask, read, pending } = setUp();
    const [a, b] = [ask('a'), ask('b', Hangup)];
    expect(await read(forged)).toMatchObject({ code: 'ami-desync' });
    expect([a.code, b.code]).toEqual(['ami-desync', 'ami-desync']);
    expect(pending.size).toBe(0);
  });

  it('fail on a second Response to one action', async () => {
    const { ask, read } = setUp();
    const list = ask('l', Status);
    expect(await read(success('l'), success('l'))).toMatchObject({ code: 'ami-desync' });
    expect(list.code).toBe('ami-desync');
  });

  it('do not deliver a reply that was torn by what came behind it in the same read; earlier ones stand', async () => {
    const { ask, read } = setUp();
    const [a, torn, c] = [ask('a'), ask('torn'), ask('c')];
    await read(success('a'), success('torn', { Value: 'first line' }), frame({ Response: 'Success', ActionID: 'x' }));
    expect(a.state).toBe('resolved');
    expect(torn.code).toBe('ami-desync');
    expect(c.code).toBe('ami-desync');
  });

  it('deliver the reply before a list that is torn, and not the list', async () => {
    const { ask, read } = setUp();
    const [a, list] = [ask('a'), ask('l', Status)];
    await read(success('a'), success('l'), item('l', 'A'), frame({ Data: 'torn' }));
    expect(a.state).toBe('resolved');
    expect(list.code).toBe('ami-desync');
  });

  it('end with the one event that some actions answer by', async () => {
    const { ask, read } = setUp();
    const [stats, after] = [ask('f', FAXStats), ask('p')];
    await read(success('f', { Message: 'FAXStats event will follow' }));
    expect(stats.state).toBe('pending');
    await read(frame({ Event: 'FAXStats', ActionID: 'f', FailedFAXes: '2' }), success('p'));
    expect((stats.value as Reply).items.map((one) => one.get('FailedFAXes'))).toEqual(['2']);
    expect(after.state).toBe('resolved');
  });

  it('take a Success alone for an empty list where Asterisk begins none', async () => {
    const { ask, read } = setUp();
    const [none, list] = [ask('a', VoicemailUsersList), ask('b', VoicemailUsersList)];
    await read(
      success('a', { Message: 'There are no voicemail users currently defined.' }),
      success('b', { EventList: 'start' }),
    );
    expect([none.state, list.state]).toEqual(['resolved', 'pending']);
    await read(
      frame({ Event: 'VoicemailUserEntry', ActionID: 'b', Channel: 'x' }),
      frame({ Event: 'VoicemailUserEntryComplete', ActionID: 'b' }),
    );
    expect(itemsOf(list)).toEqual(['x']);
  });

  it('stop at the most items a list may have, and still take its end out of the stream', async () => {
    const { ask, read, pending } = setUp({ maxListItems: 2 });
    const [list, after] = [ask('l', Status), ask('p')];
    await read(success('l'), item('l', 'A'), item('l', 'B'), item('l', 'C'), item('l', 'D'));
    expect(list.code).toBe('list-too-long');
    expect(pending.overdue).toBe(1);
    await read(complete('l'), success('p'));
    expect(after.state).toBe('resolved');
    expect(pending.overdue).toBe(0);
  });

  it('count a list that is too long once, also when its time is over before its end comes', async () => {
    const { clock, ask, read, pending } = setUp({ maxListItems: 1 });
    const list = ask('l', Status, 1_000);
    await read(success('l'), item('l', 'A'), item('l', 'B'));
    await clock.advance(2_000);
    expect(list.code).toBe('list-too-long');
    expect(pending.overdue).toBe(1);
    await read(complete('l'));
    expect(pending.overdue).toBe(0);
  });

  it('time out by themselves, and swallow their late reply', async () => {
    const { clock, ask, read, pending } = setUp();
    const [a, write, c] = [ask('a', Ping, 1_000), ask('b', Hangup, 1_000), ask('c', Ping, 9_000)];
    await clock.advance(999);
    expect(a.state).toBe('pending');
    await clock.advance(1);
    expect([a.code, write.code, c.state]).toEqual(['ami-timeout', 'outcome-unknown', 'pending']);
    expect(pending.overdue).toBe(2);
    await read(success('a'), refusal('b', 'No such channel'), success('c'));
    expect(c.state).toBe('resolved');
    expect([pending.overdue, pending.size]).toEqual([0, 0]);
  });

  it('share one timer, whichever is due first', async () => {
    const { clock, ask, read } = setUp();
    const [a, b, c] = [ask('a', Ping, 9_000), ask('b', Ping, 1_000), ask('c', Ping, 5_000)];
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(1_000);
    expect([a.state, b.code, c.state]).toEqual(['pending', 'ami-timeout', 'pending']);
    await clock.advance(4_000);
    expect([a.state, c.code, clock.pendingTimers]).toEqual(['pending', 'ami-timeout', 1]);
    await read(success('a'), success('b'), success('c'));
    await clock.advance(4_000);
    expect([a.state, clock.pendingTimers]).toEqual(['resolved', 0]);
  });

  it.each([-1, 1])('take their time, though the clock is set by %i hours meanwhile', async (hours) => {
    const { clock, ask } = setUp();
    const [a, b] = [ask('a', Ping, 1_000), ask('b', Ping, 5_000)];
    clock.set(clock.now() + hours * 3_600_000);
    await clock.advance(1_000);
    expect([a.code, b.state]).toEqual(['ami-timeout', 'pending']);
    await clock.advance(4_000);
    expect(b.code).toBe('ami-timeout');
  });

  it('leave no timer behind when the connection goes', async () => {
    const { clock, ask, pending } = setUp();
    const a = ask('a');
    pending.failAll();
    await flush();
    expect([a.code, clock.pendingTimers]).toEqual(['connection-lost', 0]);
  });

  it('fail with what a lost connection means for each: asked again, or of unknown outcome', async () => {
    const { clock, ask, pending } = setUp();
    const [read, write, late] = [ask('a'), ask('b', Hangup), ask('c', Ping, 10)];
    await clock.advance(10);
    pending.failAll(new GatewayError('pbx-unavailable', 'cut'));
    await flush();
    expect([read.code, write.code, late.code]).toEqual(['connection-lost', 'outcome-unknown', 'ami-timeout']);
    expect([pending.overdue, pending.size, clock.pendingTimers]).toEqual([0, 0, 0]);
  });

  it('fail all alike where the stream cannot be trusted', async () => {
    const { ask, pending } = setUp();
    const [read, write] = [ask('a'), ask('b', Hangup)];
    pending.failAll(desyncError('x'));
    await flush();
    expect([read.code, write.code]).toEqual(['ami-desync', 'ami-desync']);
  });
});
