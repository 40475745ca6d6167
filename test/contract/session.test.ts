import { createHash } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { describeEachPbx } from '../helpers/asterisk.ts';
import { type Headers, openAmi, type RawAmi } from '../helpers/raw-ami.ts';
import { limitedSecret, noreadSecret, originatorSecret } from '../lab/config.ts';

const banners = { 16: '5.0.4', 22: '11.0.0' };

describeEachPbx('AMI session', (pbx) => {
  const open: RawAmi[] = [];
  const connect = async () => {
    const ami = await openAmi(pbx);
    open.push(ami);
    return ami;
  };
  const enter = async (user = 'gateway', secret = pbx.secret, events?: string) => {
    const ami = await connect();
    await ami.login(user, secret, events === undefined ? {} : { Events: events });
    return ami;
  };
  afterEach(() => {
    for (const ami of open.splice(0)) ami.close();
  });

  it('greets with one line', async () => {
    const ami = await connect();
    expect(ami.banner).toBe(`Asterisk Call Manager/${banners[pbx.release]}\r\n`);
  });

  it('accepts a login, the user name in any case, and only one', async () => {
    const ami = await connect();
    const first = await ami.login('GateWay', pbx.secret);
    expect(first.names).toEqual(['Response', 'ActionID', 'Message']);
    expect([first.get('Response'), first.get('Message')]).toEqual(['Success', 'Authentication accepted']);
    const again = await ami.login('nobody', 'nothing');
    expect([again.get('Response'), again.get('Message')]).toEqual(['Success', 'Already authenticated']);
    const booted = await ami.until((frame) => frame.get('Event') === 'FullyBooted');
    expect(booted.names).toEqual(['Event', 'Privilege', 'Uptime', 'LastReload', 'Status']);
  });

  it.each([
    ['a wrong secret', { Username: 'gateway', Secret: 'wrong' }],
    ['an unknown user', { Username: 'nobody', Secret: 'wrong' }],
    ['a key without challenge', { Username: 'gateway', AuthType: 'MD5', Key: 'ab' }],
  ])('refuses %s after a second, and hangs up', async (_what, headers) => {
    const ami = await connect();
    const begun = Date.now();
    const reply = await ami.ask('Login', headers);
    expect(Date.now() - begun).toBeGreaterThan(900);
    expect([reply.get('Response'), reply.get('Message')]).toEqual(['Error', 'Authentication failed']);
    await ami.gone(2_000);
  });

  it.each([
    ['lower case', (key: string) => key, 'Success'],
    ['upper case', (key: string) => key.toUpperCase(), 'Error'],
  ])('judges an MD5 key in %s', async (_what, change, verdict) => {
    const ami = await connect();
    const challenge = await ami.ask('Challenge', { AuthType: 'md5' });
    expect(challenge.names).toEqual(['Response', 'ActionID', 'Challenge']);
    expect(challenge.get('Challenge')).toMatch(/^\d{1,9}$/);
    const key = createHash('md5')
      .update(`${challenge.get('Challenge')}${pbx.secret}`)
      .digest('hex');
    const reply = await ami.ask('Login', { Username: 'gateway', AuthType: 'MD5', Key: change(key) });
    expect(reply.get('Response')).toBe(verdict);
  });

  it('wants an AuthType for a challenge', async () => {
    const ami = await connect();
    const without = await ami.ask('Challenge');
    expect([without.get('Response'), without.get('Message')]).toEqual(['Error', 'Must specify AuthType']);
  });

  it.each(['Ping', 'NoSuchAction', 'ListCommands', 'Events'])('refuses %s before login', async (action) => {
    const ami = await connect();
    const reply = await ami.ask(action);
    expect([reply.get('Response'), reply.get('Message')]).toEqual(['Error', 'Permission denied']);
  });

  it('says goodbye, logged in or not', async () => {
    for (const ami of [await connect(), await enter()]) {
      const reply = await ami.ask('Logoff');
      expect(reply.names).toEqual(['Response', 'ActionID', 'Message']);
      expect([reply.get('Response'), reply.get('Message')]).toEqual(['Goodbye', 'Thanks for all the fish.']);
      await ami.gone();
    }
  });

  const masks: [mask: string, reply: string, sees: boolean][] = [
    ['on', 'On', true],
    ['yes', 'On', true],
    ['true', 'On', true],
    ['1', 'On', false],
    ['all', 'On', true],
    ['off', 'Off', false],
    ['no', 'Off', false],
    ['false', 'Off', false],
    ['0', 'Off', false],
    ['none', 'Off', false],
    ['dialplan', 'On', true],
    ['call,dialplan', 'On', true],
    ['call, dialplan', 'On', false],
    ['call', 'On', false],
    ['bogus', 'Off', false],
    ['DIALPLAN', 'Off', false],
    ['call|dialplan', 'Off', false],
    ['call dialplan', 'Off', false],
    ['-1', 'Off', false],
    ['bogus,dialplan', 'On', true],
    ['2048', 'On', true],
    ['2', 'On', false],
    ['ON', 'On', true],
    ['y', 'On', true],
    ['T', 'On', true],
    ['ALL', 'Off', false],
    ['all,call', 'On', true],
  ];

  /** Whether a VarSet of class dialplan reaches the session. */
  const sees = async (ami: RawAmi, actor: RawAmi): Promise<boolean> => {
    const seen = ami.frames.length;
    await actor.ask('Setvar', { Variable: 'CONTRACT_MASK', Value: '1' });
    // Events go out before the next action is read.
    await ami.ask('Ping');
    await ami.ask('Ping');
    return ami.frames.slice(seen).some((frame) => frame.get('Event') === 'VarSet');
  };

  it('takes event masks in the Events action', async () => {
    const ami = await enter();
    const actor = await enter('gateway', pbx.secret, 'off');
    const found: typeof masks = [];
    for (const [mask] of masks) {
      const reply = await ami.ask('Events', { EventMask: mask });
      expect(reply.names).toEqual(['Response', 'ActionID', 'Events']);
      found.push([mask, reply.get('Events') ?? '', await sees(ami, actor)]);
    }
    expect(found).toEqual(masks);
    for (const headers of [{}, { EventMask: '' }, { EventMask: '4294967295' }] as Headers[]) {
      const reply = await ami.ask('Events', headers);
      expect([reply.get('Response'), reply.get('Message')]).toEqual(['Error', 'Invalid event mask']);
    }
  });

  it('takes the same event masks at login', async () => {
    const actor = await enter('gateway', pbx.secret, 'off');
    const found: [string, boolean][] = [];
    for (const [mask] of masks) found.push([mask, await sees(await enter('gateway', pbx.secret, mask), actor)]);
    expect(found).toEqual(masks.map(([mask, , expected]) => [mask, expected]));
    expect(await sees(await enter('gateway', pbx.secret), actor)).toBe(true);
    expect(await sees(await enter('gateway', pbx.secret, ''), actor)).toBe(true);
  });

  it('says FullyBooted to readers of system events only', async () => {
    for (const [user, secret, mask, expected] of [
      ['gateway', pbx.secret, 'call', false],
      ['gateway', pbx.secret, 'system', true],
      ['limited', limitedSecret, undefined, true],
      ['originator', originatorSecret, undefined, false],
      ['noread', noreadSecret, undefined, false],
    ] as const) {
      const ami = await enter(user, secret, mask);
      await ami.ask('Ping');
      await ami.ask('Ping');
      expect([user, mask, ami.frames.some((frame) => frame.get('Event') === 'FullyBooted')]).toEqual([user, mask, expected]); // prettier-ignore
    }
  });

  it('lets a user do what its write classes allow, and lists no more', async () => {
    const commandsOf = async (user: string, secret: string) => {
      const ami = await enter(user, secret, 'off');
      const reply = await ami.ask('ListCommands');
      return new Map(reply.headers.slice(2));
    };
    const originator = await commandsOf('originator', originatorSecret);
    for (const name of ['Originate', 'Ping', 'QueueStatus', 'QueueSummary', 'ListCommands', 'Login', 'Logoff', 'Challenge', 'Events']) expect([...originator.keys()]).toContain(name); // prettier-ignore
    for (const name of ['Hangup', 'Status', 'Getvar', 'Command', 'Redirect']) expect([...originator.keys()]).not.toContain(name); // prettier-ignore
    const all = await commandsOf('gateway', pbx.secret);
    expect(all.get('Originate')).toBe('Originate a call.  (Priv: originate,all)');
    expect(all.get('Hangup')).toBe('Hangup channel.  (Priv: system,call,all)');
    expect(all.get('Ping')).toBe('Keepalive command.  (Priv: <none>)');
    expect(all.get('Status')).toBe('List channel status.  (Priv: system,call,reporting,all)');
    expect(all.get('Command')).toBe('Execute Asterisk CLI Command.  (Priv: command,all)');
    expect(all.has('Monitor')).toBe(pbx.release === 16);
  });

  it.each([
    ['originator', originatorSecret, ['Hangup', 'Status', 'Getvar', 'Setvar', 'Command', 'Redirect', 'CoreStatus', 'CoreSettings', 'CoreShowChannels', 'ShowDialPlan', 'PlayDTMF', 'MixMonitor', 'StopMixMonitor', 'MixMonitorMute'], ['Ping', 'QueueStatus', 'QueueSummary']],
    ['limited', limitedSecret, ['Originate', 'Hangup', 'Status', 'Getvar', 'CoreStatus'], ['Command', 'Ping']],
    ['noread', noreadSecret, ['Command', 'CoreStatus', 'ShowDialPlan', 'MixMonitor'], ['Hangup', 'Status', 'Getvar', 'StopMixMonitor']],
  ])('keeps %s from what it may not', async (user, secret, refused, allowed) => {
    const ami = await enter(user, secret, 'off');
    for (const action of refused) {
      const reply = await ami.ask(action, { Channel: 'zz' });
      expect([action, reply.get('Response'), reply.get('Message')]).toEqual([action, 'Error', 'Permission denied']);
    }
    for (const action of allowed) {
      const reply = await ami.ask(action, { Channel: 'zz' });
      expect([action, reply.get('Message')]).not.toEqual([action, 'Permission denied']);
    }
  }); // prettier-ignore
});
