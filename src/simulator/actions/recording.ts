import { type Call, error, type SimulatedAction, success } from './define.ts';

const on = ({ box, get }: Call) => box.find(get('Channel'));

const monitor = (name: string, synopsis: string, message: string): SimulatedAction => ({
  name,
  classes: ['call'],
  synopsis,
  run: (call) => {
    const channel = on(call);
    if (call.get('Channel') === '') return error('No channel specified');
    if (name === 'ChangeMonitor' && call.get('File') === '') return error('No filename specified');
    if (!channel) return error('No such channel');
    if (name === 'Monitor') call.box.onChannel(channel, 'MonitorStart');
    if (name === 'StopMonitor') call.box.onChannel(channel, 'MonitorStop');
    return success(message);
  },
});

/** Nothing is written to disk: a simulated channel has no sound. */
export const recordingActions: SimulatedAction[] = [
  {
    name: 'MixMonitor',
    classes: ['system'],
    synopsis:
      'Record a call and mix the audio during the recording.  Use of StopMixMonitor is required to guarantee the audio file is available for processing during dialplan execution.',
    run: (call) => {
      const { box, get } = call;
      if (get('Channel') === '') return error('No channel specified');
      const channel = on(call);
      if (!channel) return error('No such channel');
      const options = get('Options');
      if (get('File') === '' && !/[rt]\(/.test(options)) return error('Could not start monitoring channel');
      const id = `0x7f${box.nextId().replace(/\D/g, '').slice(-10).padStart(10, '0')}`;
      channel.recordings.set(id, get('File'));
      const variable = /i\((\w+)\)/.exec(options)?.[1];
      if (variable !== undefined) box.setVariable(channel, variable, id);
      box.onChannel(channel, 'MixMonitorStart');
      return success(undefined, variable === undefined ? [] : [['MixMonitorID', id]]);
    },
  },
  {
    name: 'StopMixMonitor',
    classes: ['system', 'call'],
    synopsis: "Stop recording a call through MixMonitor, and free the recording's file handle.",
    run: (call) => {
      if (call.get('Channel') === '') return error('No channel specified');
      const channel = on(call);
      if (!channel) return error('No such channel');
      const id = call.get('MixMonitorID') || [...channel.recordings.keys()][0];
      if (id === undefined || !channel.recordings.delete(id)) return error('Could not stop monitoring channel');
      call.box.onChannel(channel, 'MixMonitorStop');
      return success();
    },
  },
  {
    name: 'MixMonitorMute',
    classes: ['system', 'call'],
    synopsis: 'Mute / unMute a Mixmonitor recording.',
    run: (call) => {
      const { get } = call;
      const must = 'Must be read, write or both';
      if (get('Direction') === '') return error(`No direction specified. ${must}`);
      if (!['read', 'write', 'both'].includes(get('Direction').toLowerCase()))
        return error(`Invalid direction specified. ${must}`);
      if (get('State') === '') return error('No state specified');
      if (get('Channel') === '') return error('No channel specified');
      const channel = on(call);
      if (!channel) return error('No such channel');
      const fields = [['Direction', call.get('Direction')], ['State', call.get('State')]] as const; // prettier-ignore
      call.box.onChannel(channel, 'MixMonitorMute', fields);
      return success();
    },
  },
  monitor('Monitor', 'Monitor a channel.', 'Started monitoring channel'),
  monitor('StopMonitor', 'Stop monitoring a channel.', 'Stopped monitoring channel'),
  monitor('PauseMonitor', 'Pause monitoring of a channel.', 'Paused monitoring of the channel'),
  monitor('UnpauseMonitor', 'Unpause monitoring of a channel.', 'Unpaused monitoring of the channel'),
  monitor('ChangeMonitor', 'Change monitoring filename of a channel.', 'Changed monitor filename'),
];
