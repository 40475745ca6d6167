import type { Frame } from '../ami/frame.ts';
import { GatewayError } from '../lib/errors.ts';

/** Asterisk's ways of saying that it does not know: absent, empty, `<unknown>`, `(null)`. */
export const textOrNull = (value: string | undefined): string | null =>
  value === undefined || value === '' || value === '<unknown>' || value === '(null)' ? null : value;

export const numberOrNull = (value: string | undefined): number | null => {
  if (value === undefined || value === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
};

export const integer = (frame: Frame, name: string): number => numberOrNull(frame.get(name)) ?? 0;

/** `HH:MM:SS` (hours without bound) to seconds. */
export const clockToSeconds = (value: string | undefined): number | null => {
  const match = /^(\d+):(\d\d):(\d\d)$/.exec(value ?? '');
  return match ? Number(match[1]) * 3_600 + Number(match[2]) * 60 + Number(match[3]) : null;
};

/** Seconds since the epoch to a time; 0 stands for never. */
export const epochToTime = (value: string | undefined): string | null => {
  const seconds = numberOrNull(value);
  return seconds === null || seconds <= 0 ? null : new Date(seconds * 1_000).toISOString();
};

export const timeOrNull = (milliseconds: number | null): string | null =>
  milliseconds === null ? null : new Date(milliseconds).toISOString();

export interface Party {
  number: string | null;
  name: string | null;
}

export const party = (frame: Frame, prefix: 'CallerID' | 'ConnectedLine'): Party => ({
  number: textOrNull(frame.get(`${prefix}Num`)),
  name: textOrNull(frame.get(`${prefix}Name`)),
});

export interface DialplanPlace {
  context: string;
  extension: string;
  priority: number;
}

export type DialplanHas = (place: DialplanPlace) => Promise<boolean>;

/** Rejects with `no-such-extension`: Asterisk sends a call to a place that is not there, and the call ends. */
export const mustExist = async (place: DialplanPlace, dialplanHas: DialplanHas): Promise<void> => {
  if (await dialplanHas(place)) return;
  const { context, extension, priority } = place;
  throw new GatewayError('no-such-extension', `The dialplan has no ${extension}@${context}, priority ${priority}`);
};
