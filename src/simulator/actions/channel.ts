import { isTrue } from '../classes.ts';
import type { Box } from '../box.ts';
import { type Channel, snapshot } from '../channel.ts';
import { allVariables, shownVariable } from '../variables.ts';
import type { Fields } from '../wire.ts';
import { durationSince } from './core.ts';
import { atTheEnd, type Call, error, leadingNumber, type SimulatedAction, success } from './define.ts';

const statusItem = (channel: Channel, now: number, variables: readonly string[], actionId: string): Fields => [
  ['Event', 'Status'],
  ['Privilege', 'Call'],
  ...snapshot(channel),
  ['Type', channel.technology],
  ['DNID', ''],
  ['EffectiveConnectedLineNum', channel.connectedNumber || '<unknown>'],
  ['EffectiveConnectedLineName', channel.connectedName || '<unknown>'],
  ['TimeToHangup', 0],
  ['BridgeID', channel.bridgeId],
  ['Application', channel.application],
  ['Data', channel.data],
  ['Nativeformats', '(slin)'],
  ['Readformat', 'slin'],
  ['Readtrans', ''],
  ['Writeformat', 'slin'],
  ['Writetrans', ''],
  ['Callgroup', 0],
  ['Pickupgroup', 0],
  ['Seconds', Math.floor((now - channel.createdAt) / 1_000)],
  ...variables.map((shown) => ['Variable', shown] as const),
  ...atTheEnd(actionId),
];

/** Takes a channel out of its application or bridge. */
const leave = (channel: Channel): void => {
  channel.stop();
  for (const left of channel.onHangup.splice(0)) left();
};

const KEY_MS = 100;

const press = (box: Box, channel: Channel, digit: string, duration: number): void => {
  const told = [['Digit', digit], ['Direction', 'Received']] as const; // prettier-ignore
  box.onChannel(channel, 'DTMFBegin', told, 'dtmf');
  box.clock.setTimeout(() => {
    if (channel.hungUp) return;
    box.onChannel(channel, 'DTMFEnd', [told[0], ['DurationMs', duration], told[1]], 'dtmf');
    channel.keys += digit;
    channel.onKey?.();
  }, duration);
};

const isPriority = (text: string) => (leadingNumber(text) ?? 0) > 0;

const redirect = (call: Call, channel: Channel, prefix: '' | 'Extra'): void => {
  // Without a context of its own the second one goes where the first one goes.
  const own = call.get(`${prefix}Context`) === '' ? '' : prefix;
  const [context, extension] = [call.get(`${own}Context`), call.get(`${own}Exten`)];
  const priority = leadingNumber(call.get(`${own}Priority`)) ?? 1;
  // Asterisk says Success even where the place does not exist, and the channel dies there.
  if (call.box.dialplan.run(channel, context, extension, priority)) return;
  Object.assign(channel, { context, extension, priority });
  call.box.hangUp(channel, 0);
};

export const channelActions: SimulatedAction[] = [
  {
    name: 'CoreShowChannels',
    classes: ['system', 'reporting'],
    synopsis: 'List currently active channels.',
    run: ({ box }) => ({
      kind: 'list',
      message: 'Channels will follow',
      complete: 'CoreShowChannelsComplete',
      items: [...box.channels.values()].map((channel): Fields => [
        ['Event', 'CoreShowChannel'],
        ...snapshot(channel),
        ['Application', channel.application],
        ['ApplicationData', channel.data],
        ['Duration', durationSince(channel.createdAt, box.clock.now())],
        ['BridgeId', channel.bridgeId],
      ]),
    }),
  },
  {
    name: 'Status',
    classes: ['system', 'call', 'reporting'],
    synopsis: 'List channel status.',
    run: ({ box, get, write, actionId }) => {
      const wanted = get('Variables').split(/,(?![^(]*\))/).filter(Boolean); // prettier-ignore
      if (/SHELL|EVAL/.test(get('Variables')) && !write.has('system'))
        return error('Status Access Forbidden: Variables');
      const name = get('Channel');
      const one = box.find(name);
      if (name !== '' && !one) return error('No such channel');
      const items = (name === '' ? [...box.channels.values()] : one ? [one] : []).map((channel) =>
        statusItem(
          channel,
          box.clock.now(),
          isTrue(get('AllVariables'))
            ? allVariables(channel)
            : wanted.map((variable) => shownVariable(box, channel, variable)),
          actionId,
        ),
      );
      const more = [['Items', items.length]] as const;
      return { kind: 'list', message: 'Channel status will follow', complete: 'StatusComplete', items, more };
    },
  },
  {
    name: 'Redirect',
    classes: ['call'],
    synopsis: 'Redirect (transfer) a call.',
    run: (call) => {
      const { box, get } = call;
      if (get('Channel') === '') return error('Channel not specified');
      for (const name of ['Context', 'Exten', 'Priority']) if (get(name) === '') return error(`${name} not specified`);
      if (!isPriority(get('Priority'))) return error('Priority is invalid');
      const extraName = get('ExtraChannel');
      if (extraName !== '' && get('ExtraContext') !== '') {
        for (const name of ['ExtraExten', 'ExtraPriority']) if (get(name) === '') return error(`${name} not specified`);
        if (!isPriority(get('ExtraPriority'))) return error('ExtraPriority is invalid');
      }
      const channel = box.find(get('Channel'));
      if (!channel) return error(`Channel does not exist: ${get('Channel')}`);
      const extra = extraName === '' ? undefined : box.find(extraName);
      if (extraName !== '' && !extra) return error(`ExtraChannel does not exist: ${extraName}`);
      const legs = [channel, ...(extra ? [extra] : [])];
      for (const leg of legs) leg.moving = true;
      for (const leg of legs) leave(leg);
      for (const leg of legs) leg.moving = false;
      redirect(call, channel, '');
      if (extra) redirect(call, extra, 'Extra');
      return success(extra ? 'Dual Redirect successful' : 'Redirect successful');
    },
  },
  {
    name: 'PlayDTMF',
    classes: ['call'],
    synopsis: 'Play DTMF signal on a specific channel.',
    run: ({ box, get }) => {
      const channel = box.find(get('Channel'));
      if (!channel) return error('Channel not found');
      if (get('Digit') === '') return error('No digit specified');
      // It sounds on the other half of a Local pair; what a phone hears is told by nobody.
      const digit = get('Digit');
      if (channel.half) {
        const duration = leadingNumber(get('Duration')) || KEY_MS;
        press(box, channel.half, digit, duration);
      }
      return success('DTMF successfully queued');
    },
  },
];
