import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEachPbx } from '../helpers/asterisk.ts';
import { type Frame, type Headers, loggedIn, type RawAmi } from '../helpers/raw-ami.ts';

// Expected are the answers of the real servers, in test/fixtures, one file for each release:
// `ASTERISK_RELEASES="16 22" npx vitest run test/contract/replies -t 'on Asterisk' -u` writes them.

const LIVE = '<live>';
const TWO_LEGS = { Channel: LIVE, ExtraChannel: LIVE, Context: 'lab', Exten: 'answer', Priority: '1', ExtraContext: 'lab' }; // prettier-ignore
const REQUESTS: readonly (readonly [action: string, headers?: Headers])[] = [
  ['Ping'],
  ['Status', { Channel: LIVE }],
  ['Status', { Channel: 'nobody' }],
  ['Status', { Channel: LIVE, Variables: 'FOO,CALLERID(num)' }],
  ['CoreShowChannels'],
  ['CoreStatus'],
  ['Getvar', { Channel: LIVE, Variable: 'FOO' }],
  ['Getvar', { Channel: 'nobody', Variable: 'FOO' }],
  ['Getvar', { Channel: LIVE }],
  ['Getvar', { Variable: 'CONTRACT_UNSET' }],
  ['Setvar', { Channel: LIVE, Variable: 'FOO', Value: 'a: b' }],
  ['Setvar', { Channel: 'nobody', Variable: 'FOO', Value: 'x' }],
  ['Setvar', { Channel: LIVE, Value: 'x' }],
  ['Getvar', { Channel: LIVE, Variable: 'FOO' }],
  ['Getvar', { Channel: LIVE, Variable: 'EXTEN' }],
  ['Getvar', { Channel: LIVE, Variable: 'UNIQUEID' }],
  ['Getvar', { Channel: LIVE, Variable: 'CHANNEL(state)' }],
  ['Getvar', { Channel: LIVE, Variable: 'CALLERID(all)' }],
  ['Getvar', { Channel: LIVE, Variable: 'NOSUCH(x)' }],
  ['Setvar', { Channel: LIVE, Variable: 'NOSUCH(x)', Value: 'x' }],
  ['Setvar', { Variable: 'CALLERID(num)', Value: '12' }],
  ['Setvar', { Variable: 'CONTRACT_GLOBAL', Value: 'g' }],
  ['Getvar', { Channel: LIVE, Variable: 'CONTRACT_GLOBAL' }],
  ['Setvar', { Channel: LIVE, Variable: 'BAR', Value: 'newer' }],
  ['Status', { Channel: LIVE, AllVariables: 'true' }],
  ['Status', { Channel: LIVE, Variables: 'CONTRACT_GLOBAL,CONTRACT_UNSET' }],
  ['PlayDTMF', { Channel: LIVE, Digit: '5', Duration: '100' }],
  ['PlayDTMF'],
  ['PlayDTMF', { Channel: LIVE }],
  ['PlayDTMF', { Channel: 'nobody', Digit: '5' }],
  ['Redirect', { Channel: 'nobody', Context: 'lab', Exten: 'answer', Priority: '1' }],
  ['Redirect', { Context: 'lab', Exten: 'answer', Priority: '1' }],
  ['Redirect', { Channel: LIVE, Context: 'lab', Exten: 'answer', Priority: 'x' }],
  ['Redirect', { Channel: LIVE, Context: 'lab', Exten: 'answer', Priority: '0' }],
  ['Redirect', { Channel: LIVE, ExtraChannel: 'nobody', Context: 'lab', Exten: 'answer', Priority: '1' }],
  ['Redirect', { ...TWO_LEGS, ExtraPriority: '1' }],
  ['Redirect', { ...TWO_LEGS, ExtraExten: 'answer' }],
  ['Redirect', { ...TWO_LEGS, ExtraExten: 'answer', ExtraPriority: 'x' }],
  ['MixMonitor', { Channel: 'nobody', File: 'x.wav' }],
  ['MixMonitor', { File: 'x.wav' }],
  ['MixMonitor', { Channel: LIVE }],
  ['StopMixMonitor', { Channel: 'nobody' }],
  ['MixMonitorMute', { Channel: LIVE, Direction: 'sideways', State: '1' }],
  ['MixMonitorMute', { Channel: 'nobody', Direction: 'both', State: '1' }],
  ['MixMonitorMute', { Channel: LIVE, State: '1' }],
  ['MixMonitorMute', { Channel: LIVE, Direction: 'both' }],
  ['MixMonitorMute', { Direction: 'both', State: '1' }],
  ['MixMonitor', { Channel: LIVE, File: 'contract.wav', Options: 'i(CONTRACT_MIX)' }],
  ['StopMixMonitor', { Channel: LIVE }],
  ['StopMixMonitor'],
  ['Monitor', { File: 'x' }],
  ['StopMonitor'],
  ['ChangeMonitor', { Channel: LIVE }],
  ['ChangeMonitor', { Channel: LIVE, File: 'x' }],
  ['Hangup', { Channel: 'nobody' }],
  ['Hangup', { Channel: '/nobody' }],
  ['Hangup', { Channel: '/(/' }],
  ['Hangup', { Channel: '/^nobody at all$/' }],
  ['Hangup'],
  ['Hangup', { Channel: LIVE, Cause: 'x' }],
  ['ShowDialPlan', { Context: 'lab', Extension: 'short' }],
  ['ShowDialPlan', { Context: 'nowhere' }],
  ['ShowDialPlan', { Context: 'lab', Extension: 'nobody' }],
  ['ShowDialPlan', { Extension: 'nobody at all' }],
  ['ShowDialPlan', { Context: 'transfer-dest', Extension: '234' }],
  ['ShowDialPlan', { Context: 'hints' }],
  ['DBPut', { Family: 'contract', Key: 'replies', Val: 'x' }],
  ['DBGetTree', { Key: 'nowhere' }],
  ['DBDel', { Family: 'contract', Key: 'replies' }],
  ['QueueSummary', { Queue: 'sales-queue' }],
  ['QueueStatus', { Queue: 'sales-queue' }],
  ['QueueSummary', { Queue: 'nowhere' }],
  ['QueueStatus', { Queue: 'nowhere' }],
  ['Originate', {}],
  ['Originate', { Channel: 'nonsense' }],
  ['Originate', { ChannelId: 'x'.repeat(150) }],
  ['Originate', { Channel: 'Local/answer@lab', OtherChannelId: 'x'.repeat(150) }],
  ['Originate', { Channel: 'Local/answer@lab' }],
  ['Originate', { Channel: 'Local/answer@lab', Context: 'lab', Exten: 'answer' }],
  ['Originate', { Channel: 'Local/answer@lab', Context: 'lab', Exten: 'answer', Priority: '9' }],
  ['Originate', { Channel: 'Local/answer@lab', Context: 'lab', Exten: 'nobody', Priority: '1' }],
  ['Originate', { Channel: 'Local/short@lab', Application: 'Wait', Data: '1', Timeout: '-5' }],
  ['Originate', { Channel: 'Local/short@lab', Async: 'true' }],
  ['Originate', { Channel: 'Local/answer@lab', Context: 'lab', Exten: 'answer', Priority: 'x' }],
  ['Originate', { Channel: 'Local/answer@lab', Application: 'Wait', Timeout: 'soon' }],
  ['Originate', { Channel: 'Local/answer@lab', Application: 'Wait', Codecs: 'morse' }],
  ['Originate', { Channel: 'Local/busy@lab', Application: 'Wait', Data: '1' }],
  ['Originate', { Channel: 'Local/congestion@lab', Application: 'Wait', Data: '1' }],
  ['Originate', { Channel: 'Local/ring@lab', Application: 'Wait', Data: '1', Timeout: '300' }],
  ['Originate', { Channel: 'Local/nobody@lab', Application: 'Wait', Data: '1' }],
  ['Originate', { Channel: 'Local/short@lab', Application: 'Wait', Data: '1' }],
];
/** Told word for word; of other headers the names alone. */
const WORDS = new Set([
  'Response',
  'Message',
  'Value',
  'Variable',
  'EventList',
  'ListItems',
  'Ping',
  'ListExtensions',
  'ListPriorities',
  'ListContexts',
]);

describeEachPbx('the replies', (pbx) => {
  let ami: RawAmi;
  const live = `replies-${process.pid}-${Date.now()}`;
  beforeAll(async () => {
    ami = await loggedIn(pbx, { Events: 'call' });
    await ami.ask('Originate', { Channel: 'Local/answer@lab', ChannelId: live, Application: 'Wait', Data: '60', Async: 'true' }); // prettier-ignore
    await ami.until((frame) => frame.get('Event') === 'OriginateResponse' && frame.get('Uniqueid') === live);
    await ami.ask('Events', { EventMask: 'off' });
  });
  afterAll(() => {
    ami.close();
  });

  const shape = (frame: Frame): string =>
    frame.headers
      .map(([name, value]) => (WORDS.has(name) || name === 'Event' ? `${name}=${value.replaceAll(live, LIVE)}` : name))
      .join(' ');

  it('have the words and headers of the release', async () => {
    const lines: string[] = [];
    for (const [action, headers = {}] of REQUESTS) {
      const sent = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, value === LIVE ? live : value]),
      );
      const [reply, ...items] = await ami.list(action, sent);
      lines.push(`${action} ${Object.entries(headers).map(([name, value]) => `${name}=${String(value)}`).join(' ')}`.trim()); // prettier-ignore
      // Calls of other suites may still be there: one item of a kind is enough.
      const kinds = new Set(items.map(shape).map((text) => text.replace(/ListItems=\d+/, 'ListItems=n')));
      lines.push(`  ${reply ? shape(reply) : ''}`, ...[...kinds].sort().map((text) => `  ${text}`));
    }
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`../fixtures/replies-${pbx.release}.txt`);
    await ami.ask('Hangup', { Channel: live });
  });
});
