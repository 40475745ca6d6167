import type { Channel } from './channel.ts';
import type { Scenario } from './scenario.ts';
import type { Fields } from './wire.ts';

export interface QueueMember {
  readonly location: string;
  readonly stateInterface: string;
  readonly name: string;
  readonly membership: 'static' | 'dynamic';
  penalty: number;
  callsTaken: number;
  /** Times are in seconds, and 0 where it never happened. */
  lastCall: number;
  lastPause: number;
  readonly loginTime: number;
  inCall: boolean;
  status: number;
  paused: boolean;
  pausedReason: string;
  ringInUse: boolean;
}

export interface QueueCaller {
  readonly channel: Channel;
  readonly since: number;
  readonly originalPosition: number;
}

export interface Queue {
  readonly name: string;
  readonly strategy: string;
  readonly timeout: number;
  readonly retry: number;
  readonly ringInUse: boolean;
  readonly members: QueueMember[];
  readonly callers: QueueCaller[];
  completed: number;
  abandoned: number;
  /** The ones that waited less than a second: the service level is 0 seconds. */
  completedInServiceLevel: number;
  abandonedInServiceLevel: number;
  holdTime: number;
  talkTime: number;
  /** Whose turn is next, where members take turns. */
  turn: number;
}

export interface NewMember {
  location: string;
  name: string;
  membership: QueueMember['membership'];
  penalty: number;
  loginTime: number;
  ringInUse: boolean;
  stateInterface?: string;
}

export const createMember = (options: NewMember): QueueMember => ({
  stateInterface: options.location,
  callsTaken: 0,
  lastCall: 0,
  lastPause: 0,
  inCall: false,
  status: 0,
  paused: false,
  pausedReason: '',
  ...options,
});

export const createQueues = ({ queues }: Scenario, now: number): Map<string, Queue> =>
  new Map(
    Object.entries(queues).map(([name, { strategy, timeout, retry, ringinuse, members }]) => [
      name,
      {
        name,
        strategy,
        timeout,
        retry,
        ringInUse: ringinuse,
        members: Object.entries(members).map(([location, member]) =>
          createMember({
            location,
            name: typeof member === 'string' ? member : member.name,
            membership: 'static',
            penalty: typeof member === 'string' ? 0 : member.penalty,
            loginTime: Math.floor(now / 1_000),
            ringInUse: ringinuse,
          }),
        ),
        callers: [],
        completed: 0,
        abandoned: 0,
        completedInServiceLevel: 0,
        abandonedInServiceLevel: 0,
        holdTime: 0,
        talkTime: 0,
        turn: 0,
      },
    ]),
  );

/** Events of a member name it by Interface and tell Ringinuse; the items of QueueStatus do neither. */
export const memberFields = (queue: Queue, member: QueueMember, as: 'event' | 'item'): Fields => [
  ['Queue', queue.name],
  [as === 'event' ? 'MemberName' : 'Name', member.name],
  [as === 'event' ? 'Interface' : 'Location', member.location],
  ['StateInterface', member.stateInterface],
  ['Membership', member.membership],
  ['Penalty', member.penalty],
  ['CallsTaken', member.callsTaken],
  ['LastCall', member.lastCall],
  ['LastPause', member.lastPause],
  ['LoginTime', member.loginTime],
  ['InCall', member.inCall ? 1 : 0],
  ['Status', member.status],
  ['Paused', member.paused ? 1 : 0],
  ['PausedReason', member.pausedReason],
  ...(as === 'event' ? [['Ringinuse', member.ringInUse ? 1 : 0] as const] : []),
  ['Wrapuptime', 0],
];
