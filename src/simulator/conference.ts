import { type Bridge, bridgeFields, type Bridges } from './bridge.ts';
import { type Channel, snapshot } from './channel.ts';
import type { Release } from './release.ts';
import type { Fields } from './wire.ts';

export interface Conference {
  readonly name: string;
  readonly bridge: Bridge;
  readonly parties: Map<Channel, { muted: boolean }>;
  locked: boolean;
}

const yes = (on: boolean) => (on ? 'Yes' : 'No');

/** Rooms of ConfBridge, which are there as long as somebody is in them. Nobody is an admin. */
export const createConferences = (
  bridges: Bridges,
  event: (eventClass: string, name: string, fields: Fields) => void,
) => {
  const all = new Map<string, Conference>();

  const tell = ({ name, bridge }: Conference, what: string, more: Fields = []) => {
    event('call', what, [['Conference', name], ...bridgeFields(bridge), ...more]);
  };

  const open = (name: string): Conference => {
    const options = { type: 'base', technology: 'softmix', creator: 'ConfBridge', name };
    // The announcer is a channel of its own.
    const bridge = bridges.create({ ...options, dissolves: false, unseen: 1 });
    const conference: Conference = { name, bridge, parties: new Map(), locked: false };
    all.set(name, conference);
    tell(conference, 'ConfbridgeStart');
    return conference;
  };

  const leave = (conference: Conference, channel: Channel) => {
    conference.parties.delete(channel);
    tell(conference, 'ConfbridgeLeave', [...snapshot(channel), ['Admin', 'No']]);
    if (conference.parties.size > 0) return;
    all.delete(conference.name);
    tell(conference, 'ConfbridgeEnd');
    bridges.destroy(conference.bridge);
  };

  return {
    all,
    /** False where the room is locked. */
    join(name: string, channel: Channel, next: () => void): boolean {
      const conference = all.get(name) ?? open(name);
      if (conference.locked) return false;
      const left = () => {
        leave(conference, channel);
      };
      conference.parties.set(channel, { muted: false });
      bridges.join(conference.bridge, channel, () => {
        channel.onHangup = channel.onHangup.filter((hook) => hook !== left);
        left();
        next();
      });
      channel.onHangup.push(left);
      tell(conference, 'ConfbridgeJoin', [...snapshot(channel), ['Admin', 'No'], ['Muted', 'No']]);
      return true;
    },
    mute(conference: Conference, channel: Channel, muted: boolean) {
      conference.parties.set(channel, { muted });
      tell(conference, muted ? 'ConfbridgeMute' : 'ConfbridgeUnmute', [...snapshot(channel), ['Admin', 'No']]);
    },
    items: (conference: Conference, now: number, release: Release): Fields[] =>
      [...conference.parties].map(([channel, { muted }]): Fields => [
        ['Event', 'ConfbridgeList'],
        ['Conference', conference.name],
        ...[
          'Admin',
          'MarkedUser',
          'WaitMarked',
          'EndMarked',
          ...(release === 22 ? ['EndMarkedAny'] : []),
          'Waiting',
        ].map((name) => [name, 'No'] as const),
        ['Muted', yes(muted)],
        ['Talking', 'No'],
        ['AnsweredTime', Math.floor((now - channel.createdAt) / 1_000)],
        ...snapshot(channel),
      ]),
    rooms: (): Fields[] =>
      [...all.values()].map(({ name, parties, locked }): Fields => [
        ['Event', 'ConfbridgeListRooms'],
        ['Conference', name],
        ['Parties', parties.size],
        ['Marked', 0],
        ['Locked', yes(locked)],
        ['Muted', 'No'],
      ]),
  };
};
