import type { Box } from '../box.ts';
import { isReachable, isFree } from '../queue-members.ts';
import { memberFields, type Queue } from '../queue.ts';
import type { Fields } from '../wire.ts';
import { atTheEnd, type SimulatedAction } from './define.ts';

/** An unknown queue is a Success without items, as in Asterisk. */
const chosen = (box: Box, name: string): Queue[] =>
  [...box.queues.values()].filter((queue) => name === '' || queue.name === name);

const seconds = (box: Box, since: number) => Math.floor((box.clock.now() - since) / 1_000);

const percent = (part: number, whole: number) => (whole === 0 ? 0 : (100 * part) / whole).toFixed(1);

const parameters = (queue: Queue, id: Fields): Fields => {
  const { completed, abandoned, completedInServiceLevel, abandonedInServiceLevel } = queue;
  return [
    ['Event', 'QueueParams'],
    ['Queue', queue.name],
    ['Max', 0],
    ['Strategy', queue.strategy],
    ['Calls', queue.callers.length],
    ['Holdtime', queue.holdTime],
    ['TalkTime', queue.talkTime],
    ['Completed', completed],
    ['Abandoned', abandoned],
    ['ServiceLevel', 0],
    ['ServicelevelPerf', percent(completedInServiceLevel, completed)],
    ['ServicelevelPerf2', percent(completedInServiceLevel + abandonedInServiceLevel, completed + abandoned)],
    ['Weight', 0],
    ...id,
  ];
};

const statusItems = (box: Box, queue: Queue, member: string, id: Fields): Fields[] => [
  parameters(queue, id),
  ...queue.members
    .filter(({ location }) => member === '' || location === member)
    .map((known): Fields => [['Event', 'QueueMember'], ...memberFields(queue, known, 'item'), ...id]),
  ...queue.callers.map(({ channel, since }, index): Fields => [
    ['Event', 'QueueEntry'],
    ['Queue', queue.name],
    ['Position', index + 1],
    ['Channel', channel.name],
    ['Uniqueid', channel.uniqueId],
    ['CallerIDNum', channel.callerNumber || 'unknown'],
    ['CallerIDName', channel.callerName || 'unknown'],
    ['ConnectedLineNum', channel.connectedNumber || 'unknown'],
    ['ConnectedLineName', channel.connectedName || 'unknown'],
    ['Wait', seconds(box, since)],
    ['Priority', 0],
    ...id,
  ]),
];

/** What a queue tells and counts. */
export const queueActions: SimulatedAction[] = [
  {
    name: 'QueueSummary',
    classes: [],
    synopsis: 'Show queue summary.',
    run: ({ box, get, actionId }) => ({
      kind: 'list',
      message: 'Queue summary will follow',
      complete: 'QueueSummaryComplete',
      items: chosen(box, get('Queue')).map((queue): Fields => [
        ['Event', 'QueueSummary'],
        ['Queue', queue.name],
        ['LoggedIn', queue.members.filter(isReachable).length],
        ['Available', queue.members.filter((member) => isFree(member) && !member.paused).length],
        ['Callers', queue.callers.length],
        ['HoldTime', queue.holdTime],
        ['TalkTime', queue.talkTime],
        ['LongestHoldTime', Math.max(0, ...queue.callers.map(({ since }) => seconds(box, since)))],
        ...atTheEnd(actionId),
      ]),
    }),
  },
  {
    name: 'QueueStatus',
    classes: [],
    synopsis: 'Show queue status.',
    run: ({ box, get, actionId }) => ({
      kind: 'list',
      message: 'Queue status will follow',
      complete: 'QueueStatusComplete',
      items: chosen(box, get('Queue')).flatMap((queue) => statusItems(box, queue, get('Member'), atTheEnd(actionId))),
    }),
  },
  {
    name: 'QueueReset',
    classes: [],
    synopsis: 'Reset queue statistics.',
    run: ({ box, get }) => {
      for (const queue of chosen(box, get('Queue'))) {
        const none = { completed: 0, abandoned: 0, completedInServiceLevel: 0, abandonedInServiceLevel: 0 };
        Object.assign(queue, none, { holdTime: 0, talkTime: 0 });
        for (const member of queue.members) Object.assign(member, { callsTaken: 0, lastCall: 0 });
      }
      return { kind: 'success', message: 'Queue stats reset successfully' };
    },
  },
];
