import { type Channel, STATE } from './channel.ts';

/** From the weakest to the strongest: of several devices, or channels of one, the strongest shows. */
export const DEVICE_STATES = [
  'INVALID',
  'UNKNOWN',
  'UNAVAILABLE',
  'NOT_INUSE',
  'ONHOLD',
  'RINGING',
  'INUSE',
  'BUSY',
  'RINGINUSE',
] as const;

export type DeviceState = (typeof DEVICE_STATES)[number];

/** What an extension with a hint says of its devices. */
export const EXTENSION_STATUS: Readonly<Record<DeviceState, readonly [status: number, text: string]>> = {
  INVALID: [4, 'Unavailable'],
  UNKNOWN: [0, 'Idle'],
  UNAVAILABLE: [4, 'Unavailable'],
  NOT_INUSE: [0, 'Idle'],
  ONHOLD: [16, 'Hold'],
  RINGING: [8, 'Ringing'],
  INUSE: [1, 'InUse'],
  BUSY: [2, 'Busy'],
  RINGINUSE: [9, 'InUse&Ringing'],
};

/** One that rings among others in use makes the whole ring in use. */
export const aggregate = (states: readonly DeviceState[]): DeviceState => {
  const inUse = states.some((state) => ['INUSE', 'ONHOLD', 'BUSY'].includes(state));
  if (inUse && states.includes('RINGING')) return 'RINGINUSE';
  const order = states.map((state) => DEVICE_STATES.indexOf(state));
  return DEVICE_STATES[Math.max(0, ...order)] ?? 'INVALID';
};

export const ofChannel = ({ state }: Channel): DeviceState => {
  if (state === STATE.down) return 'NOT_INUSE';
  if (state === STATE.ringing) return 'RINGING';
  return state === STATE.busy ? 'BUSY' : 'INUSE';
};
