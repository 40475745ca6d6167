import { describe, expect, it } from 'vitest';
import { CoreShowChannels, Hangup, Redirect, Status } from '../../src/ami/actions/channel.ts';
import { BridgeInfo } from '../../src/ami/actions/bridge.ts';
import { DBDelTree } from '../../src/ami/actions/database.ts';
import { MessageSend } from '../../src/ami/actions/message.ts';
import { QueueAdd } from '../../src/ami/actions/queue-member.ts';
import { QueueStatus } from '../../src/ami/actions/queue.ts';
import { Getvar, Setvar } from '../../src/ami/actions/variable.ts';
import type { Action, Reply } from '../../src/ami/types.ts';
import type { AuditRecord } from '../../src/auth/audit.ts';
import { createGuard } from '../../src/auth/guard.ts';
import type { Limits } from '../../src/auth/limits.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { flush } from '../helpers/clock.ts';
import { frame, header, outcomeOf, principal, recordingSender, reply } from '../helpers/doubles.ts';
import { cli, dial, start } from '../helpers/judging.ts';

interface Options {
  scope?: string;
  limits?: Limits;
  answer?: (action: Action) => Reply | Promise<Reply>;
  quota?: () => void;
  pbx?: string;
}

/** One live channel, as Asterisk knows it: by its Uniqueid and by its name in any case. */
const LIVE = { Channel: 'PJSIP/agent001-0000002a', Uniqueid: '1795396506.42', Linkedid: '1795396506.41' };

const asteriskHasOne = (action: Action): Reply => {
  if (action.declaration.name !== 'Status') return reply();
  const ref = header(action, 'Channel');
  const known = ref === LIVE.Uniqueid || ref?.toLowerCase() === LIVE.Channel.toLowerCase();
  if (!known) throw new GatewayError('no-such-channel', 'No such channel');
  return reply([frame({ Event: 'Status', ...LIVE })]);
};

const setUp = ({
  scope = 'write:all',
  limits = {},
  answer = asteriskHasOne,
  quota = () => {},
  pbx = 'eu',
}: Options) => {
  const sender = recordingSender(answer);
  const records: AuditRecord[] = [];
  const guard = createGuard({
    sender,
    pbx,
    principal: principal(scope, limits),
    context: { requestId: 'request-1', operation: 'channels.hangup' },
    ownership: { owns: (sub, { linkedId }) => sub === 'anna' && linkedId === LIVE.Linkedid },
    quota: { takeCall: quota },
    audit: (record) => records.push(record),
  });
  return { sender, records, guard };
};

describe('guard', () => {
  it.each<[string, Options, Action, string]>([
    ['a scope', { scope: 'read:call' }, Hangup({ Channel: 'x' }), 'insufficient-scope'],
    ['a limit', { limits: { contexts: ['lab'] } }, dial('Local/1@private'), 'limit-exceeded'],
    ['the server', { limits: { pbx: ['us'] } }, Hangup({ Channel: 'x' }), 'limit-exceeded'],
    ['an odd reference', {}, Hangup({ Channel: '/.*/' }), 'invalid-request'],
    ['a command', { limits: { commands: ['core show'] } }, cli('core restart now'), 'limit-exceeded'],
    ['the variables of Status', { scope: 'write:call' }, Status({ Variables: 'ENV(PATH)' }), 'limit-exceeded'],
    ['a scope that only observes', { scope: 'read:call' }, Status({ Variables: 'pin' }), 'insufficient-scope'],
  ])('sends nothing where %s refuses', async (_what, options, action, code) => {
    const { sender, guard } = setUp(options);
    await expect(guard.send(action)).rejects.toMatchObject({ code });
    await expect(guard.authorize(action)).rejects.toMatchObject({ code });
    expect(sender.sent).toEqual([]);
  });

  it('sends what is allowed as it is, and asks Asterisk nothing for a token that sees every channel', async () => {
    const { sender, guard } = setUp({ scope: 'write:call' });
    const action = Hangup({ Channel: 'whatever' });
    await guard.send(action, { timeoutMs: 7 });
    expect(sender.sent).toEqual([action]);
    expect(sender.options).toEqual([{ timeoutMs: 7 }]);
  });

  it.each([LIVE.Uniqueid, LIVE.Channel, LIVE.Channel.toUpperCase()])(
    'judges the channel that Asterisk says is meant by %s, not the words of the caller',
    async (ref) => {
      const verdicts = async (limits: Limits) => {
        const { sender, guard } = setUp({ limits });
        const outcome = outcomeOf(guard.send(Hangup({ Channel: ref })));
        await flush();
        return [outcome.code ?? 'allowed', ...sender.names];
      };
      expect(await verdicts({ channels: ['PJSIP/agent001-*'] })).toEqual(['allowed', 'Status', 'Hangup']);
      expect(await verdicts({ channels: ['PJSIP/agent002-*'] })).toEqual(['limit-exceeded', 'Status']);
      expect(await verdicts({ channels: [ref.toUpperCase() + '*'] })).toEqual(['limit-exceeded', 'Status']);
      expect(await verdicts({ own: true })).toEqual(['allowed', 'Status', 'Hangup']);
    },
  );

  it('does not let a subject reach the channels of another, or tell whether a channel is there by any other code', async () => {
    const { sender, guard } = setUp({ limits: { own: true } });
    await expect(guard.send(Hangup({ Channel: 'PJSIP/nobody' }))).rejects.toMatchObject({ code: 'no-such-channel' });
    const other = setUp({ limits: { own: true }, answer: () => reply([frame({ ...LIVE, Linkedid: '9.9' })]) });
    await expect(other.guard.send(Hangup({ Channel: LIVE.Channel }))).rejects.toMatchObject({
      code: 'limit-exceeded',
      details: { limit: 'own' },
    });
    expect([...sender.names, ...other.sender.names]).toEqual(['Status', 'Status']);
  });

  it('looks at every channel an action reaches', async () => {
    const { sender, guard } = setUp({ limits: { channels: ['PJSIP/agent001-*'] } });
    const both = { Channel: LIVE.Channel, Context: 'lab', Exten: '1', Priority: 1, ExtraChannel: 'PJSIP/other' };
    await expect(guard.send(Redirect(both))).rejects.toMatchObject({ code: 'no-such-channel' });
    expect(sender.names).toEqual(['Status', 'Status']);
  });

  it('reads no global variable through a channel, where Asterisk looks when the channel has none of the name', async () => {
    const answer = (action: Action): Reply => {
      const global = action.declaration.name === 'Getvar' && header(action, 'Channel') === undefined;
      const Value = header(action, 'Variable') === 'TRUNK' ? 'secret' : '';
      return global ? { ...reply(), response: frame({ Response: 'Success', Value }) } : asteriskHasOne(action);
    };
    const own = setUp({ limits: { own: true }, answer });
    for (const action of [Getvar({ Channel: LIVE.Channel, Variable: 'TRUNK' }), Status({ Variables: 'a,TRUNK' })]) {
      await expect(own.guard.send(action)).rejects.toMatchObject({ code: 'limit-exceeded', details: { limit: 'own' } });
    }
    expect(own.sender.names.filter((name) => name === 'Status')).toEqual(['Status']);
    await own.guard.send(Getvar({ Channel: LIVE.Channel, Variable: 'campaign' }));
    await own.guard.send(Setvar({ Channel: LIVE.Channel, Variable: 'TRUNK', Value: 'x' }));
    const free = setUp({ answer });
    await free.guard.send(Getvar({ Channel: LIVE.Channel, Variable: 'TRUNK' }));
    expect(free.sender.names).toEqual(['Getvar']);
  });

  it('removes no tree with which another family would go', async () => {
    const verdicts = async (databaseFamilies: string[], keys: string[]) => {
      const items = keys.map((Key) => frame({ Event: 'DBGetTreeResponse', Key }));
      const { sender, guard } = setUp({ limits: { databaseFamilies }, answer: () => reply(items) });
      const outcome = outcomeOf(guard.send(DBDelTree({ Family: 'my_app' })));
      await flush();
      return [outcome.code ?? 'allowed', ...sender.names];
    };
    const asked = ['DBGetTree', 'DBDelTree'];
    expect(await verdicts(['my_app'], ['/my_app/1', '/my_app/a/2'])).toEqual(['allowed', ...asked]);
    expect(await verdicts(['my_app'], ['/my_app/1', '/MY_APP/1'])).toEqual(['limit-exceeded', 'DBGetTree']);
    expect(await verdicts(['my_app'], ['/my-app/1'])).toEqual(['limit-exceeded', 'DBGetTree']);
    expect(await verdicts(['*'], ['/MY_APP/1'])).toEqual(['allowed', 'DBDelTree']);
  });

  it.each<[string, string, string[]]>([
    ['pjsip:trunk', 'no-address', ['trunk']],
    ['PJSIP:trunk@127.0.0.1', 'no-address', ['trunk']],
    ['pjsip:agent001', 'allowed', ['agent001']],
    ['pjsip:nosuch@agent001', 'allowed', ['nosuch', 'agent001']],
    ['pjsip:a/b/c/d/e/f/g/h/trunk', 'invalid-request', []],
    ['sip:trunk@127.0.0.1', 'allowed', []],
  ])('sends no message that would be the end of Asterisk: to %s', async (To, verdict, lookedUp) => {
    const { sender, guard } = setUp({
      answer: (action) => {
        const name = header(action, 'Endpoint');
        if (name === 'nosuch') throw new GatewayError('no-such-endpoint', 'No such endpoint');
        return reply([frame({ Event: 'EndpointDetail', Aors: name === 'trunk' ? '' : 'agent001' })]);
      },
    });
    const outcome = outcomeOf(guard.send(MessageSend({ To, Body: 'hello' })));
    await flush();
    expect(outcome.code ?? 'allowed').toBe(verdict);
    const asked = sender.sent.map((action) => header(action, 'Endpoint')).filter((name) => name !== undefined);
    expect(asked).toEqual(lookedUp);
    expect(sender.names.includes('MessageSend')).toBe(verdict === 'allowed');
  });

  it('tells of the whole of a list only to those who may see something of it', async () => {
    const whole = async (limits: Limits, items: Reply['items']) => {
      const answer = () => ({ ...reply(items), complete: frame({ Event: 'BridgeInfoComplete', BridgeType: 'basic' }) });
      const { complete } = await setUp({ limits, answer }).guard.send(BridgeInfo({ BridgeUniqueid: 'b' }));
      return complete?.get('BridgeType');
    };
    expect(await whole({}, [frame(LIVE)])).toBe('basic');
    expect(await whole({}, [])).toBe('basic');
    expect(await whole({ channels: ['PJSIP/agent001*'] }, [frame(LIVE)])).toBe('basic');
    expect(await whole({ channels: ['SIP/x'] }, [frame(LIVE)])).toBeUndefined();
  });

  it('leaves out of a list what the token may not see', async () => {
    const channels = [LIVE, { Channel: 'SIP/x', Uniqueid: '2', Linkedid: '2' }].map((one) => frame(one));
    const listed = async (limits: Limits, action: Action, items: Reply['items']) =>
      (await setUp({ limits, answer: () => reply(items) }).guard.send(action)).items.length;
    expect(await listed({}, CoreShowChannels({}), channels)).toBe(2);
    expect(await listed({ channels: ['PJSIP/*'] }, CoreShowChannels({}), channels)).toBe(1);
    expect(await listed({ own: true }, Status({}), channels)).toBe(1);
    const queues = ['sales', 'hr', 'sales'].map((Queue) => frame({ Event: 'QueueMember', Queue }));
    expect(await listed({ queues: ['sales'] }, QueueStatus({}), queues)).toBe(2);
  });

  it('counts a call once it is judged, and before anything is sent', async () => {
    const order: string[] = [];
    const options = { quota: () => order.push('counted'), answer: () => (order.push('sent'), reply()) };
    const onAllowed = async () => void order.push('allowed');
    await setUp(options).guard.send(dial('PJSIP/a'), { onAllowed });
    expect(order.splice(0)).toEqual(['counted', 'allowed', 'sent']);
    const refused = setUp({ ...options, limits: { channels: [] } }).guard.send(dial('PJSIP/a'), { onAllowed });
    await expect(refused).rejects.toMatchObject({ code: 'limit-exceeded' });
    expect(order).toEqual([]);
    const full = () => {
      throw new GatewayError('too-many-calls', 'full');
    };
    const { guard, sender, records } = setUp({ quota: full });
    await expect(guard.send(dial('PJSIP/a'), { onAllowed })).rejects.toMatchObject({ code: 'too-many-calls' });
    expect([order, sender.sent, records.map(({ outcome }) => outcome)]).toEqual([[], [], ['too-many-calls']]);
  });

  it('counts nothing that places no call', async () => {
    let counted = 0;
    await setUp({ quota: () => (counted += 1) }).guard.send(Hangup({ Channel: 'x' }));
    const member = QueueAdd({ Queue: 'sales', Interface: 'PJSIP/agent001' });
    await setUp({ quota: () => (counted += 1) }).guard.send(member);
    expect(counted).toBe(0);
  });
});

describe('audit', () => {
  it('tells who did what to what, by which request, and under which ActionID', async () => {
    const { guard, records } = setUp({ limits: { contexts: ['lab'], own: false } });
    await guard.send(dial('Local/1@lab', { Context: 'lab', Exten: '2', CallerID: '800' }));
    expect(records).toEqual([
      {
        sub: 'anna',
        address: null,
        jti: 'token-1',
        pbx: 'eu',
        operation: 'channels.hangup',
        requestId: 'request-1',
        action: 'Originate',
        targets: ['dial Local/1@lab', 'dialplan 2@lab', 'caller id 800'],
        limits: ['contexts', 'own'],
        outcome: 'ok',
        actionId: 'id',
      },
    ]);
  });

  it('records changes and refusals with their outcome, and reads not at all', async () => {
    const outcomes = async (options: Options, action: Action) => {
      const { guard, records } = setUp(options);
      await guard.send(action).catch(() => undefined);
      return records.map(({ outcome }) => outcome);
    };
    const failing = (error: Error) => ({ answer: () => Promise.reject(error) });
    const hangup = Hangup({ Channel: 'x' });
    expect(await outcomes({ answer: () => reply() }, hangup)).toEqual(['ok']);
    expect(await outcomes(failing(new GatewayError('no-such-channel', '')), hangup)).toEqual(['no-such-channel']);
    expect(await outcomes(failing(new GatewayError('outcome-unknown', '')), hangup)).toEqual(['outcome-unknown']);
    expect(await outcomes(failing(new Error('bug')), hangup)).toEqual(['internal-error']);
    expect(await outcomes({ scope: '' }, hangup)).toEqual(['insufficient-scope']);
    expect(await outcomes({ scope: '' }, Status({}))).toEqual(['insufficient-scope']);
    expect(await outcomes({ limits: { queues: [] } }, QueueStatus({ Queue: 'hr' }))).toEqual(['limit-exceeded']);
    expect(await outcomes({ answer: () => reply() }, CoreShowChannels({}))).toEqual([]);
    expect(await outcomes(failing(new GatewayError('ami-timeout', '')), Getvar({ Variable: 'x' }))).toEqual([]);
  });

  it.each([
    Setvar({ Variable: 'card', Value: 'S3CRET' }),
    dial('PJSIP/a', { Variable: { card: 'S3CRET' } }),
    start('SayDigits', 'S3CRET'),
    cli('database put family key S3CRET'),
    cli('database\tput\tfamily\tkey\tS3CRET'),
  ])('keeps the contents of variables, arguments and commands to itself: %#', async (action) => {
    const { guard, records } = setUp({ limits: { commands: ['*'], applications: ['*'] } });
    await guard.send(action);
    expect(records).toHaveLength(1);
    expect(JSON.stringify(records)).not.toContain('S3CRET');
  });
});
