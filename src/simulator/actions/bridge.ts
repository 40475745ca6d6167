import { type Bridge, bridgeFields, takeOut } from '../bridge.ts';
import { type Channel, snapshot } from '../channel.ts';
import { goOn } from '../dialplan.ts';
import type { Fields } from '../wire.ts';
import { type Answer, type Call, error, type SimulatedAction, success } from './define.ts';

const withBridge =
  (act: (call: Call, bridge: Bridge) => Answer) =>
  (call: Call): Answer => {
    const id = call.get('BridgeUniqueid');
    if (id === '') return error('BridgeUniqueid must be provided');
    const bridge = call.box.bridges.all.get(id);
    return bridge ? act(call, bridge) : error('Specified BridgeUniqueid not found');
  };

const list = ({ box, get }: Call): Answer => ({
  kind: 'list',
  message: 'Bridge listing will follow',
  complete: 'BridgeListComplete',
  items: [...box.bridges.all.values()]
    // What is called a type here is what events call the technology.
    .filter(({ technology }) => get('BridgeType') === '' || technology === get('BridgeType'))
    .map((bridge): Fields => [['Event', 'BridgeListItem'], ...bridgeFields(bridge)]),
});

const info = withBridge((_call, bridge) => ({
  kind: 'list',
  message: 'Bridge channel listing will follow',
  complete: 'BridgeInfoComplete',
  items: [...bridge.members.keys()].map((channel): Fields => [['Event', 'BridgeInfoChannel'], ...snapshot(channel)]),
  more: bridgeFields(bridge),
}));

const destroy = withBridge(({ box }, bridge) => {
  box.bridges.destroy(bridge);
  return success('Bridge has been destroyed');
});

const kick = ({ box, get }: Call): Answer => {
  if (get('Channel') === '') return error('Channel must be provided');
  const channel = box.find(get('Channel'));
  if (!channel) return error('Channel does not exist');
  const wanted = get('BridgeUniqueid');
  const bridge = box.bridges.all.get(wanted || channel.bridgeId);
  if (!bridge) return error(wanted === '' ? 'Channel is not in a bridge' : 'Bridge not found');
  if (!bridge.members.has(channel)) return error('Channel kick from bridge failed');
  box.bridges.kick(bridge, channel);
  return success('Channel has been kicked');
};

/** Takes two channels from wherever they are; each goes on in the dialplan when the other leaves. */
const join = ({ box, get }: Call): Answer => {
  const names = ['Channel1', 'Channel2'] as const;
  if (names.some((name) => get(name) === '')) return error('Missing channel parameter in request');
  const channels: Channel[] = [];
  for (const name of names) {
    const channel = box.find(get(name));
    if (!channel) return error(`${name} does not exist: ${get(name)}`);
    channels.push(channel);
  }
  if (channels[0] === channels[1]) return error(`Unable to add Channel2 to bridge: ${get('Channel2')}`);
  for (const channel of channels) takeOut(channel);
  const bridge = box.bridges.create();
  for (const channel of channels) {
    box.bridges.join(bridge, channel, () => {
      goOn(box, channel, channel.context, channel.extension, channel.priority + (channel.inDialplan ? 1 : 0));
    });
  }
  return success('Channels have been bridged');
};

/** The one who speaks with the transferer goes on elsewhere; the bridge ends, and the transferer with it. */
const blindTransfer = ({ box, get }: Call): Answer => {
  if (get('Channel') === '') return error('No channel specified');
  if (get('Exten') === '') return error('No extension specified');
  const transferer = box.find(get('Channel'));
  if (!transferer) return error('Channel specified does not exist');
  const context = get('Context') || transferer.context;
  const bridge = box.bridges.all.get(transferer.bridgeId);
  const transferee = [...(bridge?.members.keys() ?? [])].find((channel) => channel !== transferer);
  const tell = (result: string, more: Fields = []) => {
    box.event('call', 'BlindTransfer', [
      ['Result', result],
      ...snapshot(transferer, 'Transferer'),
      ...more,
      ['IsExternal', 'Yes'],
      ['Context', context],
      ['Extension', get('Exten')],
    ]);
  };
  if (!bridge || !transferee) {
    tell('Invalid');
    return error('Transfer invalid');
  }
  box.onChannel(transferer, 'Unhold');
  box.setVariable(transferer, 'BLINDTRANSFER', transferee.name);
  box.setVariable(transferee, 'BLINDTRANSFER', transferer.name);
  tell('Success', [...snapshot(transferee, 'Transferee'), ...bridgeFields(bridge)]);
  takeOut(transferee);
  goOn(box, transferee, context, get('Exten'), 1);
  return success('Transfer succeeded');
};

const action = (
  name: string,
  synopsis: string,
  run: SimulatedAction['run'],
  classes: string[] = [],
): SimulatedAction => ({
  name,
  classes,
  synopsis,
  run,
});

export const bridgeActions: SimulatedAction[] = [
  action('BridgeList', 'Get a list of bridges in the system.', list),
  action('BridgeInfo', 'Get information about a bridge.', info),
  action('BridgeDestroy', 'Destroy a bridge.', destroy),
  action('BridgeKick', 'Kick a channel from a bridge.', kick),
  action('Bridge', 'Bridge two channels already in the PBX.', join, ['call']),
  action('BlindTransfer', 'Blind transfer channel(s) to the given destination', blindTransfer, ['call']),
];
