import type { CancelTimer } from '../lib/clock.ts';
import type { Application, Box } from './box.ts';
import { type Channel, snapshot, STATE } from './channel.ts';
import { createLeg, dialEvents, type LegOptions, PRESENTATION, tellDialled } from './dial.ts';
import { talkToAgent } from './queue-talk.ts';
import { isAvailable } from './queue-members.ts';
import type { Queue, QueueCaller, QueueMember } from './queue.ts';

interface RingingLeg {
  channel: Channel;
  member: QueueMember;
  since: number;
  events: ReturnType<typeof dialEvents>;
}

/** A caller behind as many others as there are members looks again so often whether it is his turn. */
const RECHECK_MS = 1_000;

/** Members in the order in which they are to be called: by penalty, then as the strategy has it. */
const inOrder = (queue: Queue, turn: number): QueueMember[] => {
  const rotated = [...queue.members.slice(turn), ...queue.members.slice(0, turn)];
  return (queue.strategy === 'ringall' ? queue.members : rotated).toSorted((a, b) => a.penalty - b.penalty);
};

const isKnown = ({ callerNumber, callerName }: Channel) => callerNumber !== '' || callerName !== '';

/** What an agent's channel shows: who waits, or else where. */
const calledByQueue = (box: Box, from: Channel, resource: string): Pick<LegOptions, 'introduce' | 'prepare'> => {
  const shown = { callerNumber: from.callerNumber || from.extension, callerName: from.callerName };
  return {
    introduce(channel, far) {
      if (far) box.setVariable(channel, 'DIALEDPEERNUMBER', resource);
      else Object.assign(channel, shown);
    },
    prepare(channel, far) {
      if (far)
        Object.assign(channel, {
          callerNumber: from.callerNumber,
          callerName: from.callerName,
          connectedNumber: shown.callerNumber,
          connectedName: shown.callerName,
        });
      if (!far || isKnown(from)) box.onChannel(channel, 'NewCallerid', PRESENTATION);
      if (far) box.onChannel(channel, 'NewConnectedLine');
      else box.setVariable(channel, 'DIALEDPEERNUMBER', resource);
    },
  };
};

const wait = (box: Box, queue: Queue, channel: Channel, limit: number, next: () => void): void => {
  const caller: QueueCaller = {
    channel,
    since: box.clock.now(),
    originalPosition: queue.callers.length + 1,
  };
  const legs = new Set<RingingLeg>();
  let tried = new Set<QueueMember>();
  let turn = 0;
  let waiting = true;
  let cancelRound: CancelTimer = () => {};
  let cancelLimit: CancelTimer = () => {};

  const at = () => [['Queue', queue.name], ['Position', queue.callers.indexOf(caller) + 1]] as const; // prettier-ignore
  const count = () => ['Count', queue.callers.length] as const;
  const seconds = (since: number) => Math.floor((box.clock.now() - since) / 1_000);

  const agentEvent = (name: string, { channel: far, member }: RingingLeg, more: readonly [string, number][] = []) => {
    box.event('agent', name, [
      ...snapshot(channel),
      ...snapshot(far, 'Dest'),
      ['Queue', queue.name],
      ['Interface', member.location],
      ['MemberName', member.name],
      ...more,
    ]);
  };

  const dropLegs = (cause: number) => {
    const ringing = [...legs];
    legs.clear();
    for (const { channel: far, events } of ringing) {
      events.end('CANCEL');
      box.hangUp(far, cause);
    }
  };

  const leave = () => {
    waiting = false;
    cancelRound();
    cancelLimit();
    box.onChannel(channel, 'MusicOnHoldStop');
    const position = at();
    queue.callers.splice(queue.callers.indexOf(caller), 1);
    box.onChannel(channel, 'QueueCallerLeave', [...position, count()], 'agent');
  };

  const abandon = () => {
    queue.abandoned += 1;
    if (seconds(caller.since) === 0) queue.abandonedInServiceLevel += 1;
    const fields = [['OriginalPosition', caller.originalPosition], ['HoldTime', seconds(caller.since)]] as const; // prettier-ignore
    box.onChannel(channel, 'QueueCallerAbandon', [...at(), ...fields], 'agent');
    leave();
  };

  const gone = () => {
    for (const { events } of legs) events.end('CANCEL');
    dropLegs(0);
    box.setVariable(channel, 'ABANDONED', 'TRUE');
    abandon();
  };

  const nobodyAnswered = () => {
    for (const leg of legs) {
      agentEvent('AgentRingNoAnswer', leg, [['RingTime', box.clock.now() - leg.since]]);
      leg.events.end('NOANSWER');
    }
    dropLegs(0);
  };

  const ringLater = (ms: number) => {
    cancelRound();
    cancelRound = box.clock.setTimeout(ring, ms);
  };

  const refused = (leg: RingingLeg) => {
    if (!legs.delete(leg)) return;
    agentEvent('AgentRingNoAnswer', leg, [['RingTime', 0]]);
    if (queue.strategy !== 'ringall') callNext();
    if (waiting && legs.size === 0) ringLater(queue.retry * 1_000);
  };

  const connect = (leg: RingingLeg) => {
    leg.events.end('ANSWER');
    legs.delete(leg);
    for (const { events } of legs) events.end('CANCEL');
    // Cause 26: answered elsewhere.
    dropLegs(26);
    channel.onHangup = channel.onHangup.filter((hook) => hook !== gone);
    leave();
    box.setState(channel, STATE.up);
    const holdTime = seconds(caller.since);
    agentEvent('AgentConnect', leg, [['HoldTime', holdTime], ['RingTime', seconds(leg.since)]]); // prettier-ignore
    talkToAgent({ box, queue, channel, agent: leg.channel, member: leg.member, holdTime });
  };

  const call = (member: QueueMember) => {
    tried.add(member);
    turn = (queue.members.indexOf(member) + 1) % queue.members.length;
    if (queue.strategy !== 'linear') queue.turn = turn;
    const found = createLeg(box, member.location, {
      linkedId: channel.linkedId,
      application: 'AppQueue',
      ...calledByQueue(box, channel, member.location.slice(member.location.indexOf('/') + 1)),
    });
    if (!found) return;
    const far = found.channel;
    const { extension, connectedNumber, connectedName } = far;
    const asCalled = {
      extension: channel.extension,
      connectedNumber: channel.callerNumber,
      connectedName: channel.callerName,
    };
    const leg = {
      channel: far,
      member,
      since: box.clock.now(),
      events: dialEvents(box, channel, far, member.location),
    };
    legs.add(leg);
    // AgentCalled shows the agent's channel as it is next, DialBegin as it was.
    Object.assign(far, asCalled);
    agentEvent('AgentCalled', leg);
    Object.assign(far, { extension, connectedNumber, connectedName });
    leg.events.begin();
    Object.assign(far, asCalled);
    far.onProgress = (progress) => {
      if (!legs.has(leg)) return;
      if (progress === 'ringing') {
        leg.events.state('RINGING');
        tellDialled(box, far, 'AppQueue');
        if (isKnown(channel)) box.onChannel(far, 'NewConnectedLine');
      }
      if (progress === 'answered') connect(leg);
      else if (progress !== 'ringing') leg.events.end(progress.toUpperCase());
    };
    far.onHangup.push(() => {
      refused(leg);
    });
    found.start();
  };

  const callNext = () => {
    const linear = queue.strategy === 'linear';
    const free = inOrder(queue, linear ? turn : queue.turn).filter(
      (member) => isAvailable(member) && !tried.has(member),
    );
    const [first] = free;
    const together = free.filter(({ penalty }) => penalty === first?.penalty);
    for (const member of queue.strategy === 'ringall' ? together : free.slice(0, 1)) if (waiting) call(member);
  };

  const ring = () => {
    tried = new Set();
    if (queue.callers.indexOf(caller) >= queue.members.filter(isAvailable).length) {
      ringLater(RECHECK_MS);
      return;
    }
    cancelRound = box.clock.setTimeout(() => {
      nobodyAnswered();
      ringLater(queue.retry * 1_000);
    }, queue.timeout * 1_000);
    callNext();
    if (waiting && legs.size === 0) ringLater(queue.retry * 1_000);
  };

  queue.callers.push(caller);
  box.onChannel(channel, 'QueueCallerJoin', [...at(), count()], 'agent');
  box.onChannel(channel, 'MusicOnHoldStart', [['Class', 'default']]);
  channel.onHangup.push(gone);
  if (limit > 0) {
    cancelLimit = box.clock.setTimeout(() => {
      nobodyAnswered();
      channel.onHangup = channel.onHangup.filter((hook) => hook !== gone);
      // Asterisk calls this abandoned as well.
      abandon();
      box.setVariable(channel, 'QUEUESTATUS', 'TIMEOUT');
      next();
    }, limit * 1_000);
  }
  ring();
};

/** The application Queue: rings the members until one answers, the caller goes, or the time is over. */
export const queue: Application = (box, channel, data, next) => {
  const [name = '', , , , limit = ''] = data.split(',');
  const found = box.queues.get(name);
  if (found) wait(box, found, channel, Number(limit) || 0, next);
  else next();
};
