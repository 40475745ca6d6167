import type { Box } from './box.ts';
import { type Channel, STATE } from './channel.ts';
import { memberFields, type QueueMember } from './queue.ts';

/** Device states as queues count them. */
export const DEVICE = { free: 1, inUse: 2, invalid: 4, unavailable: 5, ringing: 6 } as const;

/** `Local/100@office` of `Local/100@office/n`: what the names of its channels begin with. */
const deviceOf = (dialString: string): string => dialString.split('/', 2).join('/').toLowerCase();

const isOf = (device: string, { name }: Channel): boolean => name.toLowerCase().startsWith(`${device}-`);

export const deviceStatus = (box: Box, dialString: string): number => {
  const device = deviceOf(dialString);
  const channels = [...box.channels.values()].filter((channel) => isOf(device, channel));
  if (device.startsWith('local/')) {
    const [extension = '', context = 'default'] = dialString.slice(6).split('/', 1)[0]?.split('@') ?? [];
    if (!box.dialplan.find(context, extension)) return DEVICE.invalid;
    return channels.length > 0 ? DEVICE.inUse : DEVICE.free;
  }
  const endpoint = box.scenario.endpoints[dialString.split('/')[1] ?? ''];
  if (!endpoint) return DEVICE.invalid;
  if (endpoint.does === 'unregistered') return DEVICE.unavailable;
  if (channels.some(({ state }) => state === STATE.up)) return DEVICE.inUse;
  return channels.length > 0 ? DEVICE.ringing : DEVICE.free;
};

export const isReachable = ({ status }: QueueMember): boolean =>
  status !== DEVICE.invalid && status !== DEVICE.unavailable;

export const isFree = ({ status }: QueueMember): boolean => status === DEVICE.free;

/** May be rung now. */
export const isAvailable = (member: QueueMember): boolean =>
  !member.paused && isReachable(member) && (member.ringInUse || isFree(member));

/** Keeps the state of every member, and tells its changes. */
export const watchMembers = (box: Box): void => {
  for (const { members } of box.queues.values()) {
    for (const member of members) member.status = deviceStatus(box, member.stateInterface);
  }
  box.observers.add((channel, name) => {
    if (!['Newchannel', 'Newstate', 'Hangup'].includes(name)) return;
    for (const queue of box.queues.values()) {
      for (const member of queue.members) {
        if (!isOf(deviceOf(member.stateInterface), channel)) continue;
        const status = deviceStatus(box, member.stateInterface);
        if (status === member.status) continue;
        member.status = status;
        box.event('agent', 'QueueMemberStatus', memberFields(queue, member, 'event'));
      }
    }
  });
};
