import type { Box } from '../box.ts';
import type { Fields } from '../wire.ts';
import type { Queue } from '../world.ts';
import type { SimulatedAction } from './define.ts';

/** An unknown queue is a Success without items, as in Asterisk. */
const chosen = (box: Box, name: string): Queue[] =>
  [...box.queues.values()].filter((queue) => name === '' || queue.name === name);

const seconds = (box: Box, since: number) => Math.floor((box.clock.now() - since) / 1_000);

const statusItems = (box: Box, queue: Queue): Fields[] => [
  [
    ['Event', 'QueueParams'],
    ['Queue', queue.name],
    ['Max', 0],
    ['Strategy', queue.strategy],
    ['Calls', queue.callers.length],
    ['Holdtime', 0],
    ['TalkTime', 0],
    ['Completed', queue.completed],
    ['Abandoned', queue.abandoned],
    ['ServiceLevel', 0],
    ['ServicelevelPerf', '0.0'],
    ['ServicelevelPerf2', '0.0'],
    ['Weight', 0],
  ],
  ...queue.members.map((member): Fields => [
    ['Event', 'QueueMember'],
    ['Queue', queue.name],
    ['Name', member.name],
    ['Location', member.location],
    ['StateInterface', member.location],
    ['Membership', 'static'],
    ['Penalty', 0],
    ['CallsTaken', member.callsTaken],
    ['LastCall', member.lastCall],
    ['LastPause', 0],
    ['LoginTime', member.loginTime],
    ['InCall', 0],
    ['Status', 1],
    ['Paused', 0],
    ['PausedReason', ''],
    ['Wrapuptime', 0],
  ]),
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
  ]),
];

export const queueActions: SimulatedAction[] = [
  {
    name: 'QueueSummary',
    classes: [],
    synopsis: 'Show queue summary.',
    run: ({ box, get }) => ({
      kind: 'list',
      message: 'Queue summary will follow',
      complete: 'QueueSummaryComplete',
      items: chosen(box, get('Queue')).map((queue): Fields => [
        ['Event', 'QueueSummary'],
        ['Queue', queue.name],
        ['LoggedIn', queue.members.length],
        ['Available', queue.members.length],
        ['Callers', queue.callers.length],
        ['HoldTime', 0],
        ['TalkTime', 0],
        ['LongestHoldTime', Math.max(0, ...queue.callers.map(({ since }) => seconds(box, since)))],
      ]),
    }),
  },
  {
    name: 'QueueStatus',
    classes: [],
    synopsis: 'Show queue status.',
    run: ({ box, get }) => ({
      kind: 'list',
      message: 'Queue status will follow',
      complete: 'QueueStatusComplete',
      items: chosen(box, get('Queue')).flatMap((queue) => statusItems(box, queue)),
    }),
  },
];
