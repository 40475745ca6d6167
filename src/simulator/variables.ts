import type { Box } from './box.ts';
import { type Channel, stateText } from './channel.ts';
import { findFunction } from './functions.ts';

/** What Asterisk knows of a channel without anybody having set it. */
const BUILT_IN: Readonly<Record<string, (channel: Channel) => string>> = {
  EXTEN: ({ extension }) => extension,
  CONTEXT: ({ context }) => context,
  PRIORITY: ({ priority }) => String(priority),
  CHANNEL: ({ name }) => name,
  UNIQUEID: ({ uniqueId }) => uniqueId,
};

const OF_CHANNEL: Readonly<Record<string, (channel: Channel) => string>> = {
  name: ({ name }) => name,
  uniqueid: ({ uniqueId }) => uniqueId,
  linkedid: ({ linkedId }) => linkedId,
  state: stateText,
  channeltype: ({ technology }) => technology,
  accountcode: ({ accountCode }) => accountCode,
  context: ({ context }) => context,
  exten: ({ extension }) => extension,
  language: () => 'en',
};

const argumentOf = (name: string, called: string): string | undefined =>
  new RegExp(`^${called}\\((\\w+)\\)$`).exec(name)?.[1]?.toLowerCase();

const callerId = (channel: Channel, item: string): string => {
  if (item === 'all') return `"${channel.callerName}" <${channel.callerNumber}>`;
  return item === 'name' ? channel.callerName : item.startsWith('num') ? channel.callerNumber : '';
};

/** A variable of the channel, or of all channels, or a function; undefined where nobody has set it. */
export const readVariable = (box: Box, channel: Channel | undefined, name: string): string | undefined => {
  const called = findFunction(name);
  if (called) return called.does.read({ box, channel, argument: called.argument });
  if (name === 'EPOCH') return String(Math.floor(box.clock.now() / 1_000));
  if (!channel) return box.globals.get(name);
  const number = argumentOf(name, 'CALLERID');
  if (number !== undefined) return callerId(channel, number);
  const item = argumentOf(name, 'CHANNEL');
  if (item !== undefined) return OF_CHANNEL[item]?.(channel);
  const own = BUILT_IN[name]?.(channel) ?? channel.variables.get(name.replace(/^_{1,2}/, ''));
  return own ?? box.globals.get(name);
};

/** A variable as Status shows it. */
export const shownVariable = (box: Box, channel: Channel, name: string): string =>
  `${name}=${readVariable(box, channel, name) ?? '(null)'}`;

/** All that was set, the newest first. */
export const allVariables = ({ variables }: Channel): string[] =>
  [...variables].reverse().map(([name, value]) => `${name}=${value}`);

/** False where the function is another one. */
export const setCallerId = (channel: Channel, name: string, value: string): boolean => {
  const item = argumentOf(name, 'CALLERID');
  if (item === undefined) return false;
  const [, shown = '', number = value] = /^"?([^"<]*?)"?\s*<([^>]*)>$/.exec(value) ?? [];
  if (item === 'all') Object.assign(channel, { callerName: shown, callerNumber: number });
  else Object.assign(channel, { [item === 'name' ? 'callerName' : 'callerNumber']: value });
  return true;
};
