import type { Channel } from '../channel.ts';
import type { Conference } from '../conference.ts';
import { type Answer, type Call, error, type SimulatedAction, success } from './define.ts';

/** Nobody is an admin, so all are participants. */
const EVERYBODY = ['all', 'participants'];

const inRoom =
  (act: (call: Call, conference: Conference) => Answer, { needsChannel = false } = {}) =>
  (call: Call): Answer => {
    const { box, get } = call;
    if (get('Conference') === '') return error('No Conference name provided.');
    if (needsChannel && get('Channel') === '') return error('No channel name provided.');
    if (box.conferences.all.size === 0) return error('No active conferences.');
    const conference = box.conferences.all.get(get('Conference'));
    return conference ? act(call, conference) : error('No Conference by that name found.');
  };

const noSuchChannel = error('No Channel by that name found in Conference.');

/** The start of a channel's name is enough to mute it. */
const chosen = ({ parties }: Conference, name: string): Channel[] => {
  const channels = [...parties.keys()];
  if (EVERYBODY.includes(name.toLowerCase())) return channels;
  const found = channels.find((channel) => channel.name.toLowerCase().startsWith(name.toLowerCase()));
  return found ? [found] : [];
};

const mute = (muted: boolean) =>
  inRoom(
    ({ box, get }, conference) => {
      const channels = chosen(conference, get('Channel'));
      for (const channel of channels) box.conferences.mute(conference, channel, muted);
      return channels.length > 0 ? success(`User ${muted ? '' : 'un'}muted`) : noSuchChannel;
    },
    { needsChannel: true },
  );

const lock = (locked: boolean) =>
  inRoom((_call, conference) => {
    conference.locked = locked;
    return success(`Conference ${locked ? '' : 'un'}locked`);
  });

const kick = inRoom(({ box, get }, conference) => {
  const name = get('Channel').toLowerCase();
  const channels = [...conference.parties.keys()].filter(
    (channel) => EVERYBODY.includes(name) || channel.name.toLowerCase() === name,
  );
  for (const channel of channels) {
    box.setVariable(channel, 'CONFBRIDGE_RESULT', 'KICKED');
    box.bridges.kick(conference.bridge, channel);
  }
  if (channels.length === 0) return noSuchChannel;
  return success(name === 'all' ? 'All participants kicked' : 'User kicked');
});

const action = (name: string, synopsis: string, run: SimulatedAction['run'], classes = ['call']): SimulatedAction => ({
  name,
  classes,
  synopsis,
  run,
});

const list = inRoom(({ box }, conference) => ({
  kind: 'list',
  message: 'Confbridge user list will follow',
  complete: 'ConfbridgeListComplete',
  items: box.conferences.items(conference, box.clock.now(), box.release),
}));

const listRooms = ({ box }: Call): Answer =>
  box.conferences.all.size === 0
    ? error('No active conferences.')
    : {
        kind: 'list',
        message: 'Confbridge conferences will follow',
        complete: 'ConfbridgeListRoomsComplete',
        items: box.conferences.rooms(),
      };

export const conferenceActions: SimulatedAction[] = [
  action('ConfbridgeList', 'List participants in a conference.', list, ['reporting']),
  action('ConfbridgeListRooms', 'List active conferences.', listRooms, ['reporting']),
  action('ConfbridgeMute', 'Mute a Confbridge user.', mute(true)),
  action('ConfbridgeUnmute', 'Unmute a Confbridge user.', mute(false)),
  action('ConfbridgeKick', 'Kick a Confbridge user.', kick),
  action('ConfbridgeLock', 'Lock a Confbridge conference.', lock(true)),
  action('ConfbridgeUnlock', 'Unlock a Confbridge conference.', lock(false)),
];
