import { type Answer, atTheEnd, type Call, error, leadingNumber, type SimulatedAction, success } from './define.ts';

const NO_CAUSE = 0;

/** `/regex/` stands for every channel with a name in which it is found. */
const hangUpMatching = ({ box, actionId }: Call, text: string, cause: number): Answer => {
  if (text.length < 2 || !text.endsWith('/')) return error('Regex format invalid, Channel param should be /regex/');
  let pattern: RegExp;
  try {
    pattern = new RegExp(text.slice(1, -1), 's');
  } catch {
    return error(`Regex compile failed on: ${text}`);
  }
  const channels = [...box.channels.values()].filter(({ name }) => pattern.test(name));
  for (const channel of channels) box.hangUp(channel, cause);
  return {
    kind: 'list',
    message: 'Channels hung up will follow',
    complete: 'ChannelsHungupListComplete',
    items: channels.map(({ name }) => [['Event', 'ChannelHungup'], ['Channel', name], ...atTheEnd(actionId)]),
  };
};

export const hangupActions: SimulatedAction[] = [
  {
    name: 'Hangup',
    classes: ['system', 'call'],
    synopsis: 'Hangup channel.',
    run: (call) => {
      const { box, get } = call;
      const name = get('Channel');
      if (name === '') return error('No channel specified');
      const wanted = leadingNumber(get('Cause')) ?? NO_CAUSE;
      const cause = wanted >= 0 && wanted <= 127 ? wanted : NO_CAUSE;
      if (name.startsWith('/')) return hangUpMatching(call, name, cause);
      const channel = box.find(name);
      if (!channel) return error('No such channel');
      box.hangUp(channel, cause);
      return success('Channel Hungup');
    },
  },
];
