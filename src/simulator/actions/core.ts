import { error, type SimulatedAction, success } from './define.ts';

const pad = (number: number) => String(number).padStart(2, '0');
const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10);
const timeOf = (time: number) => new Date(time).toISOString().slice(11, 19);

/** `HH:MM:SS` since a time. */
export const durationSince = (from: number, now: number): string => {
  const seconds = Math.floor((now - from) / 1_000);
  return `${pad(Math.floor(seconds / 3_600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
};

const cli = (line: string, uptime: string, channels: number, version: string): string[] | undefined => {
  const words = line.trim().toLowerCase().split(/\s+/).join(' ');
  if (words === 'core show version') return [`Asterisk ${version} built by simulator`];
  if (words === 'core show uptime') return [`System uptime: ${uptime}`, `Last reload: ${uptime}`];
  if (words === 'core show channels count') {
    return [`${channels} active channels`, `${Math.ceil(channels / 2)} active calls`];
  }
  return undefined;
};

export const coreActions: SimulatedAction[] = [
  {
    name: 'Ping',
    classes: [],
    synopsis: 'Keepalive command.',
    run: ({ box }) => success(undefined, [['Ping', 'Pong'], ['Timestamp', (box.clock.now() / 1_000).toFixed(6)]]), // prettier-ignore
  },
  {
    name: 'CoreStatus',
    classes: ['system', 'reporting'],
    synopsis: 'Show PBX core status variables.',
    run: ({ box }) =>
      success(undefined, [
        ['CoreStartupDate', dateOf(box.startedAt)],
        ['CoreStartupTime', timeOf(box.startedAt)],
        ['CoreReloadDate', dateOf(box.startedAt)],
        ['CoreReloadTime', timeOf(box.startedAt)],
        ['CoreCurrentCalls', box.channels.size],
        ...(box.release === 22 ? ([['CoreProcessedCalls', box.processedCalls()]] as const) : []),
      ]),
  },
  {
    name: 'CoreSettings',
    classes: ['system', 'reporting'],
    synopsis: 'Show PBX core settings (version etc).',
    run: ({ box }) =>
      success(undefined, [
        ['AMIversion', box.traits.banner],
        ['AsteriskVersion', box.traits.version],
        ['SystemName', ''],
        ['CoreMaxCalls', 0],
        ['CoreMaxLoadAvg', '0.000000'],
        ['CoreRunUser', ''],
        ['CoreRunGroup', ''],
        ['CoreMaxFilehandles', 0],
        ['CoreRealTimeEnabled', 'No'],
        ['CoreCDRenabled', 'Yes'],
        ['CoreHTTPenabled', 'No'],
        ...(box.release === 22 ? ([['SoundsSearchCustomDir', 'No']] as const) : []),
      ]),
  },
  {
    name: 'Command',
    classes: ['command'],
    synopsis: 'Execute Asterisk CLI Command.',
    run: ({ box, get }) => {
      const line = get('Command');
      if (line === '') return error('No command provided');
      const uptime = `${Math.floor((box.clock.now() - box.startedAt) / 1_000)} seconds`;
      const output = cli(line, uptime, box.channels.size, box.traits.version);
      const lines = output ?? [`No such command '${line}' (type 'core show help ${line}' for other possible commands)`];
      return {
        kind: output ? 'success' : 'error',
        message: 'Command output follows',
        fields: lines.map((text) => ['Output', text] as const),
      };
    },
  },
];
