import { afterEach, expect, it } from 'vitest';
import { describeEachPbx } from '../helpers/asterisk.ts';
import { type Frame, type Headers, loggedIn, type RawAmi } from '../helpers/raw-ami.ts';

// The expected stories are in test/fixtures, one file for each release, shared by the real server and the simulator.
// They were written by the real servers: `ASTERISK_RELEASES="16 22" npx vitest run test/contract/events -t 'on Asterisk' -u`.

const TOLD = ['ChannelState', 'ChannelStateDesc', 'CallerIDNum', 'ConnectedLineNum', 'Context', 'Exten', 'DialStatus', 'DialString', 'Response', 'Reason', 'Cause', 'Cause-txt', 'Digit', 'Direction', 'LocalOptimization', 'Application', 'Data', 'AppData', 'Variable', 'Value', 'AccountCode', 'OldAccountCode', 'Linkedid']; // prettier-ignore
/** Set by applications about themselves, and by hand here. */
const OWN_VARIABLES = /^(FIRST|__SECOND|DIALSTATUS)$/;
/** Of no channel of ours, of classes the simulator does not have, or there by chance: who asked for a hangup first. */
const LEFT_OUT = new Set(['DeviceStateChange', 'ExtensionStatus', 'Cdr', 'CEL', 'LocalOptimizationBegin', 'LocalOptimizationEnd', 'HangupRequest', 'SoftHangupRequest']); // prettier-ignore

let made = 0;

describeEachPbx('the events of a call', (pbx) => {
  const open: RawAmi[] = [];
  afterEach(() => {
    for (const ami of open.splice(0)) ami.close();
  });

  interface Stage {
    ami: RawAmi;
    id: string;
    originate(channel: string, headers?: Headers): Promise<void>;
    until(event: string, half?: 1 | 2): Promise<Frame>;
    /** Answer waits up to half a second for sound, and only then goes on. */
    settled(): Promise<Frame>;
  }

  /** Plays a call and gives what was told of each half, and which headers each event has. */
  const play = async (act: (stage: Stage) => Promise<void>): Promise<string> => {
    const ami = await loggedIn(pbx, { Events: 'call,dialplan,dtmf' });
    open.push(ami);
    const id = `story-${process.pid}-${(made += 1)}-${Date.now()}`;
    const idOf = (frame: Frame) =>
      frame.get('Uniqueid') ?? frame.get('DestUniqueid') ?? frame.get('LocalOneUniqueid') ?? '';
    const about = (frame: Frame) => idOf(frame).startsWith(id) || frame.get('Linkedid') === id;
    const mine = (frame: Frame) =>
      frame.get('Event') !== undefined &&
      about(frame) &&
      !LEFT_OUT.has(frame.get('Event') ?? '') &&
      // The empty ones are cleared on one release and not on the other.
      (frame.get('Event') !== 'VarSet' ||
        (OWN_VARIABLES.test(frame.get('Variable') ?? '') && frame.get('Value') !== ''));
    await act({
      ami,
      id,
      originate: async (channel, headers = { Application: 'Wait', Data: '20' }) => {
        await ami.ask('Originate', { Channel: channel, ChannelId: id, Async: 'true', ...headers });
      },
      until: (event, half = 1) =>
        ami.until(
          (frame) => mine(frame) && frame.get('Event') === event && idOf(frame) === (half === 1 ? id : `${id};2`),
        ),
      settled: () => ami.until((frame) => idOf(frame) === `${id};2` && frame.get('Application') === 'Wait'),
    });
    for (const half of [id, `${id};2`])
      await ami.until((frame) => frame.get('Event') === 'Hangup' && idOf(frame) === half);
    await ami.ask('Ping');
    await ami.ask('Ping');
    const frames = ami.frames.filter(mine);
    // Told by the thread that dials, while the channel goes on in another: before or after what it is about, and
    // DialBegin with the state the channel has by then.
    const byDialler = (frame: Frame) => ['DialBegin', 'OriginateResponse'].includes(frame.get('Event') ?? '');
    const line = (frame: Frame) => {
      const told = byDialler(frame) ? TOLD.filter((name) => !name.startsWith('ChannelState')) : TOLD;
      const values = told.flatMap((name) => {
        const value = frame.get(name) ?? frame.get(`Dest${name}`);
        return value === undefined ? [] : [`${name}=${value.replaceAll(id, '<id>')}`];
      });
      return `  ${frame.get('Event')} ${values.join(' ')}`;
    };
    // The halves of the channel itself, then those of the one it dialled.
    const groups = new Map<string, string[]>([[';1', []], [';2', []]]); // prettier-ignore
    for (const frame of frames) {
      if (byDialler(frame)) continue;
      const own = idOf(frame).startsWith(id);
      const half = own ? (idOf(frame) === id ? ';1' : ';2') : `dialled ${(frame.get('Channel') ?? frame.get('LocalOneChannel') ?? '').slice(-2)}`; // prettier-ignore
      groups.set(half, [...(groups.get(half) ?? []), line(frame)]);
    }
    const halves = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([half, lines]) => [half, ...lines].join('\n'));
    const anywhere = frames.filter(byDialler).map(line).sort();
    const shapes = new Map(frames.map((frame) => [frame.get('Event') ?? '', frame.names.slice(1).join(' ')]));
    const headers = [...shapes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([event, names]) => `${event}: ${names}`);
    return `${halves.join('\n')}\nin any place\n${anywhere.join('\n')}\n\n${headers.join('\n')}\n`;
  };
  const expectStory = (name: string, text: string) =>
    expect(text).toMatchFileSnapshot(`../fixtures/stories/${name}-${pbx.release}.txt`);

  it('that is answered and hung up by AMI', async () => {
    const text = await play(async ({ ami, id, originate, until, settled }) => {
      await originate('Local/answer@lab', { Application: 'Wait', Data: '20', CallerID: '"Ann" <100>' });
      await until('OriginateResponse');
      await settled();
      await ami.ask('Hangup', { Channel: id, Cause: '16' });
    });
    await expectStory('answered', text);
  });

  it.each([
    ['busy', 'Local/busy@lab'],
    ['congestion', 'Local/congestion@lab'],
    ['reject', 'Local/reject@lab'],
    ['short', 'Local/short@lab'],
  ])('that ends by itself: %s', async (name, channel) => {
    await expectStory(name, await play(({ originate }) => originate(channel)));
  });

  it('whose dial string has two slashes', async () => {
    const text = await play(({ originate }) => originate('Local/12/@from-internal/n', { Application: 'Wait', Data: '1' })); // prettier-ignore
    await expectStory('two-slashes', text);
  });

  it('that nobody answers', async () => {
    const text = await play(({ originate }) => originate('Local/ring@lab', { Application: 'Wait', Data: '20', Timeout: '500' })); // prettier-ignore
    await expectStory('no-answer', text);
  });

  it('in which keys are pressed and a recording runs', async () => {
    const text = await play(async ({ ami, id, originate, until, settled }) => {
      await originate('Local/answer@lab');
      await until('OriginateResponse');
      await settled();
      await ami.ask('PlayDTMF', { Channel: id, Digit: '5', Duration: '100' });
      await until('DTMFEnd', 2);
      await ami.ask('MixMonitor', { Channel: id, File: `${id}.wav` });
      await until('MixMonitorStart');
      await ami.ask('MixMonitorMute', { Channel: id, Direction: 'read', State: '1' });
      await until('MixMonitorMute');
      await ami.ask('StopMixMonitor', { Channel: id });
      await until('MixMonitorStop');
      await ami.ask('Hangup', { Channel: id, Cause: '17' });
    });
    await expectStory('recorded', text);
  });

  it('of which a leg is moved', async () => {
    const text = await play(async ({ ami, id, originate, until, settled }) => {
      await originate('Local/answer@lab', { Context: 'transfer-dest', Exten: '101', Priority: '1' });
      await until('OriginateResponse');
      await settled();
      await ami.ask('Redirect', { Channel: id, Context: 'lab', Exten: 'short', Priority: '1' });
    });
    await expectStory('redirected', text);
  });

  it('that is given an account and variables', async () => {
    const given = { Account: 'sales', Variable: ['FIRST="a,b"', String.raw`__SECOND=\"x\\y`, 'FIRST=late'] };
    const text = await play(({ originate }) =>
      originate('Local/busy@lab', { Application: 'Wait', Data: '20', CallerID: '"Ann" <100>', ...given }),
    );
    await expectStory('variables', text);
  });

  it.each([
    ['dialled', 'Local/short@lab/n'],
    ['dialled-no-answer', 'Local/ring@lab/n,1'],
  ])('that dials another: %s', async (name, data) => {
    const text = await play(({ originate }) =>
      originate('Local/answer@lab', { Application: 'Dial', Data: data, CallerID: '"Ann" <100>' }),
    );
    await expectStory(name, text);
  });
});
