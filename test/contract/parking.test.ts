import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { describeEachPbx } from '../helpers/asterisk.ts';
import { type Frame, type Headers, loggedIn, type RawAmi } from '../helpers/raw-ami.ts';

const snapshotOf = (prefix: string) =>
  ['Channel', 'ChannelState', 'ChannelStateDesc', 'CallerIDNum', 'CallerIDName', 'ConnectedLineNum', 'ConnectedLineName', 'Language', 'AccountCode', 'Context', 'Exten', 'Priority', 'Uniqueid', 'Linkedid'].map((name) => `${prefix}${name}`); // prettier-ignore
const place = ['ParkerDialString', 'Parkinglot', 'ParkingSpace', 'ParkingTimeout', 'ParkingDuration'];
const parked = ['Event', 'Privilege', ...snapshotOf('Parkee'), ...place];

describeEachPbx('Parking', (pbx) => {
  let ami: RawAmi;
  const calls: string[] = [];
  afterEach(async () => {
    for (const id of calls.splice(0)) await ami.ask('Hangup', { Channel: id });
    ami.close();
  });

  const call = async (application: string, data: string) => {
    const id = randomUUID();
    calls.push(id);
    const headers = { Channel: 'Local/answer@lab/n', ChannelId: id, Application: application, Data: data };
    await ami.ask('Originate', { ...headers, Async: 'true' });
    return id;
  };
  const parkee = (event: string, id: string) =>
    ami.until((frame) => frame.get('Event') === event && frame.get('ParkeeUniqueid') === id);
  const event = (name: string, id: string) =>
    ami.until((frame) => frame.get('Event') === name && frame.get('Uniqueid') === id);
  const placeOf = (frame: Frame) => place.map((name) => frame.get(name));
  const said = async (action: string, headers: Headers) => {
    const reply = await ami.ask(action, headers);
    return `${reply.get('Response')}: ${reply.get('Message')}`;
  };

  it('keeps a call in the first free space until it gives up', async () => {
    ami = await loggedIn(pbx, {});
    const id = await call('Park', 'default');
    const event1 = await parkee('ParkedCall', id);
    expect(event1.names).toEqual(parked);
    expect(placeOf(event1)).toEqual(['Local/answer@lab', 'default', '701', '300', '0']);
    const enter = await event('BridgeEnter', id);
    expect(['BridgeType', 'BridgeTechnology', 'BridgeCreator', 'BridgeName', 'BridgeNumChannels'].map((name) => enter.get(name))).toEqual(['parking', 'holding_bridge', 'Parking', 'default', '1']); // prettier-ignore

    const list = await ami.list('ParkedCalls');
    expect(list[0]?.get('Message')).toBe('Parked calls will follow');
    expect(list[1]?.names.filter((name) => name !== 'ActionID')).toEqual(['Event', ...parked.slice(2)]);
    expect([list[1]?.get('ParkeeUniqueid'), list[1]?.get('ParkingSpace')]).toEqual([id, '701']);
    expect([list[2]?.get('Event'), list[2]?.get('ListItems'), list[2]?.get('Total')]).toEqual(['ParkedCallsComplete', '1', '1']); // prettier-ignore
    expect((await ami.list('ParkedCalls', { ParkingLot: 'short' })).at(-1)?.get('Total')).toBe('0');
    const lots = (await ami.list('Parkinglots')).slice(1, -1);
    expect(lots.map((lot) => ['Event', 'Name', 'StartSpace', 'StopSpace', 'Timeout'].map((name) => lot.get(name))).toSorted()).toEqual([['Parkinglot', 'default', '701', '720', '300'], ['Parkinglot', 'short', '801', '802', '1']]); // prettier-ignore

    await ami.ask('Hangup', { Channel: id });
    const gone = await parkee('ParkedCallGiveUp', id);
    expect(gone.names).toEqual(parked);
    await event('BridgeLeave', id);
    expect((await ami.list('ParkedCalls')).at(-1)?.get('Total')).toBe('0');
  });

  it('joins a parked call to who fetches it', async () => {
    ami = await loggedIn(pbx, {});
    const waiting = await call('Park', 'default');
    const space = (await parkee('ParkedCall', waiting)).get('ParkingSpace');
    const fetching = await call('ParkedCall', `default,${space}`);
    const fetched = await parkee('UnParkedCall', waiting);
    expect(fetched.names).toEqual(['Event', 'Privilege', ...snapshotOf('Parkee'), ...snapshotOf('Retriever'), ...place]); // prettier-ignore
    expect(fetched.get('RetrieverUniqueid')).toBe(fetching);
    const enter = await event('BridgeEnter', fetching);
    expect([enter.get('BridgeType'), enter.get('BridgeNumChannels')]).toEqual(['basic', '2']);
    expect((await ami.list('ParkedCalls')).at(-1)?.get('Total')).toBe('0');
    await ami.ask('Hangup', { Channel: waiting });
    await event('Hangup', fetching);
    expect(ami.frames.some((frame) => frame.get('Event') === 'ParkedCallGiveUp')).toBe(false);
  });

  it('parks a channel on request, and lets it go on after its time', async () => {
    ami = await loggedIn(pbx, {});
    const id = await call('Wait', '3600');
    await event('Newstate', id);
    expect(await said('Park', {})).toBe('Error: Channel not specified');
    expect(await said('Park', { Channel: 'zz' })).toBe('Error: Channel does not exist: zz');
    expect(await said('Park', { Channel: id, Timeout: 'x' })).toBe('Error: Invalid Timeout value.');
    expect(await said('Park', { Channel: id, Timeout: -1 })).toBe('Error: Invalid Timeout value.');
    expect(await said('Park', { Channel: id, Parkinglot: 'zz' })).toBe('Error: Park action failed\n');
    expect(await said('Park', { Channel: id, Parkinglot: 'short', Timeout: 700 })).toBe('Success: Park successful\n');
    expect(placeOf(await parkee('ParkedCall', id)).slice(1)).toEqual(['short', '801', '1', '0']);
    const over = await parkee('ParkedCallTimeOut', id);
    expect(over.names).toEqual(parked);
    expect(placeOf(over).slice(1)).toEqual(['short', '801', '0', '1']);
    await event('BridgeLeave', id);
    const after = (frame: Frame) => frame.get('Event') === 'Newexten' && frame.get('Context') === 'parkedcallstimeout';
    expect((await ami.until(after)).get('Uniqueid')).toBe(id);
    expect(await said('ParkedCalls', { ParkingLot: 'zz' })).toBe('Error: Requested parking lot could not be found.');
  });
});
