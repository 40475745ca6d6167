import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { describeEachPbx } from '../helpers/asterisk.ts';
import { type Frame, type Headers, loggedIn, type RawAmi } from '../helpers/raw-ami.ts';

const snapshot = ['Channel', 'ChannelState', 'ChannelStateDesc', 'CallerIDNum', 'CallerIDName', 'ConnectedLineNum', 'ConnectedLineName', 'Language', 'AccountCode', 'Context', 'Exten', 'Priority', 'Uniqueid', 'Linkedid']; // prettier-ignore
const room = ['Event', 'Privilege', 'Conference', 'BridgeUniqueid', 'BridgeType', 'BridgeTechnology', 'BridgeCreator', 'BridgeName', 'BridgeNumChannels', 'BridgeVideoSourceMode']; // prettier-ignore

describeEachPbx('Conferences', (pbx) => {
  let ami: RawAmi;
  const calls: string[] = [];
  afterEach(async () => {
    for (const id of calls.splice(0)) await ami.ask('Hangup', { Channel: id });
    ami.close();
  });

  const enter = async (name: string) => {
    const id = randomUUID();
    calls.push(id);
    const call = { Channel: 'Local/answer@lab/n', ChannelId: id, Application: 'ConfBridge', Data: name, Async: 'true' };
    await ami.ask('Originate', call);
    return { id, event: (event: string) => ami.until(of(event, id)) };
  };
  const of = (event: string, id: string) => (frame: Frame) => frame.get('Event') === event && frame.get('Uniqueid') === id; // prettier-ignore
  const named = (event: string) => (frame: Frame) => frame.get('Event') === event;
  const rooms = async () => {
    const [, ...items] = await ami.list('ConfbridgeListRooms');
    return items.slice(0, -1).map((item) => item.headers.filter(([name]) => name !== 'ActionID'));
  };
  const said = async (action: string, headers: Headers) => {
    const reply = await ami.ask(action, headers);
    return `${reply.get('Response')}: ${reply.get('Message')}`;
  };

  it('says what is wrong while there is no conference', async () => {
    ami = await loggedIn(pbx);
    for (const action of ['List', 'Mute', 'Unmute', 'Kick', 'Lock', 'Unlock'].map((name) => `Confbridge${name}`)) {
      expect(await said(action, {})).toBe('Error: No Conference name provided.');
      expect(await said(action, { Conference: 'zz', Channel: 'all' })).toBe('Error: No active conferences.');
    }
    expect(await said('ConfbridgeMute', { Conference: 'zz' })).toBe('Error: No channel name provided.');
    expect(await said('ConfbridgeListRooms', {})).toBe('Error: No active conferences.');
  });

  it('lives while somebody is in it', async () => {
    ami = await loggedIn(pbx, {});
    const one = await enter('life');
    const start = await ami.until(named('ConfbridgeStart'));
    expect(start.names).toEqual(room);
    expect(start.headers.slice(4).map(([, value]) => value)).toEqual(['base', 'softmix', 'ConfBridge', 'life', '1', 'none']); // prettier-ignore
    const join = await one.event('ConfbridgeJoin');
    expect(join.names).toEqual([...room, ...snapshot, 'Admin', 'Muted']);
    expect([join.get('BridgeNumChannels'), join.get('Admin'), join.get('Muted')]).toEqual(['2', 'No', 'No']);
    expect((await one.event('BridgeEnter')).get('BridgeUniqueid')).toBe(start.get('BridgeUniqueid'));
    const two = await enter('life');
    await two.event('ConfbridgeJoin');
    expect(await rooms()).toEqual([[['Event', 'ConfbridgeListRooms'], ['Conference', 'life'], ['Parties', '2'], ['Marked', '0'], ['Locked', 'No'], ['Muted', 'No']]]); // prettier-ignore

    await ami.ask('Hangup', { Channel: one.id });
    const leave = await one.event('ConfbridgeLeave');
    expect(leave.names).toEqual([...room, ...snapshot, 'Admin']);
    await one.event('BridgeLeave');
    expect(ami.frames.some(named('ConfbridgeEnd'))).toBe(false);
    await ami.ask('Hangup', { Channel: two.id });
    expect((await ami.until(named('ConfbridgeEnd'))).names).toEqual(room);
    const destroyed = await ami.until(named('BridgeDestroy'));
    expect([destroyed.get('BridgeName'), destroyed.get('BridgeNumChannels')]).toEqual(['life', '0']);
  });

  it('lists, mutes and kicks its users', async () => {
    ami = await loggedIn(pbx, {});
    const at = { Conference: 'users' };
    const one = await enter('users');
    const name = (await one.event('ConfbridgeJoin')).get('Channel') ?? '';
    const two = await enter('users');
    await two.event('ConfbridgeJoin');

    const muted = async () => {
      const items = (await ami.list('ConfbridgeList', at)).slice(1, -1);
      return items.map((item) => [item.get('Uniqueid'), item.get('Muted')]).toSorted();
    };
    const states = (ofOne: string, ofTwo: string) => [[one.id, ofOne], [two.id, ofTwo]].toSorted(); // prettier-ignore
    const [, item] = await ami.list('ConfbridgeList', at);
    expect(item?.names.filter((header) => header !== 'ActionID')).toEqual(['Event', 'Conference', 'Admin', 'MarkedUser', 'WaitMarked', 'EndMarked', ...(pbx.release === 22 ? ['EndMarkedAny'] : []), 'Waiting', 'Muted', 'Talking', 'AnsweredTime', ...snapshot]); // prettier-ignore
    expect(await muted()).toEqual(states('No', 'No'));

    expect(await said('ConfbridgeMute', { ...at, Channel: name })).toBe('Success: User muted');
    expect((await one.event('ConfbridgeMute')).names).toEqual([...room, ...snapshot, 'Admin']);
    expect(await muted()).toEqual(states('Yes', 'No'));
    expect(await said('ConfbridgeMute', { ...at, Channel: 'all' })).toBe('Success: User muted');
    expect(await muted()).toEqual(states('Yes', 'Yes'));
    expect(await said('ConfbridgeUnmute', { ...at, Channel: name })).toBe('Success: User unmuted');
    expect((await one.event('ConfbridgeUnmute')).names).toEqual([...room, ...snapshot, 'Admin']);
    expect(await muted()).toEqual(states('No', 'Yes'));
    expect(await said('ConfbridgeUnmute', { ...at, Channel: 'participants' })).toBe('Success: User unmuted');
    expect(await said('ConfbridgeMute', { ...at, Channel: name.toUpperCase().slice(0, -1) })).toBe('Success: User muted'); // prettier-ignore
    expect(await muted()).toEqual(states('Yes', 'No'));

    for (const action of ['ConfbridgeMute', 'ConfbridgeUnmute', 'ConfbridgeKick']) {
      expect(await said(action, { ...at, Channel: 'zz' })).toBe('Error: No Channel by that name found in Conference.');
      expect(await said(action, { Conference: 'zz', Channel: name })).toBe('Error: No Conference by that name found.');
    }
    expect(await said('ConfbridgeList', { Conference: 'zz' })).toBe('Error: No Conference by that name found.');
    expect(await said('ConfbridgeKick', at)).toBe('Error: No Channel by that name found in Conference.');

    expect(await said('ConfbridgeKick', { ...at, Channel: name })).toBe('Success: User kicked');
    const result = (frame: Frame) => frame.get('Variable') === 'CONFBRIDGE_RESULT' && frame.get('Uniqueid') === one.id;
    expect((await ami.until(result)).get('Value')).toBe('KICKED');
    await one.event('ConfbridgeLeave');
    await one.event('Hangup');
    expect(await muted()).toEqual([[two.id, 'No']]);
    expect(await said('ConfbridgeKick', { ...at, Channel: 'all' })).toBe('Success: All participants kicked');
    await two.event('ConfbridgeLeave');
    await ami.until(named('ConfbridgeEnd'));
  });

  it('lets nobody in while it is locked', async () => {
    ami = await loggedIn(pbx, {});
    const at = { Conference: 'locked' };
    await (await enter('locked')).event('ConfbridgeJoin');
    expect(await said('ConfbridgeLock', at)).toBe('Success: Conference locked');
    expect((await rooms()).flat()).toContainEqual(['Locked', 'Yes']);
    const late = await enter('locked');
    const result = (frame: Frame) => frame.get('Variable') === 'CONFBRIDGE_RESULT' && frame.get('Uniqueid') === late.id;
    expect((await ami.until(result)).get('Value')).toBe('FAILED');
    expect((await late.event('Hangup')).get('Cause')).toBe('0');
    expect(ami.frames.some(of('ConfbridgeJoin', late.id))).toBe(false);
    expect(await said('ConfbridgeUnlock', at)).toBe('Success: Conference unlocked');
    expect(await said('ConfbridgeUnlock', { Conference: 'zz' })).toBe('Error: No Conference by that name found.');
    await (await enter('locked')).event('ConfbridgeJoin');
  });
});
