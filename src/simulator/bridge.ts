import { type Channel, snapshot } from './channel.ts';
import type { Fields } from './wire.ts';

export interface Bridge {
  readonly id: string;
  readonly type: string;
  readonly technology: string;
  readonly creator: string;
  readonly name: string;
  /** Ends for all as soon as one leaves. */
  readonly dissolves: boolean;
  /** Channels of Asterisk's own in it, which are counted and otherwise not simulated. */
  readonly unseen: number;
  readonly members: Map<Channel, BridgeMember>;
}

export interface BridgeMember {
  /** What becomes of the channel when the bridge lets it go. */
  after: () => void;
  onHangup: () => void;
}

export type NewBridge = Partial<Pick<Bridge, 'type' | 'technology' | 'creator' | 'name' | 'dissolves' | 'unseen'>>;

/** Takes a channel out of its application or bridge; what it was joined to lets it go. */
export const takeOut = (channel: Channel): void => {
  channel.moving = true;
  channel.stop();
  for (const left of channel.onHangup.splice(0)) left();
  channel.moving = false;
};

export const bridgeFields = (bridge: Bridge, channels = bridge.members.size + bridge.unseen): Fields => [
  ['BridgeUniqueid', bridge.id],
  ['BridgeType', bridge.type],
  ['BridgeTechnology', bridge.technology],
  ['BridgeCreator', bridge.creator],
  ['BridgeName', bridge.name],
  ['BridgeNumChannels', channels],
  ['BridgeVideoSourceMode', 'none'],
];

/** Whoever is joined to somebody is part of the oldest of their calls from then on. */
const share = (members: readonly Channel[]): void => {
  const [oldest] = members.toSorted((a, b) => a.createdAt - b.createdAt);
  for (const member of members) member.linkedId = oldest?.linkedId ?? member.linkedId;
};

/** All bridges of a box. */
export const createBridges = (event: (eventClass: string, name: string, fields: Fields) => void) => {
  const all = new Map<string, Bridge>();

  const remove = (bridge: Bridge, channel: Channel) => {
    const member = bridge.members.get(channel);
    bridge.members.delete(channel);
    channel.bridgeId = '';
    channel.onHangup = channel.onHangup.filter((hook) => hook !== member?.onHangup);
    event('call', 'BridgeLeave', [...bridgeFields(bridge), ...snapshot(channel)]);
  };

  const destroy = (bridge: Bridge) => {
    if (!all.has(bridge.id)) return;
    const members = [...bridge.members];
    for (const [channel] of members) remove(bridge, channel);
    all.delete(bridge.id);
    event('call', 'BridgeDestroy', bridgeFields(bridge, 0));
    for (const [channel, { after }] of members) if (!channel.hungUp && !channel.moving) after();
  };

  const left = (bridge: Bridge, channel: Channel) => {
    remove(bridge, channel);
    if (bridge.dissolves) destroy(bridge);
  };

  return {
    all,
    create(options: NewBridge = {}): Bridge {
      const bridge: Bridge = {
        id: crypto.randomUUID(),
        type: 'basic',
        technology: 'simple_bridge',
        creator: '<unknown>',
        name: '<unknown>',
        dissolves: true,
        unseen: 0,
        members: new Map(),
        ...options,
      };
      all.set(bridge.id, bridge);
      event('call', 'BridgeCreate', bridgeFields(bridge, 0));
      return bridge;
    },
    join(bridge: Bridge, channel: Channel, after: () => void) {
      const onHangup = () => {
        left(bridge, channel);
      };
      bridge.members.set(channel, { after, onHangup });
      share([...bridge.members.keys()]);
      channel.bridgeId = bridge.id;
      channel.onHangup.push(onHangup);
      event('call', 'BridgeEnter', [...bridgeFields(bridge), ...snapshot(channel)]);
    },
    /** Puts one channel out; it goes where it would go at the bridge's end. */
    kick(bridge: Bridge, channel: Channel) {
      const member = bridge.members.get(channel);
      left(bridge, channel);
      member?.after();
    },
    destroy,
  };
};

export type Bridges = ReturnType<typeof createBridges>;
