import { isTrue } from '../classes.ts';
import type { Box } from '../box.ts';
import { deviceStatus } from '../queue-members.ts';
import { createMember, memberFields, type Queue, type QueueMember } from '../queue.ts';
import type { Fields } from '../wire.ts';
import { type Answer, type Call, error, leadingNumber, type SimulatedAction, success } from './define.ts';

const isFalse = (text: string) => /^(no|false|n|f|0|off)$/i.test(text);

const numberOf = (text: string) => leadingNumber(text) ?? 0;

const tell = (box: Box, name: string, queue: Queue, member: QueueMember, more: Fields = []) => {
  box.event('agent', name, [...memberFields(queue, member, 'event'), ...more]);
};

/** Does something to a member in one queue, or in all where none is named; false where it is in none of them. */
const eachMembership = ({ box, get }: Call, act: (queue: Queue, member: QueueMember) => void): boolean => {
  let found = false;
  for (const queue of box.queues.values()) {
    if (get('Queue') !== '' && queue.name !== get('Queue')) continue;
    const member = queue.members.find(({ location }) => location === get('Interface'));
    if (!member) continue;
    act(queue, member);
    found = true;
  }
  return found;
};

const add = ({ box, get }: Call): Answer => {
  if (get('Queue') === '') return error("'Queue' not specified.");
  if (get('Interface') === '') return error("'Interface' not specified.");
  const queue = box.queues.get(get('Queue'));
  if (!queue) return error('Unable to add interface to queue: No such queue');
  const location = get('Interface');
  if (queue.members.some((member) => member.location === location)) {
    return error('Unable to add interface: Already there');
  }
  const now = Math.floor(box.clock.now() / 1_000);
  const member = createMember({
    location,
    stateInterface: get('StateInterface') || location,
    name: get('MemberName') || location,
    membership: 'dynamic',
    penalty: Math.max(0, numberOf(get('Penalty'))),
    loginTime: now,
    ringInUse: queue.ringInUse,
  });
  member.status = deviceStatus(box, member.stateInterface);
  member.paused = isTrue(get('Paused'));
  if (member.paused) member.lastPause = now;
  queue.members.push(member);
  tell(box, 'QueueMemberAdded', queue, member);
  return success('Added interface to queue');
};

const remove = ({ box, get }: Call): Answer => {
  if (get('Queue') === '' || get('Interface') === '') return error("Need 'Queue' and 'Interface' parameters.");
  const queue = box.queues.get(get('Queue'));
  if (!queue) return error('Unable to remove interface from queue: No such queue');
  const at = queue.members.findIndex(({ location }) => location === get('Interface'));
  const member = queue.members[at];
  if (!member) return error('Unable to remove interface: Not there');
  if (member.membership === 'static') return error('Member not dynamic');
  queue.members.splice(at, 1);
  tell(box, 'QueueMemberRemoved', queue, member);
  return success('Removed interface from queue');
};

const pause = (call: Call): Answer => {
  const { box, get } = call;
  if (get('Interface') === '' || get('Paused') === '') return error("Need 'Interface' and 'Paused' parameters.");
  const paused = isTrue(get('Paused'));
  const reason = get('Reason');
  const found = eachMembership(call, (queue, member) => {
    member.paused = paused;
    // 22 remembers the reason of an unpause too, and 16 tells it in a header of its own.
    member.pausedReason = paused || box.release === 22 ? reason : '';
    if (paused) member.lastPause = Math.floor(box.clock.now() / 1_000);
    tell(box, 'QueueMemberPause', queue, member, reason === '' || box.release === 22 ? [] : [['Reason', reason]]);
  });
  return found ? success(`Interface ${paused ? '' : 'un'}paused successfully`) : error('Interface not found');
};

const setPenalty = (call: Call): Answer => {
  const { box, get } = call;
  if (get('Interface') === '' || get('Penalty') === '') return error("Need 'Interface' and 'Penalty' parameters.");
  const penalty = numberOf(get('Penalty'));
  const found =
    penalty >= 0 &&
    eachMembership(call, (queue, member) => {
      member.penalty = penalty;
      tell(box, 'QueueMemberPenalty', queue, member);
    });
  return found ? success('Interface penalty set successfully') : error('Invalid interface, queuename or penalty');
};

const setRingInUse = (call: Call): Answer => {
  const { box, get } = call;
  const wanted = get('RingInUse');
  if (get('Interface') === '' || wanted === '') return error("Need 'Interface' and 'RingInUse' parameters.");
  if (!isTrue(wanted) && !isFalse(wanted)) {
    return error("'RingInUse' parameter must be a truth value (yes/no, on/off, 0/1, etc)");
  }
  const found = eachMembership(call, (queue, member) => {
    member.ringInUse = isTrue(wanted);
    tell(box, 'QueueMemberRinginuse', queue, member);
  });
  // Asterisk's text ends with a bare LF of its own.
  return found
    ? success('Interface ringinuse set successfully')
    : error('Invalid interface, queuename, or ringinuse value\n');
};

const action = (name: string, synopsis: string, run: SimulatedAction['run']): SimulatedAction => ({
  name,
  classes: ['agent'],
  synopsis,
  run,
});

/** What can be done to the members of queues. */
export const queueMemberActions: SimulatedAction[] = [
  action('QueueAdd', 'Add interface to queue.', add),
  action('QueueRemove', 'Remove interface from queue.', remove),
  action('QueuePause', 'Makes a queue member temporarily unavailable.', pause),
  action('QueuePenalty', 'Set the penalty for a queue member.', setPenalty),
  action('QueueMemberRingInUse', 'Set the ringinuse value for a queue member.', setRingInUse),
];
