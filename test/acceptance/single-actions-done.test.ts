import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { describeEachAsterisk, eventually } from '../helpers/asterisk.ts';
import { useGateway } from '../helpers/gateway.ts';
import { createAsker, type Row } from '../helpers/single-actions.ts';
import { openSipPhone } from '../helpers/sip.ts';

const absentOn16 = (on22: number | string) => ({ 16: 'action-unavailable', 22: on22 });
const absentOn22 = (on16: number | string) => ({ 16: on16, 22: 'action-unavailable' });

describeEachAsterisk('routes that are one action, done', (asterisk) => {
  const gateway = useGateway({ pbx: { port: asterisk.amiPort, secret: asterisk.secret } });
  const limits = { applications: ['AGI', 'AgentLogin', 'ReceiveFAX'] };
  const { ask, check } = createAsker(gateway, { release: asterisk.release, limits });
  const place = async (channel = 'Local/answer@lab/n', application = 'Wait', data = '60') => {
    const { body } = await gateway.as('write:all', limits).post('/calls', { channel, application, data }).set('prefer', 'wait=5').expect(201); // prettier-ignore
    return { id: body.id as string, plain: body.channelName as string, name: encodeURIComponent(body.channelName) };
  };
  const end = (...calls: { id: string }[]) => Promise.all(calls.map(({ id }) => ask('delete', `/calls/${id}`)));
  const checkAll = async (rows: Row[]) => {
    for (const row of rows) await check(row);
  };
  const itemsOf = async (path: string) => (await ask('get', path)).body.items as Record<string, unknown>[];

  it('give AGI commands to a channel that takes them', async () => {
    const [agi, other] = [await place('Local/answer@lab/n', 'AGI', 'agi:async'), await place()];
    await eventually(() => check(['post', `/channels/${agi.name}/agi`, { command: 'NOOP', commandId: 'x' }, 204]));
    await check(['post', `/channels/${other.name}/agi`, { command: 'NOOP' }, 'not-in-agi']);
    await check(['post', '/channels/nosuch/agi', { command: 'NOOP' }, 'no-such-channel']);
    await end(agi, other);
  });

  it('transfer who a channel talks to, and end a bridge', async () => {
    const [one, two, three] = [await place(), await place(), await place()];
    const bridgeOf = async (name: string) => (await ask('get', `/channels/${name}`)).body.bridgeId as string | null;
    await check(['post', '/bridges', { channels: [one.plain, one.plain] }, 'not-bridgeable']);
    await check(['delete', `/bridges/nosuch/channels/${one.name}`, undefined, 'no-such-bridge']);
    await check(['post', `/channels/${one.name}/park`, { parkingLot: 'nosuch' }, 'not-parked']);
    await check(['post', '/bridges', { channels: [one.plain, two.plain] }, 204]);
    await eventually(async () => expect(await bridgeOf(two.name)).toBeTruthy());
    // Asterisk would say Success, and both would be hung up.
    await check(['post', `/channels/${one.name}/blind-transfer`, { context: 'lab', extension: 'nosuch' }, 'no-such-extension']); // prettier-ignore
    expect(await bridgeOf(two.name)).toBeTruthy();
    await check(['post', `/channels/${one.name}/blind-transfer`, { context: 'private', extension: '1' }, 204]);
    await eventually(async () => expect((await ask('get', `/channels/${two.name}`)).body.context).toBe('private'));

    await check(['post', '/bridges', { channels: [two.plain, three.plain] }, 204]);
    const bridge = await eventually(async () => (await bridgeOf(three.name)) ?? expect.fail('Not yet'));
    await check(['delete', `/bridges/${bridge}`, undefined, 204]);
    await eventually(() => check(['delete', `/bridges/${bridge}`, undefined, 'no-such-bridge']));
    await end(one, two, three);
  });

  it('record a conference, show one of it to all, and know who is not in it', async () => {
    const [talker, other] = [await place('Local/conf@lab/n'), await place()];
    const room = '/conferences/lab-room';
    await eventually(async () => expect(await itemsOf('/conferences')).toContainEqual(expect.objectContaining({ conference: 'lab-room', parties: 1, locked: false }))); // prettier-ignore
    expect((await itemsOf(`${room}/participants`))[0]).toMatchObject({ talking: false, waiting: false, answeredTime: expect.any(Number) }); // prettier-ignore
    await checkAll([
      ['put', `${room}/video-source`, { channel: talker.plain.replace(/;1$/, ';2') }, 204],
      ['put', `${room}/video-source`, { channel: other.plain }, 'no-such-participant'],
      ['put', `${room}/participants/${other.name}/mute`, undefined, 'no-such-participant'],
      ['delete', `${room}/participants/${other.name}`, undefined, 'no-such-participant'],
      ['delete', `${room}/recording`, undefined, 'no-such-recording'],
      ['post', `${room}/recording`, { file: 'done/conference.wav' }, 204],
      ['post', `${room}/recording`, {}, 'already-recording'],
      ['delete', `${room}/recording`, undefined, 204],
    ]);
    await end(talker, other);
  });

  it('move a caller in a queue, and take one out', async () => {
    const caller = await place('Local/queue@lab/n');
    const far = `/queues/support-queue/callers/${encodeURIComponent(caller.plain.replace(/;1$/, ';2'))}`;
    await eventually(() => check(['put', `${far}/priority`, { priority: 5 }, 204]));
    const mine = (await itemsOf('/queues/support-queue/callers')).find(({ channel }) => channel === caller.plain.replace(/;1$/, ';2')); // prettier-ignore
    expect(mine).toMatchObject({ wait: expect.any(Number), priority: 5, callerIdNum: null });
    await check(['delete', `${far}?info=x`, undefined, 204]);
    // It leaves once the member that rings for it does not any more.
    await check(['delete', `${far}?info=x`, undefined, 'already-withdrawn']);
    await end(caller);
  });

  it('log an agent off, tell of a fax that is being received', async () => {
    const [agent, fax] = [await place('Local/answer@lab/n', 'AgentLogin', '1001'), await place('Local/answer@lab/n', 'ReceiveFAX', '/tmp/done.tif')]; // prettier-ignore
    const statusOf = async () => (await itemsOf('/agents')).find((one) => one['agent'] === '1001');
    await eventually(async () => expect(await statusOf()).toMatchObject({ status: 'AGENT_IDLE', channel: agent.plain, loggedInTime: expect.stringMatching(/^20.*Z$/) as string })); // prettier-ignore
    await check(['delete', '/agents/1001/session', undefined, 204]);
    await eventually(async () => expect(await statusOf()).toMatchObject({ status: 'AGENT_LOGGEDOFF' }));
    const session = await eventually(async () => (await itemsOf('/fax/sessions')).find(({ channel }) => channel === fax.plain) ?? expect.fail('Not yet')); // prettier-ignore
    expect((await ask('get', `/fax/sessions/${String(session['sessionNumber'])}`)).body).toMatchObject({ sessionNumber: session['sessionNumber'], operation: 'receive' }); // prettier-ignore
    await end(agent, fax);
  });

  it('change what a PJSIP endpoint and a registration do', async () => {
    await checkAll([
      ['put', '/endpoints/caller/maintenance', { state: 'on' }, absentOn16(204)],
      ['get', '/endpoints/caller/maintenance', undefined, absentOn16(200)],
      ['put', '/endpoints/caller/maintenance', { state: 'off' }, absentOn16(204)],
      ['put', '/endpoints/nosuch/maintenance', { state: 'on' }, absentOn16('no-such-endpoint')],
      ['post', '/registrations/outbound/lab-trunk/register', undefined, 204],
      ['post', '/registrations/outbound/lab-trunk/unregister', undefined, 204],
      ['get', '/presence-states/CustomPresence:done', undefined, 200],
      ['get', '/parking-lots/default/calls', undefined, 200],
      ['get', '/mailboxes', undefined, 200],
      ['post', '/mailboxes/100%40default/refresh', undefined, 204],
    ]);
    expect((await itemsOf('/registrations/outbound'))[0]).toMatchObject({ objectName: 'lab-trunk', retryInterval: 3_600, supportPath: false }); // prettier-ignore
    expect((await itemsOf('/mailboxes'))[0]).toMatchObject({
      voiceMailbox: '100',
      sayEnvelope: true,
      newMessageCount: 0,
    });
  });

  it('empty and fill what is kept in memory', async () => {
    const auths = '/sorcery-caches/lab-auths';
    const aliases = '/sorcery-caches/lab-aliases';
    // Telling of an endpoint looks its authentication up, which puts it there.
    const look: Row = ['get', '/endpoints/agent001', undefined, 200];
    await checkAll([
      look,
      ['post', `${auths}/objects/agent001/expire`, undefined, 204],
      ['post', `${auths}/objects/agent001/expire`, undefined, 'no-such-object'],
      ['post', `${auths}/objects/agent001/stale`, {}, 'no-such-object'],
      ['post', `${auths}/populate`, undefined, 'wrong-kind-of-cache'],
      ['post', `${auths}/stale`, undefined, 204],
      ['post', `${auths}/expire`, undefined, 204],
      look,
      // Last: it is put back there in its own time.
      ['post', `${auths}/objects/agent001/stale`, { reload: true }, 204],
      ['post', `${aliases}/populate`, undefined, 204],
      ['post', `${aliases}/objects/x/expire`, undefined, 'wrong-kind-of-cache'],
    ]);
  });

  it('list Skinny phones, of which Asterisk parts none from the next', async () => {
    await check(['get', '/skinny/devices', undefined, absentOn22(200)]);
    await check(['get', '/skinny/lines', undefined, absentOn22(200)]);
    if (asterisk.release === 22) return;
    expect(await itemsOf('/skinny/devices')).toEqual([
      expect.objectContaining({ objectName: 'lab-desk', deviceId: 'SEP001122334455', numberOfLines: 1 }),
      expect.objectContaining({ objectName: 'lab-spare', deviceId: 'SEP001122334466', numberOfLines: 0 }),
    ]);
    expect(await itemsOf('/skinny/lines')).toEqual([expect.objectContaining({ objectName: 'lab-line', device: 'lab-desk' })]); // prettier-ignore
  });

  it('unload and load a module, and send by XMPP', async () => {
    const said: string[] = [];
    const server = createServer((socket) =>
      socket.on('error', () => {}).on('data', (bytes) => said.push(String(bytes))),
    );
    await new Promise<void>((resolve) => server.listen(asterisk.xmppPort, '127.0.0.1', resolve));
    const message = { client: 'lab', to: 'anna@example.com', message: 'Call back' };
    await checkAll([
      ['delete', '/modules/res_xmpp.so', undefined, 204],
      ['delete', '/modules/res_xmpp.so', undefined, 'module-not-changed'],
      ['post', '/jabber/messages', message, 'action-unavailable'],
      ['put', '/modules/res_xmpp.so', undefined, 204],
      ['put', '/modules/res_xmpp.so', undefined, 'module-not-changed'],
      ['post', '/jabber/messages', { ...message, client: 'nosuch' }, 'no-such-client'],
      ['post', '/jabber/messages', { ...message, to: 'anna' }, 'invalid-request'],
    ]);
    await eventually(() => expect(said.join('')).toContain('<stream:stream'));
    await check(['post', '/jabber/messages', message, 204]);
    await eventually(() => expect(said.join('')).toMatch(/to='anna@example.com'.*Call back/));
    server.close();
    // Two Responses to one action: no connection was given up for it.
    expect((await gateway.as('read:all').get('/pbx').expect(200)).body.items[0].pool).toMatchObject({ open: 3, reconnects: 0 }); // prettier-ignore
  });

  it('refuse a call that comes in, and send a text, by SIP', async () => {
    const phone = await openSipPhone(asterisk.sipPort);
    phone.invite('ringing');
    await phone.until(/^SIP\/2.0 180/);
    const [channel] = await itemsOf('/channels?prefix=PJSIP/caller-');
    await check(['post', `/channels/${String(channel?.['id'])}/reject`, { status: 486 }, absentOn16(204)]);
    if (asterisk.release === 16) await check(['delete', `/channels/${String(channel?.['id'])}?cause=user-busy`, undefined, 204]); // prettier-ignore
    await phone.until(/^SIP\/2.0 486/);
    await checkAll([
      [
        'post',
        '/messages',
        { to: `pjsip:caller/sip:x@127.0.0.1:${phone.port}`, from: 'sip:crm@lab', body: 'hello' },
        204,
      ],
      ['post', '/messages', { to: 'pjsip:caller', body: 'hello' }, 'not-reachable'],
      ['post', '/messages', { to: 'nosuch:caller', body: 'hello' }, 'invalid-request'],
      // Sent, these would be the end of Asterisk.
      ...['pjsip:trunk', 'PJSIP:trunk@127.0.0.1', 'pjsip:"x" <sip:trunk@127.0.0.1>'].map((to): Row => ['post', '/messages', { to, body: 'hello' }, 'no-address']), // prettier-ignore
    ]);
    expect(await phone.until(/^MESSAGE /)).toMatch(/hello$/);
    phone.close();
  });
});
