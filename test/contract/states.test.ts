import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEachPbx, eventually } from '../helpers/asterisk.ts';
import { type Frame, type Headers, loggedIn, type RawAmi } from '../helpers/raw-ami.ts';

const EVENTS = ['DeviceStateChange', 'ExtensionStatus', 'PresenceStateChange'];

describeEachPbx('device, extension and presence states', (pbx) => {
  let ami: RawAmi;
  let listener: RawAmi;
  beforeAll(async () => {
    ami = await loggedIn(pbx);
    listener = await loggedIn(pbx, { Events: 'call' });
    await set('Custom:lamp', 'NOT_INUSE');
    await set('Custom:lamp2', 'NOT_INUSE');
  });
  afterAll(async () => {
    await ami.ask('DBDelTree', { Family: 'CustomDevstate' });
    await ami.ask('DBDelTree', { Family: 'CustomPresence' });
    ami.close();
    listener.close();
  });

  const setvar = async (Variable: string, Value: string) => {
    const reply = await ami.ask('Setvar', { Variable, Value });
    return `${reply.get('Response')} ${reply.get('Message')}`;
  };
  const set = (device: string, state: string) => setvar(`DEVICE_STATE(${device})`, state);
  const value = async (Variable: string) => (await ami.ask('Getvar', { Variable })).get('Value');
  const said = (frame: Frame) => frame.headers.slice(2).map(([, text]) => text).join(' '); // prettier-ignore
  const live = (about: RegExp) => (frame: Frame) => EVENTS.includes(frame.get('Event') ?? '') && about.test(said(frame)); // prettier-ignore
  /** Until nothing more is told: an event can be late. */
  const quiet = async () => {
    for (let seen = -1; seen !== listener.frames.length;) {
      seen = listener.frames.length;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  };
  /** The events of a change, sorted: Asterisk sends them from several threads. */
  const changes = async (change: () => Promise<unknown>, count: number, about = /lamp/) => {
    const before = listener.frames.length;
    await change();
    const seen = () => listener.frames.slice(before).filter(live(about));
    await eventually(() => {
      expect(seen().length).toBeGreaterThanOrEqual(count);
    });
    await quiet();
    return seen().map((frame) => `${frame.get('Event')} ${said(frame)}`).sort(); // prettier-ignore
  };
  const extension = async (headers: Headers) => (await ami.ask('ExtensionState', headers)).headers.slice(2);

  it.each([
    ['INUSE', 1, 'InUse', 1, 'InUse'],
    ['RINGING', 8, 'Ringing', 8, 'Ringing'],
    ['BUSY', 2, 'Busy', 2, 'Busy'],
    ['ONHOLD', 16, 'Hold', 16, 'Hold'],
    ['RINGINUSE', 9, 'InUse&Ringing', 9, 'InUse&Ringing'],
    ['UNAVAILABLE', 4, 'Unavailable', 0, 'Idle'],
  ])('tells once that a custom device is %s, and of the extensions that show it', async (state, one, text, both, bothText) => {
    await set('Custom:lamp', 'NOT_INUSE');
    const pair = both === 0 ? [] : [`ExtensionStatus lamps hints Custom:lamp&Custom:lamp2 ${both} ${bothText}`];
    const expected = [`DeviceStateChange Custom:lamp ${state}`, `ExtensionStatus lamp hints Custom:lamp ${one} ${text}`, ...pair]; // prettier-ignore
    await quiet();
    expect(await changes(() => set('Custom:lamp', state), expected.length)).toEqual(expected);
    expect(await changes(() => set('Custom:lamp', state.toLowerCase()), 0)).toEqual([]);
    expect(await value('DEVICE_STATE(Custom:lamp)')).toBe(state);
    expect(await extension({ Exten: 'lamp', Context: 'hints' })).toEqual([['Message', 'Extension Status'], ['Exten', 'lamp'], ['Context', 'hints'], ['Hint', 'Custom:lamp'], ['Status', `${one}`], ['StatusText', text]]); // prettier-ignore
  }); // prettier-ignore

  it('names its events as live ones', async () => {
    await set('Custom:lamp', 'NOT_INUSE');
    await changes(() => set('Custom:lamp', 'BUSY'), 3);
    const [device, status] = EVENTS.map((name) => listener.frames.findLast((frame) => frame.get('Event') === name));
    expect(device?.names).toEqual(['Event', 'Privilege', 'Device', 'State']);
    expect(status?.names).toEqual(['Event', 'Privilege', 'Exten', 'Context', 'Hint', 'Status', 'StatusText']);
    expect([device?.get('Privilege'), status?.get('Privilege')]).toEqual(['call,all', 'call,all']);
  });

  it('shows the strongest of several devices, and ringing among the used as both', async () => {
    await set('Custom:lamp2', 'RINGING');
    await set('Custom:lamp', 'INUSE');
    await eventually(async () => {
      expect((await extension({ Exten: 'lamps', Context: 'hints' })).slice(-2)).toEqual([['Status', '9'], ['StatusText', 'InUse&Ringing']]); // prettier-ignore
    });
    await set('Custom:lamp', 'UNAVAILABLE');
    await eventually(async () => {
      expect((await extension({ Exten: 'lamps', Context: 'hints' })).slice(-2)).toEqual([['Status', '8'], ['StatusText', 'Ringing']]); // prettier-ignore
    });
    await set('Custom:lamp2', 'NOT_INUSE');
  });

  it.each([
    ['Custom:lamp', 'UNKNOWN'],
    ['Custom:lamp', 'bogus'],
    ['Custom:lamp', ''],
    ['PJSIP/agent001', 'INUSE'],
    ['Bogus:x', 'INUSE'],
  ])('refuses to set %s to "%s"', async (device, state) => {
    expect(await set(device, state)).toBe('Error Variable not set');
  });

  it.each([
    ['Custom:none', 'UNKNOWN'],
    ['PJSIP/agent001', 'UNAVAILABLE'],
    ['PJSIP/none', 'INVALID'],
    ['Local/ringing@hints', 'NOT_INUSE'],
    ['Local/none@lab', 'INVALID'],
  ])('reads of %s that it is %s', async (device, state) => {
    expect(await value(`DEVICE_STATE(${device})`)).toBe(state);
  });

  it('lists what it knows, with an ActionID instead of a privilege', async () => {
    await set('Custom:lamp', 'BUSY');
    await eventually(async () => {
      const [reply, ...items] = await ami.list('DeviceStateList');
      expect(reply?.get('Message')).toBe('Device State Changes will follow');
      const complete = items.pop();
      expect([complete?.get('Event'), complete?.get('ListItems')]).toEqual(['DeviceStateListComplete', `${items.length}`]); // prettier-ignore
      expect(items[0]?.names).toEqual(['Event', 'ActionID', 'Device', 'State']);
      expect(items.map(said)).toEqual(expect.arrayContaining(['Custom:lamp BUSY', 'PJSIP/agent001 UNAVAILABLE']));
    });
    const [reply, ...items] = await ami.list('ExtensionStateList');
    expect(reply?.get('Message')).toBe('Extension Statuses will follow');
    expect(items.pop()?.get('Event')).toBe('ExtensionStateListComplete');
    expect(items[0]?.names).toEqual(['Event', 'ActionID', 'Exten', 'Context', 'Hint', 'Status', 'StatusText']);
    expect(items.map(said).sort()).toEqual(['lamp hints Custom:lamp 2 Busy', 'lamps hints Custom:lamp&Custom:lamp2 2 Busy', 'phone hints PJSIP/agent001 4 Unavailable']); // prettier-ignore
  });

  it('knows nothing of an extension without a hint, and asks for one', async () => {
    const [reply, nowhere] = [await extension({ Exten: 'answer', Context: 'lab' }), await extension({ Exten: 'lamp' })];
    expect(reply.slice(3)).toEqual([['Hint', ''], ['Status', '-1'], ['StatusText', 'Unknown']]); // prettier-ignore
    expect(nowhere.slice(1)).toEqual([['Exten', 'lamp'], ['Context', 'default'], ...reply.slice(3)]); // prettier-ignore
    expect(await extension({ Context: 'hints' })).toEqual([['Message', 'Extension not specified']]);
  });

  it('tells of a Local channel each time either half changes', async () => {
    const states = await changes(() => ami.ask('Originate', { Channel: 'Local/ringing@hints/n', Application: 'Wait', Data: '1', Timeout: 300, Async: 'true' }), 3, /Local\/ringing@hints/); // prettier-ignore
    expect(states).toEqual(['INUSE', 'NOT_INUSE', 'NOT_INUSE'].map((state) => `DeviceStateChange Local/ringing@hints ${state}`)); // prettier-ignore
  });

  it('keeps presence', async () => {
    const presence = async (headers: Headers) => (await ami.ask('PresenceState', headers)).headers.slice(2);
    const me = { Provider: 'CustomPresence:me' };
    expect(await presence(me)).toEqual([['Message', 'Presence State'], ['State', 'not_set']]); // prettier-ignore
    expect(await presence({})).toEqual([['Message', 'No provider specified']]);
    expect(await presence({ Provider: 'bogus' })).toEqual([['Message', 'Invalid provider bogus or provider in invalid state']]); // prettier-ignore
    expect(await setvar('PRESENCE_STATE(CustomPresence:me)', 'bogus')).toBe('Error Variable not set');
    expect(await changes(() => setvar('PRESENCE_STATE(CustomPresence:me)', 'away,sub,msg'), 1, /Presence/)).toEqual(['PresenceStateChange CustomPresence:me away sub msg']); // prettier-ignore
    expect(await presence(me)).toEqual([['Message', 'Presence State'], ['State', 'away'], ['Subtype', 'sub'], ['Message', 'msg'], ['PresenceMessage', 'msg']]); // prettier-ignore
    expect(await value('PRESENCE_STATE(CustomPresence:me,value)')).toBe('away');
    const [, item] = await ami.list('PresenceStateList');
    expect(item?.names).toEqual(['Event', 'ActionID', 'Presentity', 'Status', 'Subtype', 'Message']);
    await setvar('PRESENCE_STATE(CustomPresence:me)', 'not_set');
  });
});
