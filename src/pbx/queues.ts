import { QueueStatus, QueueSummary } from '../ami/actions/queue.ts';
import type { Frame } from '../ami/frame.ts';
import type { GuardedSender } from '../auth/guard.ts';
import { GatewayError } from '../lib/errors.ts';
import { epochToTime, integer, type Party, party, textOrNull } from './shared.ts';

/** Device states, as Asterisk numbers them. */
export const MEMBER_STATUSES = [
  'unknown', 'not-in-use', 'in-use', 'busy', 'invalid', 'unavailable', 'ringing', 'ringing-in-use', 'on-hold',
] as const; // prettier-ignore
export type MemberStatus = (typeof MEMBER_STATUSES)[number];

export interface QueueSummaryItem {
  name: string;
  pbx: string;
  membersLoggedIn: number;
  membersAvailable: number;
  callers: number;
  averageHoldSeconds: number;
  averageTalkSeconds: number;
  longestHoldSeconds: number;
}

export interface QueueMember {
  name: string;
  interface: string;
  stateInterface: string | null;
  membership: string;
  penalty: number;
  callsTaken: number;
  lastCallAt: string | null;
  lastPauseAt: string | null;
  inCall: boolean;
  status: MemberStatus;
  paused: boolean;
  pausedReason: string | null;
  wrapUpSeconds: number;
}

export interface QueueCaller {
  position: number;
  channel: string;
  channelId: string;
  caller: Party;
  connectedLine: Party;
  waitSeconds: number;
  priority: number | null;
}

export interface Queue {
  name: string;
  pbx: string;
  /** Null stands for no bound. */
  maxCallers: number | null;
  strategy: string;
  callers: QueueCaller[];
  averageHoldSeconds: number;
  averageTalkSeconds: number;
  completedCalls: number;
  abandonedCalls: number;
  serviceLevelSeconds: number;
  serviceLevelPercent: number;
  weight: number;
  members: QueueMember[];
}

export interface Queues {
  list(): Promise<QueueSummaryItem[]>;
  /** Rejects with `no-such-queue`, although Asterisk calls that a success. */
  get(name: string): Promise<Queue>;
}

export const createQueues = ({ sender, pbx }: { sender: GuardedSender; pbx: string }): Queues => ({
  async list() {
    const { items } = await sender.send(QueueSummary({}));
    return items.map((item) => ({
      name: item.get('Queue') ?? '',
      pbx,
      membersLoggedIn: integer(item, 'LoggedIn'),
      membersAvailable: integer(item, 'Available'),
      callers: integer(item, 'Callers'),
      averageHoldSeconds: integer(item, 'HoldTime'),
      averageTalkSeconds: integer(item, 'TalkTime'),
      longestHoldSeconds: integer(item, 'LongestHoldTime'),
    }));
  },
  async get(name) {
    const { items } = await sender.send(QueueStatus({ Queue: name }));
    const of = (event: string) => items.filter((item) => item.event === event);
    const parameters = of('QueueParams')[0];
    if (!parameters) throw new GatewayError('no-such-queue', 'No such queue');
    const max = integer(parameters, 'Max');
    return {
      name: parameters.get('Queue') ?? name,
      pbx,
      maxCallers: max === 0 ? null : max,
      strategy: parameters.get('Strategy') ?? '',
      callers: of('QueueEntry').map(toCaller),
      averageHoldSeconds: integer(parameters, 'Holdtime'),
      averageTalkSeconds: integer(parameters, 'TalkTime'),
      completedCalls: integer(parameters, 'Completed'),
      abandonedCalls: integer(parameters, 'Abandoned'),
      serviceLevelSeconds: integer(parameters, 'ServiceLevel'),
      serviceLevelPercent: integer(parameters, 'ServicelevelPerf'),
      weight: integer(parameters, 'Weight'),
      members: of('QueueMember').map(toMember),
    };
  },
});

const toMember = (item: Frame): QueueMember => ({
  name: item.get('Name') ?? '',
  interface: item.get('Location') ?? '',
  stateInterface: textOrNull(item.get('StateInterface')),
  membership: item.get('Membership') ?? '',
  penalty: integer(item, 'Penalty'),
  callsTaken: integer(item, 'CallsTaken'),
  lastCallAt: epochToTime(item.get('LastCall')),
  lastPauseAt: epochToTime(item.get('LastPause')),
  inCall: item.get('InCall') === '1',
  status: MEMBER_STATUSES[integer(item, 'Status')] ?? 'unknown',
  paused: item.get('Paused') === '1',
  pausedReason: textOrNull(item.get('PausedReason')),
  wrapUpSeconds: integer(item, 'Wrapuptime'),
});

/** Only here does Asterisk say `unknown` of what it does not know, and means nobody of that name. */
const queued = (item: Frame, prefix: 'CallerID' | 'ConnectedLine'): Party => {
  const { number, name } = party(item, prefix);
  return { number: number === 'unknown' ? null : number, name: name === 'unknown' ? null : name };
};

const toCaller = (item: Frame): QueueCaller => ({
  position: integer(item, 'Position'),
  channel: item.get('Channel') ?? '',
  channelId: item.get('Uniqueid') ?? '',
  caller: queued(item, 'CallerID'),
  connectedLine: queued(item, 'ConnectedLine'),
  waitSeconds: integer(item, 'Wait'),
  priority: item.get('Priority') === undefined ? null : integer(item, 'Priority'),
});
