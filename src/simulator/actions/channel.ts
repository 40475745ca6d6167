import { type Channel, snapshot } from '../channel.ts';
import { findFunction } from '../functions.ts';
import type { Fields } from '../wire.ts';
import { durationSince } from './core.ts';
import { type Answer, type Call, error, type SimulatedAction, success } from './define.ts';

/** Finds the channel of `Channel:` or says what each action says where there is none. */
const withChannel =
  (missing: (name: string) => string, act: (call: Call, channel: Channel) => Answer) =>
  (call: Call): Answer => {
    const name = call.get('Channel');
    if (name === '') return error('No channel specified');
    const channel = call.box.find(name);
    return channel ? act(call, channel) : error(missing(name));
  };

const noSuchChannel = () => 'No such channel';

const shownVariable = (channel: Channel, name: string): string => readVariable(channel, name) ?? '(null)';

/** A variable, or one of the functions a simulated channel has. */
export const readVariable = (channel: Channel, name: string): string | undefined => {
  const [, item] = /^CALLERID\((\w+)\)$/i.exec(name) ?? [];
  if (item === undefined) return channel.variables.get(name.replace(/^_{1,2}/, ''));
  return item.toLowerCase() === 'name' ? channel.callerName : channel.callerNumber;
};

const statusItem = (channel: Channel, now: number, variables: string[], actionId: string): Fields => [
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
  ...variables.map((name) => ['Variable', `${name}=${shownVariable(channel, name)}`] as const),
  // Behind the rest, where other lists have it in front.
  ...(actionId === '' ? [] : [['ActionID', actionId] as const]),
];

/** Takes a channel out of its application or bridge. */
const leave = (channel: Channel): void => {
  channel.stop();
  for (const left of channel.onHangup.splice(0)) left();
};

const redirect = (call: Call, channel: Channel, prefix: '' | 'Extra'): void => {
  const context = call.get(`${prefix}Context`) || call.get('Context');
  const extension = call.get(`${prefix}Exten`) || call.get('Exten');
  const priority = Number(call.get(`${prefix}Priority`) || call.get('Priority'));
  // Asterisk says Success even where the place does not exist, and the channel dies there.
  if (!call.box.dialplan.run(channel, context, extension, priority)) call.box.hangUp(channel, 0);
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
        statusItem(channel, box.clock.now(), wanted, actionId),
      );
      const more = [['Items', items.length]] as const;
      return { kind: 'list', message: 'Channel status will follow', complete: 'StatusComplete', items, more };
    },
  },
  {
    name: 'Hangup',
    classes: ['system', 'call'],
    synopsis: 'Hangup channel.',
    run: withChannel(noSuchChannel, ({ box, get }, channel) => {
      const cause = Number(get('Cause'));
      if (channel.half) box.onChannel(channel.half, 'HangupRequest', [['Cause', cause || 0]]);
      box.hangUp(channel, Number.isInteger(cause) && cause <= 127 ? cause : 0);
      return success('Channel Hungup');
    }),
  },
  {
    name: 'Redirect',
    classes: ['call'],
    synopsis: 'Redirect (transfer) a call.',
    run: (call) => {
      const { box, get } = call;
      if (get('Channel') === '') return error('Channel not specified');
      for (const name of ['Context', 'Exten', 'Priority']) if (get(name) === '') return error(`${name} not specified`);
      if (!/^\d+$/.test(get('Priority'))) return error('Priority is invalid');
      const channel = box.find(get('Channel'));
      if (!channel) return error(`Channel does not exist: ${get('Channel')}`);
      const extraName = get('ExtraChannel');
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
    run: withChannel(
      () => 'Channel not found',
      ({ get }, channel) => {
        if (get('Digit') === '') return error('No digit specified');
        // The key sounds on the other half of a Local pair.
        const hears = channel.half ?? channel;
        hears.keys += get('Digit');
        hears.onKey?.();
        return success('DTMF successfully queued');
      },
    ),
  },
  {
    name: 'Getvar',
    classes: ['call', 'reporting'],
    synopsis: 'Gets a channel variable or function value.',
    run: ({ box, get, write }) => {
      const name = get('Variable');
      if (name === '') return error('No variable specified');
      if (/SHELL|EVAL/.test(name) && !write.has('system')) return error('GetVar Access Forbidden: Variable');
      const channel = get('Channel') === '' ? undefined : box.find(get('Channel'));
      if (get('Channel') !== '' && !channel) return error('No such channel');
      const called = findFunction(name);
      if (called) {
        const value = called.does.read({ box, channel, argument: called.argument });
        return success(undefined, [['Variable', name], ['Value', value]]); // prettier-ignore
      }
      const value = (channel ? readVariable(channel, name) : undefined) ?? box.globals.get(name) ?? '';
      return success(undefined, [['Variable', name], ['Value', value]]); // prettier-ignore
    },
  },
  {
    name: 'Setvar',
    classes: ['call'],
    synopsis: 'Sets a channel variable or function value.',
    run: ({ box, get }) => {
      const name = get('Variable');
      if (name === '') return error('No variable specified');
      const channel = get('Channel') === '' ? null : (box.find(get('Channel')) ?? undefined);
      if (channel === undefined) return error('No such channel');
      const called = findFunction(name);
      if (called) {
        const call = { box, channel: channel ?? undefined, argument: called.argument };
        return called.does.write?.(call, get('Value')) ? success('Variable Set') : error('Variable not set');
      }
      const [, item] = /^CALLERID\((\w+)\)$/i.exec(name) ?? [];
      if (item === undefined) box.setVariable(channel, name, get('Value'));
      else if (channel)
        Object.assign(channel, { [item.toLowerCase() === 'name' ? 'callerName' : 'callerNumber']: get('Value') });
      return success('Variable Set');
    },
  },
];
