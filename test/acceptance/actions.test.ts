import { expect, it } from 'vitest';
import { describeEachAsterisk, describeEachPbx } from '../helpers/asterisk.ts';
import { useGateway } from '../helpers/gateway.ts';

const ALL = 'read:all write:all';

describeEachPbx('actions by name', (pbx) => {
  const gateway = useGateway({ pbx: { port: pbx.amiPort, secret: pbx.secret } });
  const run = (name: string, fields: object, scope = ALL, limits?: Parameters<typeof gateway.as>[1]) =>
    gateway.as(scope, limits).post(`/actions/${name}`, fields);

  it('are listed with what they need and whether this Asterisk has them', async () => {
    const { body } = await gateway.as('read:call').get('/actions').expect(200);
    const named = (name: string) => body.items.find((one: { name: string }) => one.name === name);
    expect(named('QueueSummary')).toMatchObject({ declared: true, available: true, scopes: ['write:agent', 'read:agent'], changes: false, reply: 'list' }); // prettier-ignore
    expect(named('Hangup')).toMatchObject({ available: true, changes: true });
    expect(named('BridgeDestroy').scopes).toEqual(['write:call']);
    for (const internal of ['Login', 'Logoff', 'Events', 'Filter', 'WaitEvent', 'Challenge']) {
      expect(named(internal)?.declared ?? false).toBe(false);
    }
    const { body: one } = await gateway.as('read:call').get('/actions/hangup').expect(200);
    expect(one).toMatchObject({ name: 'Hangup', fields: { required: ['Channel'] } });
    expect((await gateway.as('read:call').get('/actions/Nonsense').expect(404)).body.code).toBe('no-such-action');
  });

  it('are sent, plain and with lists, in the words of AMI', async () => {
    const { body: core } = await run('coresettings', {}).expect(200);
    expect(core).toMatchObject({
      action: 'CoreSettings',
      pbx: 'default',
      response: { Response: 'Success' },
      items: [],
    });
    const { body: queues } = await run('QueueSummary', {}).expect(200);
    expect(queues.items).toContainEqual(expect.objectContaining({ Event: 'QueueSummary', Queue: 'support-queue' }));
    expect((await run('Hangup', { Channel: 'nosuch' }).expect(404)).body.code).toBe('no-such-channel');
  });

  it('need no body where no field is needed', async () => {
    const bare = (path: string, token: string) => fetch(gateway.url + path, { method: 'POST', headers: { authorization: `Bearer ${token}` } }); // prettier-ignore
    expect((await bare('/actions/CoreStatus', gateway.token(ALL))).status).toBe(200);
    expect((await bare('/actions/Hangup', gateway.token(ALL))).status).toBe(400);
    expect((await bare('/channels/nosuch/park', gateway.token(ALL))).status).toBe(404);
    expect((await bare('/calls', gateway.token(ALL))).status).toBe(400);
  });

  it('are judged as by every other way', async () => {
    expect((await run('Hangup', { Channel: 'x' }, 'read:call').expect(403)).body).toMatchObject({ code: 'insufficient-scope', scopes: ['write:system', 'write:call'] }); // prettier-ignore
    const refused: [string, object, object?][] = [
      ['Command', { Command: 'core show uptime' }],
      ['GetConfig', { Filename: 'manager.conf' }],
      ['DBGet', { Family: 'a', Key: 'b' }],
      ['Originate', { Channel: 'Local/1@lab', Application: 'System', Data: 'id', Async: true }],
      ['Redirect', { Channel: 'x', Context: 'private', Exten: '1', Priority: 1 }, { contexts: ['lab'] }],
      ['QueueReset', {}, { queues: ['a'] }],
      ['BridgeDestroy', { BridgeUniqueid: 'b' }, { channels: ['PJSIP/*'] }],
    ];
    for (const [name, fields, limits] of refused) {
      expect((await run(name, fields, ALL, limits as never).expect(403)).body.code, name).toBe('limit-exceeded');
    }
    for (const internal of ['Login', 'Logoff', 'Events', 'Filter', 'WaitEvent', 'Challenge']) {
      const { status, body } = await run(internal, { Operation: 'Add', Filter: 'x', EventMask: 'on', AuthType: 'MD5', Username: 'u', Key: 'k', Timeout: 1 }); // prettier-ignore
      expect([400, 403], `${internal} ${body.detail}`).toContain(status);
    }
    expect((await run('Events', { EventMask: 'on' }).expect(403)).body.detail).toContain('not open to any token');
  });

  it('leave no way round what POST /calls counts and names, nor to another server', async () => {
    const call = { Channel: 'Local/short@lab', Application: 'Wait', Data: '1', Async: true };
    const counted = await run('Originate', call, ALL, { concurrentCalls: 5 }).expect(403);
    expect(counted.body).toMatchObject({ code: 'limit-exceeded', limit: 'concurrentCalls' });
    await run('Originate', { ...call, ChannelId: 'gw-0123456789abcdef01234567' }).expect(400);
    const perMinute = gateway.as(ALL, { callsPerMinute: 1 }, 'by-the-minute');
    await perMinute.post('/actions/Originate', call).expect(200);
    expect((await perMinute.post('/actions/Originate', call).expect(429)).body.code).toBe('too-many-calls');
    const elsewhere = gateway.as(ALL, { pbx: ['other'] });
    for (const path of ['/actions', '/actions/Hangup']) {
      expect((await elsewhere.get(path).expect(403)).body).toMatchObject({ code: 'limit-exceeded', limit: 'pbx' });
    }
  });

  it('take no field they do not have, and no byte that AMI cannot carry', async () => {
    expect((await run('Hangup', { Channel: 'x', Secret: 'y' }).expect(400)).body.code).toBe('invalid-request');
    expect((await run('Hangup', { Channel: 'x\r\nAction: Logoff' }).expect(400)).body.code).toBe('forbidden-character');
    await gateway.as(ALL).post('/actions/No-Name', {}).expect(400);
  });

  it('that are not declared need gateway:raw, and a token that nothing narrows', async () => {
    const raw = `${ALL} gateway:raw`;
    expect((await run('Nonsense', {}).expect(403)).body).toMatchObject({ code: 'insufficient-scope', scopes: ['gateway:raw'] }); // prettier-ignore
    expect((await run('Nonsense', {}, raw, { queues: ['a'] }).expect(403)).body.code).toBe('limit-exceeded');
    expect((await run('Nonsense', { A: ['1', '2'] }, raw).expect(501)).body.code).toBe('action-unavailable');
    await run('Nonsense', { ActionID: '1' }, raw).expect(400);
    await run('Nonsense', { 'A: b\r\nc': '1' }, raw).expect(400);
  });
});

describeEachAsterisk('actions by name', (asterisk) => {
  const gateway = useGateway({ pbx: { port: asterisk.amiPort, secret: asterisk.secret } });

  it('are documented by the server itself', async () => {
    const { body } = await gateway.as('read:call').get('/actions/Hangup').expect(200);
    expect(body.documentation).toMatch(/Hangup channel/i);
  });

  it('hide passwords that AMI would tell', async () => {
    const { body } = await gateway.as(ALL).post('/actions/PJSIPShowAuths', {}).expect(200);
    expect(body.items.length).toBeGreaterThan(0);
    expect(body.items[0].Password).toBe('[hidden]');
    expect(JSON.stringify(body)).not.toContain('lab-phone-secret');
  });
});
