import type { Box } from './box.ts';
import { type Channel, snapshot } from './channel.ts';
import type { Queue, QueueMember } from './queue.ts';

interface Talk {
  box: Box;
  queue: Queue;
  channel: Channel;
  agent: Channel;
  member: QueueMember;
  holdTime: number;
}

/** Asterisk's moving average of whole seconds. */
const average = (old: number, value: number, completed: number): number =>
  completed === 0 ? value : (old * 3 + value) >> 2;

/** Joins a caller to the agent who has answered, and counts the call when it is over. */
export const talkToAgent = ({ box, queue, channel, agent, member, holdTime }: Talk): void => {
  const since = Math.floor(box.clock.now() / 1_000);
  const talked = () => Math.floor(box.clock.now() / 1_000) - since;
  let over = false;
  queue.holdTime = average(queue.holdTime, holdTime, queue.completed);
  member.inCall = true;

  // AgentComplete follows a HangupRequest: where the action Hangup ends the call at one of the two, there is none.
  const onRequest = (leaving: Channel, name: string) => {
    if (name !== 'HangupRequest' || (leaving !== channel && leaving !== agent)) return;
    box.observers.delete(onRequest);
    box.event('agent', 'AgentComplete', [
      ...snapshot(channel),
      ...snapshot(agent, 'Dest'),
      ['Queue', queue.name],
      ['Interface', member.location],
      ['MemberName', member.name],
      ['HoldTime', holdTime],
      ['TalkTime', talked()],
      ['Reason', leaving === agent ? 'agent' : 'caller'],
    ]);
  };
  box.observers.add(onRequest);

  const finish = () => {
    if (over) return;
    over = true;
    box.observers.delete(onRequest);
    queue.talkTime = average(queue.talkTime, talked(), queue.completed);
    queue.completed += 1;
    if (holdTime <= 0) queue.completedInServiceLevel += 1;
    member.callsTaken += 1;
    member.lastCall = Math.floor(box.clock.now() / 1_000);
    member.inCall = false;
  };

  const bridge = box.bridges.create();
  for (const one of [agent, channel]) {
    one.onHangup.push(finish);
    box.bridges.join(bridge, one, () => {
      finish();
      box.hangUp(one, 16);
    });
  }
};
