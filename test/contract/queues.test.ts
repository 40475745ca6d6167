import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { describeEachPbx, eventually } from '../helpers/asterisk.ts';
import { type Frame, type Headers, loggedIn, type RawAmi } from '../helpers/raw-ami.ts';

const snapshotOf = (prefix: '' | 'Dest') =>
  ['Channel', 'ChannelState', 'ChannelStateDesc', 'CallerIDNum', 'CallerIDName', 'ConnectedLineNum', 'ConnectedLineName', 'Language', 'AccountCode', 'Context', 'Exten', 'Priority', 'Uniqueid', 'Linkedid'].map((name) => `${prefix}${name}`); // prettier-ignore
const head = ['Event', 'Privilege'];
const member = ['Queue', 'MemberName', 'Interface', 'StateInterface', 'Membership', 'Penalty', 'CallsTaken', 'LastCall', 'LastPause', 'LoginTime', 'InCall', 'Status', 'Paused', 'PausedReason', 'Ringinuse', 'Wrapuptime']; // prettier-ignore
const told = ['QueueCallerJoin', 'AgentCalled', 'DialBegin', 'DialEnd', 'AgentRingNoAnswer', 'QueueCallerAbandon', 'QueueCallerLeave', 'AgentConnect', 'BridgeEnter']; // prettier-ignore

describeEachPbx('Queues', (pbx) => {
  const open: RawAmi[] = [];
  const calls: string[] = [];
  const watch = async () => {
    const ami = await loggedIn(pbx, {});
    open.push(ami);
    return ami;
  };
  afterEach(async () => {
    for (const id of calls.splice(0)) await open[0]?.ask('Hangup', { Channel: id });
    for (const ami of open.splice(0)) ami.close();
  });

  const enter = async (ami: RawAmi, data: string) => {
    const id = randomUUID();
    calls.push(id);
    const call = { Channel: 'Local/answer@lab/n', ChannelId: id, Application: 'Queue', Data: data, Async: 'true' };
    await ami.ask('Originate', call);
    const of = (name: string) => (frame: Frame) => frame.get('Event') === name && frame.get('Linkedid') === id;
    return {
      id,
      event: (name: string) => ami.until(of(name)),
      story: () =>
        ami.frames
          .filter((frame) => frame.get('Linkedid') === id && told.includes(frame.get('Event') ?? ''))
          .map((frame) => `${frame.get('Event')} ${frame.get('MemberName') ?? frame.get('DialStatus') ?? ''}`.trim()),
    };
  };
  const statusOf = async (ami: RawAmi, queue: string) => {
    const items = await ami.list('QueueStatus', { Queue: queue });
    const one = (event: string) => items.filter((item) => item.get('Event') === event);
    return { queue: one('QueueParams')[0], members: one('QueueMember'), callers: one('QueueEntry') };
  };
  const counts = (frame?: Frame) =>
    ['Calls', 'Completed', 'Abandoned', 'ServicelevelPerf', 'ServicelevelPerf2'].map((name) => frame?.get(name));

  it('rings all members and gives the caller to the first who answers', async () => {
    const ami = await watch();
    const call = await enter(ami, 'answer-queue');
    const joined = await call.event('QueueCallerJoin');
    expect(joined.names).toEqual([...head, ...snapshotOf(''), 'Queue', 'Position', 'Count']);
    expect(joined.headers.slice(-3).map(([, value]) => value)).toEqual(['answer-queue', '1', '1']);
    const { queue, callers } = await statusOf(ami, 'answer-queue');
    expect(queue?.get('Calls')).toBe('1');
    await eventually(async () => {
      const { members } = await statusOf(ami, 'answer-queue');
      expect(members.map((item) => item.get('Status'))).toContain('2');
    }, 3_000);
    expect(callers.map((item) => [item.get('Position'), item.get('Uniqueid')])).toEqual([['1', call.id]]);

    const called = await call.event('AgentCalled');
    expect(called.names).toEqual([...head, ...snapshotOf(''), ...snapshotOf('Dest'), 'Queue', 'Interface', 'MemberName']); // prettier-ignore
    expect(called.get('Privilege')).toBe('agent,all');
    expect([called.get('ConnectedLineNum'), called.get('DestCallerIDNum')]).toEqual(['<unknown>', 'answer']);
    const begun = await call.event('DialBegin');
    expect(begun.get('DialString')).toBe(called.get('Interface'));
    const connected = await call.event('AgentConnect');
    expect(connected.names).toEqual([...called.names, 'HoldTime', 'RingTime']);
    expect(connected.get('RingTime')).toBe('0');
    await ami.until((frame) => frame.get('Event') === 'BridgeEnter' && frame.get('Uniqueid') === call.id);
    expect(call.story().toSorted().slice(0, 2)).toEqual(['AgentCalled Anna', 'AgentCalled Rita']);
    expect(call.story().filter((line) => !/^(AgentCalled|DialBegin)/.test(line))).toEqual([
      'QueueCallerJoin',
      'DialEnd ANSWER',
      'DialEnd CANCEL',
      'DialEnd CANCEL',
      'QueueCallerLeave',
      'AgentConnect Anna',
      'BridgeEnter',
      'BridgeEnter',
    ]);
    const anna = (await statusOf(ami, 'answer-queue')).members.find((item) => item.get('Name') === 'Anna');
    expect([anna?.get('InCall'), anna?.get('Status'), anna?.get('CallsTaken')]).toEqual(['1', '2', '0']);
  });

  it('counts a call that its agent has ended, and forgets it on request', async () => {
    const ami = await watch();
    await ami.ask('QueueReset', { Queue: 'brief-queue' });
    const call = await enter(ami, 'brief-queue');
    const complete = await ami.until((frame) => frame.get('Event') === 'AgentComplete' && frame.get('Queue') === 'brief-queue'); // prettier-ignore
    // The snapshots of caller and agent are there only while their channels still are.
    const snapshots = [...snapshotOf(''), ...snapshotOf('Dest')];
    const names = complete.names.filter((name) => !snapshots.includes(name));
    expect(names).toEqual([...head, 'Queue', 'Interface', 'MemberName', 'HoldTime', 'TalkTime', 'Reason']);
    expect([undefined, call.id]).toContain(complete.get('Linkedid'));
    expect([complete.get('MemberName'), complete.get('Reason')]).toEqual(['Bea', 'agent']);
    // Whole seconds of the clock: an answer in no time may lie on both sides of one.
    expect(complete.get('HoldTime')).toMatch(/^[01]$/);
    expect(complete.get('TalkTime')).toMatch(/^[12]$/);
    await ami.until((frame) => frame.get('Event') === 'Hangup' && frame.get('Uniqueid') === call.id);
    const ofBea = (frame: Frame) => frame.get('Event') === 'QueueMemberStatus' && frame.get('Queue') === 'brief-queue';
    const free = await ami.until((frame) => ofBea(frame) && frame.get('Status') === '1');
    expect(free.names).toEqual([...head, ...member]);
    expect(ami.frames.filter(ofBea)[0]?.get('Status')).toBe('2');

    const after = await statusOf(ami, 'brief-queue');
    const inTime = complete.get('HoldTime') === '0' ? '100.0' : '0.0';
    expect(counts(after.queue)).toEqual(['0', '1', '0', inTime, inTime]);
    expect(after.queue?.get('TalkTime')).toBe(complete.get('TalkTime'));
    expect([after.members[0]?.get('CallsTaken'), after.members[0]?.get('InCall')]).toEqual(['1', '0']);
    const reset = await ami.ask('QueueReset', { Queue: 'brief-queue' });
    expect(reset.get('Message')).toBe('Queue stats reset successfully');
    const fresh = await statusOf(ami, 'brief-queue');
    expect(counts(fresh.queue)).toEqual(['0', '0', '0', '0.0', '0.0']);
    expect([fresh.members[0]?.get('CallsTaken'), fresh.members[0]?.get('LastCall')]).toEqual(['0', '0']);
  });

  it('tells agents who do not answer, and lets the caller go after his time', async () => {
    const ami = await watch();
    await ami.ask('QueueReset', { Queue: 'silent-queue' });
    const call = await enter(ami, 'silent-queue,,,,2');
    const missed = await call.event('AgentRingNoAnswer');
    expect(missed.names).toEqual([...head, ...snapshotOf(''), ...snapshotOf('Dest'), 'Queue', 'Interface', 'MemberName', 'RingTime']); // prettier-ignore
    expect(Math.abs(Number(missed.get('RingTime')) - 1_000)).toBeLessThan(100);
    const abandoned = await call.event('QueueCallerAbandon');
    expect(abandoned.names).toEqual([...head, ...snapshotOf(''), 'Queue', 'Position', 'OriginalPosition', 'HoldTime']);
    expect(abandoned.get('HoldTime')).toMatch(/^[23]$/);
    const left = await call.event('QueueCallerLeave');
    expect(left.headers.slice(-3).map(([, value]) => value)).toEqual(['silent-queue', '1', '0']);
    expect(call.story().slice(0, 8)).toEqual([
      'QueueCallerJoin',
      'AgentCalled Rita',
      'DialBegin',
      'AgentRingNoAnswer Rita',
      'DialEnd NOANSWER',
      'DialEnd CANCEL',
      'QueueCallerAbandon',
      'QueueCallerLeave',
    ]);
    expect(counts((await statusOf(ami, 'silent-queue')).queue)).toEqual(['0', '0', '1', '0.0', '0.0']);
  });

  it('stops ringing when the caller hangs up', async () => {
    const ami = await watch();
    await ami.ask('QueueReset', { Queue: 'answer-queue' });
    const call = await enter(ami, 'answer-queue');
    await ami.until((frame) => frame.get('MemberName') === 'Rita' && frame.get('Event') === 'AgentCalled');
    await ami.ask('Hangup', { Channel: call.id });
    await call.event('QueueCallerLeave');
    expect(call.story().filter((line) => !/^(AgentCalled|DialBegin)/.test(line))).toEqual([
      'QueueCallerJoin',
      ...Array<string>(4).fill('DialEnd CANCEL'),
      'QueueCallerAbandon',
      'QueueCallerLeave',
    ]);
    expect(counts((await statusOf(ami, 'answer-queue')).queue)).toEqual(['0', '0', '1', '0.0', '100.0']);
  });

  it('rings one after the other in a linear queue', async () => {
    const ami = await watch();
    const call = await enter(ami, 'linear-queue');
    await call.event('AgentConnect');
    expect(call.story().filter((line) => line.startsWith('Agent'))).toEqual([
      'AgentCalled Bert',
      'AgentRingNoAnswer Bert',
      'AgentCalled Rita',
      'AgentRingNoAnswer Rita',
      'AgentCalled Anna',
      'AgentConnect Anna',
    ]);
  });

  it('lets members take turns in a queue with memory', async () => {
    const ami = await watch();
    const first = await (await enter(ami, 'rotating-queue')).event('AgentConnect');
    const second = await (await enter(ami, 'rotating-queue')).event('AgentConnect');
    expect([first, second].map((frame) => frame.get('MemberName')).toSorted()).toEqual(['Anna', 'Bea']);
  });

  it('says of every action on members what came of it', async () => {
    const ami = await watch();
    const at = { Queue: 'empty-queue', Interface: 'Local/echo@lab' };
    const nobody = { ...at, Interface: 'Local/none@lab' };
    const nowhere = { ...at, Queue: 'zz' };
    const script: [action: string, headers: Headers, kind: string, message: string][] = [
      ['QueueAdd', {}, 'Error', "'Queue' not specified."],
      ['QueueAdd', { Queue: 'empty-queue' }, 'Error', "'Interface' not specified."],
      ['QueueAdd', nowhere, 'Error', 'Unable to add interface to queue: No such queue'],
      ['QueueAdd', { ...at, Penalty: 2, MemberName: 'Ada', Paused: 'yes', StateInterface: 'Local/none@lab' }, 'Success', 'Added interface to queue'], // prettier-ignore
      ['QueueAdd', at, 'Error', 'Unable to add interface: Already there'],
      ['QueuePause', { Interface: 'x' }, 'Error', "Need 'Interface' and 'Paused' parameters."],
      ['QueuePause', { ...nobody, Paused: 1 }, 'Error', 'Interface not found'],
      ['QueuePause', { ...at, Paused: 'false', Reason: 'back' }, 'Success', 'Interface unpaused successfully'],
      ['QueuePause', { Interface: at.Interface, Paused: 'true', Reason: 'lunch' }, 'Success', 'Interface paused successfully'], // prettier-ignore
      ['QueuePenalty', { Interface: 'x' }, 'Error', "Need 'Interface' and 'Penalty' parameters."],
      ['QueuePenalty', { ...at, Penalty: -1 }, 'Error', 'Invalid interface, queuename or penalty'],
      ['QueuePenalty', { ...nobody, Penalty: 1 }, 'Error', 'Invalid interface, queuename or penalty'],
      ['QueuePenalty', { ...at, Penalty: '4x' }, 'Success', 'Interface penalty set successfully'],
      ['QueueMemberRingInUse', { Interface: 'x' }, 'Error', "Need 'Interface' and 'RingInUse' parameters."],
      ['QueueMemberRingInUse', { ...at, RingInUse: 'perhaps' }, 'Error', "'RingInUse' parameter must be a truth value (yes/no, on/off, 0/1, etc)"], // prettier-ignore
      [
        'QueueMemberRingInUse',
        { ...nobody, RingInUse: 'no' },
        'Error',
        'Invalid interface, queuename, or ringinuse value\n',
      ],
      ['QueueMemberRingInUse', { ...at, RingInUse: 'no' }, 'Success', 'Interface ringinuse set successfully'],
      ['QueueRemove', {}, 'Error', "Need 'Queue' and 'Interface' parameters."],
      ['QueueRemove', nowhere, 'Error', 'Unable to remove interface from queue: No such queue'],
      ['QueueRemove', nobody, 'Error', 'Unable to remove interface: Not there'],
      ['QueueRemove', { Queue: 'silent-queue', Interface: 'Local/ring@lab/n' }, 'Error', 'Member not dynamic'],
      ['QueueRemove', at, 'Success', 'Removed interface from queue'],
    ];
    for (const [action, headers, kind, message] of script) {
      const reply = await ami.ask(action, headers);
      expect([action, headers, reply.get('Response'), reply.get('Message')]).toEqual([action, headers, kind, message]);
      if (action !== 'QueueAdd' || kind === 'Error') continue;
      const summary = (await ami.list('QueueSummary', { Queue: 'empty-queue' }))[1];
      expect(['LoggedIn', 'Available', 'Callers'].map((name) => summary?.get(name))).toEqual(['0', '0', '0']);
      const [item] = (await statusOf(ami, 'empty-queue')).members;
      expect(item?.names.filter((name) => name !== 'ActionID')).toEqual(['Event', 'Queue', 'Name', 'Location', ...member.slice(3).filter((name) => name !== 'Ringinuse')]); // prettier-ignore
    }
    await ami.until((frame) => frame.get('Event') === 'QueueMemberRemoved');
    const events = ami.frames.filter((frame) => frame.get('Event')?.startsWith('QueueMember') && frame.get('MemberName') === 'Ada'); // prettier-ignore
    for (const event of events) expect(event.names.filter((name) => name !== 'Reason')).toEqual([...head, ...member]);
    const on22 = pbx.release === 22;
    const shown = ['Event', 'Status', 'Penalty', 'Paused', 'PausedReason', 'Ringinuse', 'Reason'];
    expect(events.map((event) => shown.map((name) => event.get(name)))).toEqual([
      ['QueueMemberAdded', '4', '2', '1', '', '1', undefined],
      ['QueueMemberPause', '4', '2', '0', ...(on22 ? ['back', '1', undefined] : ['', '1', 'back'])],
      ['QueueMemberPause', '4', '2', '1', 'lunch', '1', on22 ? undefined : 'lunch'],
      ['QueueMemberPenalty', '4', '4', '1', 'lunch', '1', undefined],
      ['QueueMemberRinginuse', '4', '4', '1', 'lunch', '0', undefined],
      ['QueueMemberRemoved', '4', '4', '1', 'lunch', '0', undefined],
    ]);
  });
});
