import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { describeEachPbx } from '../helpers/asterisk.ts';
import { type Frame, type Headers, loggedIn, type RawAmi } from '../helpers/raw-ami.ts';

const snapshotOf = (prefix = '') =>
  ['Channel', 'ChannelState', 'ChannelStateDesc', 'CallerIDNum', 'CallerIDName', 'ConnectedLineNum', 'ConnectedLineName', 'Language', 'AccountCode', 'Context', 'Exten', 'Priority', 'Uniqueid', 'Linkedid'].map((name) => `${prefix}${name}`); // prettier-ignore
const head = ['Event', 'Privilege'];
const bridge = ['BridgeUniqueid', 'BridgeType', 'BridgeTechnology', 'BridgeCreator', 'BridgeName', 'BridgeNumChannels', 'BridgeVideoSourceMode']; // prettier-ignore
const target = ['IsExternal', 'Context', 'Extension'];
const bare = (frame?: Frame) => frame?.names.filter((name) => name !== 'ActionID');

describeEachPbx('Bridges', (pbx) => {
  let ami: RawAmi;
  const calls: string[] = [];
  afterEach(async () => {
    for (const id of calls.splice(0)) await ami.ask('Hangup', { Channel: id });
    ami.close();
  });

  const call = async (extension: string) => {
    const id = randomUUID();
    calls.push(id);
    const headers = { Channel: `Local/${extension}@lab/n`, ChannelId: id, Application: 'Wait', Data: '3600' };
    await ami.ask('Originate', { ...headers, Async: 'true' });
    await event('Newstate', id);
    return id;
  };
  const event = (name: string, id: string) =>
    ami.until((frame) => frame.get('Event') === name && frame.get('Uniqueid') === id);
  /** A call whose far half has dialled somebody, and is joined to him. */
  const dialled = async () => {
    const id = await call('dialtone');
    const caller = await event('BridgeEnter', `${id};2`);
    const others = ami.frames.filter((frame) => frame.get('BridgeUniqueid') === caller.get('BridgeUniqueid'));
    const far = others.find((frame) => frame.get('Event') === 'BridgeEnter' && frame !== caller);
    return { bridgeId: caller.get('BridgeUniqueid') ?? '', caller: `${id};2`, far: far?.get('Uniqueid') ?? '' };
  };
  const said = async (action: string, headers: Headers) => {
    const reply = await ami.ask(action, headers);
    return `${reply.get('Response')}: ${reply.get('Message')}`;
  };

  it('lists them and who is in them', async () => {
    ami = await loggedIn(pbx, {});
    const { bridgeId, caller, far } = await dialled();
    const listed = async (headers: Headers) =>
      (await ami.list('BridgeList', headers)).find((item) => item.get('BridgeUniqueid') === bridgeId);
    const item = await listed({});
    expect(bare(item)).toEqual(['Event', ...bridge]);
    expect(item?.headers.slice(-6).map(([, value]) => value).filter((value) => !value.startsWith('ask'))).toEqual(['basic', 'simple_bridge', '<unknown>', '<unknown>', '2', 'none']); // prettier-ignore
    expect(await listed({ BridgeType: 'simple_bridge' })).toBeDefined();
    expect(await listed({ BridgeType: 'basic' })).toBeUndefined();

    const info = await ami.list('BridgeInfo', { BridgeUniqueid: bridgeId });
    expect(info[0]?.get('Message')).toBe('Bridge channel listing will follow');
    expect(bare(info[1])).toEqual(['Event', ...snapshotOf()]);
    expect(info.slice(1, -1).map((one) => one.get('Uniqueid')).toSorted()).toEqual([caller, far].toSorted()); // prettier-ignore
    expect(bare(info.at(-1))).toEqual(['Event', 'EventList', 'ListItems', ...bridge]);
    for (const action of ['BridgeInfo', 'BridgeDestroy']) {
      expect(await said(action, {})).toBe('Error: BridgeUniqueid must be provided');
      expect(await said(action, { BridgeUniqueid: 'zz' })).toBe('Error: Specified BridgeUniqueid not found');
    }
  });

  it('ends by request, and when one is kicked', async () => {
    ami = await loggedIn(pbx, {});
    const first = await dialled();
    expect(await said('BridgeDestroy', { BridgeUniqueid: first.bridgeId })).toBe('Success: Bridge has been destroyed');
    const second = await dialled();
    const free = await call('answer');
    expect(await said('BridgeKick', {})).toBe('Error: Channel must be provided');
    expect(await said('BridgeKick', { Channel: 'zz', BridgeUniqueid: 'zz' })).toBe('Error: Channel does not exist');
    expect(await said('BridgeKick', { Channel: free, BridgeUniqueid: 'zz' })).toBe('Error: Bridge not found');
    expect(await said('BridgeKick', { Channel: free })).toBe('Error: Channel is not in a bridge');
    expect(await said('BridgeKick', { Channel: free, BridgeUniqueid: second.bridgeId })).toBe('Error: Channel kick from bridge failed'); // prettier-ignore
    expect(await said('BridgeKick', { Channel: second.far })).toBe('Success: Channel has been kicked');
    for (const { bridgeId, caller, far } of [first, second]) {
      const ended = await ami.until((one) => one.get('Event') === 'BridgeDestroy' && one.get('BridgeUniqueid') === bridgeId); // prettier-ignore
      expect(ended.names).toEqual([...head, ...bridge]);
      expect(ended.get('BridgeNumChannels')).toBe('0');
      for (const id of [caller, far]) {
        const left = await event('BridgeLeave', id);
        expect(left.names).toEqual([...head, ...bridge, ...snapshotOf()]);
        expect((await event('Hangup', id)).get('Cause')).toBe('16');
      }
    }
  });

  it('joins two channels, and lets one go on when the other leaves', async () => {
    ami = await loggedIn(pbx, {});
    const [one, two] = [await call('answer'), await call('answer')];
    // By name: for Bridge the start of an id is enough, and the far half of a Local channel has the same.
    const names = [one, two].map(
      (id) => ami.frames.find((frame) => frame.get('Uniqueid') === id)?.get('Channel') ?? '',
    );
    const [Channel1 = '', Channel2 = ''] = names;
    expect(await said('Bridge', { Channel1 })).toBe('Error: Missing channel parameter in request');
    expect(await said('Bridge', { Channel1: 'zz', Channel2 })).toBe('Error: Channel1 does not exist: zz');
    expect(await said('Bridge', { Channel1, Channel2: 'zz' })).toBe('Error: Channel2 does not exist: zz');
    expect(await said('Bridge', { Channel1, Channel2 })).toBe('Success: Channels have been bridged');
    const enter = [await event('BridgeEnter', one), await event('BridgeEnter', two)];
    expect(new Set(enter.map((frame) => frame.get('BridgeUniqueid'))).size).toBe(1);
    // Both are one call from now on: the older one.
    expect(enter.map((frame) => frame.get('Linkedid'))).toEqual([one, one]);
    await ami.ask('Hangup', { Channel: two });
    await event('BridgeLeave', one);
    const on = await ami.until((frame) => frame.get('Event') === 'Newexten' && frame.get('Uniqueid') === one && frame.get('AppData') === '3600' && frame.get('Priority') === '2'); // prettier-ignore
    expect([on.get('Context'), on.get('Exten'), on.get('Application')]).toEqual(['lab', 'answer', 'Wait']);
  });

  it('transfers the other one blindly', async () => {
    ami = await loggedIn(pbx, {});
    const { bridgeId, caller, far } = await dialled();
    const to = { Context: 'transfer-dest', Exten: '101' };
    expect(await said('BlindTransfer', {})).toBe('Error: No channel specified');
    expect(await said('BlindTransfer', { Channel: caller })).toBe('Error: No extension specified');
    expect(await said('BlindTransfer', { Channel: 'zz', ...to })).toBe('Error: Channel specified does not exist');
    expect(await said('BlindTransfer', { Channel: caller, ...to })).toBe('Success: Transfer succeeded');
    const transfers = (result: string) =>
      ami.until((frame) => frame.get('Event') === 'BlindTransfer' && frame.get('Result') === result);
    const done = await transfers('Success');
    expect(done.names).toEqual([...head, 'Result', ...snapshotOf('Transferer'), ...snapshotOf('Transferee'), ...bridge, ...target]); // prettier-ignore
    expect([done.get('TransfererUniqueid'), done.get('TransfereeUniqueid'), done.get('BridgeUniqueid')]).toEqual([caller, far, bridgeId]); // prettier-ignore
    expect(target.map((name) => done.get(name))).toEqual(['Yes', 'transfer-dest', '101']);
    await event('Hangup', caller);
    const on = await ami.until((frame) => frame.get('Event') === 'Newexten' && frame.get('Context') === 'transfer-dest'); // prettier-ignore
    expect([on.get('Uniqueid'), on.get('Exten')]).toEqual([far, '101']);

    expect(await said('BlindTransfer', { Channel: far, ...to })).toBe('Error: Transfer invalid');
    expect((await transfers('Invalid')).names).toEqual([...head, 'Result', ...snapshotOf('Transferer'), ...target]);
    await ami.ask('Hangup', { Channel: far });
  });
});
