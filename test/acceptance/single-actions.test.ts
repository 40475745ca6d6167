import { expect, it } from 'vitest';
import { describeEachAsterisk, eventually } from '../helpers/asterisk.ts';
import { useGateway } from '../helpers/gateway.ts';
import { createAsker, type Row } from '../helpers/single-actions.ts';

describeEachAsterisk('routes that are one action', (asterisk) => {
  const gateway = useGateway({ pbx: { port: asterisk.amiPort, secret: asterisk.secret } });
  const limits = { databaseFamilies: ['route-test'], applications: ['AGI', 'NoOp'] };
  const client = () => gateway.as('read:all write:all', limits);
  const { ask, check } = createAsker(gateway, { release: asterisk.release, limits });
  const place = async (channel = 'Local/tone@lab/n') => {
    const { body } = await client().post('/calls', { channel, application: 'Wait', data: '60' }).set('prefer', 'wait=5').expect(201); // prettier-ignore
    return { id: body.id as string, name: encodeURIComponent(body.channelName as string), plain: body.channelName as string }; // prettier-ignore
  };
  const end = (id: string) => client().delete(`/calls/${id}`);
  const none = encodeURIComponent('Local/nosuch@lab-00000001;1');
  const member = encodeURIComponent('Local/route@lab');

  const rows: Row[] = [
    ['get', '/queues/support-queue/members', undefined, 200],
    ['get', '/queues/support-queue/callers', undefined, 200],
    ['post', '/queues/support-queue/members', { interface: 'Local/route@lab', name: 'Route', penalty: 1 }, 204],
    ['post', '/queues/support-queue/members', { interface: 'Local/route@lab' }, 'already-member'],
    ['post', '/queues/nosuch/members', { interface: 'Local/route@lab' }, 'no-such-queue'],
    ['put', `/queues/support-queue/members/${member}/pause`, { paused: true, reason: 'lunch' }, 204],
    ['put', `/queue-members/${member}/pause`, { paused: false }, 204],
    ['put', `/queues/support-queue/members/${member}/penalty`, { penalty: 4 }, 204],
    ['put', `/queues/support-queue/members/${member}/ring-in-use`, { ringInUse: false }, 204],
    ['put', `/queues/support-queue/members/${none}/pause`, { paused: true }, 'no-such-member'],
    ['put', `/queues/support-queue/members/${none}/penalty`, { penalty: 1 }, 'no-such-member'],
    ['get', '/queues/nosuch/members', undefined, 'no-such-queue'],
    ['get', '/queues/nosuch/callers', undefined, 'no-such-queue'],
    ['get', '/queues/empty-queue/members', undefined, 200],
    [
      'delete',
      `/queues/support-queue/members/${encodeURIComponent('Local/ring@lab')}`,
      undefined,
      'member-not-dynamic',
    ],
    ['delete', `/queues/support-queue/members/${member}`, undefined, 204],
    ['delete', `/queues/support-queue/members/${member}`, undefined, 'no-such-member'],
    ['delete', `/queues/support-queue/callers/${none}`, undefined, 'no-such-caller'],
    ['put', `/queues/support-queue/callers/${none}/priority`, { priority: 1 }, 'no-such-caller'],
    ['post', '/queues/support-queue/reset', undefined, 204],
    ['post', '/queues/support-queue/reload', { members: true, rules: false }, 204],
    ['post', '/queues/support-queue/reload', undefined, 204],
    ['post', '/queues/nosuch/reload', { parameters: true }, 204],
    ['post', '/queues/reload', { rules: true }, 204],
    ['post', '/queues/reload', { everything: true }, 'invalid-request'],
    ['get', '/queue-rules', undefined, 200],
    ['get', '/ping', undefined, 200],
    ['post', '/queues/support-queue/log', { event: 'CALLBACK', message: 'x' }, 204],
    ['get', '/bridges', undefined, 200],
    ['get', '/bridges/nosuch', undefined, 'no-such-bridge'],
    ['get', '/bridges/nosuch/channels', undefined, 'no-such-bridge'],
    ['delete', '/bridges/nosuch', undefined, 'no-such-bridge'],
    ['get', '/bridge-technologies', undefined, 200],
    ['put', '/bridge-technologies/softmix/suspension', undefined, 204],
    ['delete', '/bridge-technologies/softmix/suspension', undefined, 204],
    ['put', '/bridge-technologies/nosuch/suspension', undefined, 'no-such-bridge-technology'],
    ['get', '/conferences/nosuch/participants', undefined, 'no-such-conference'],
    ['put', '/conferences/nosuch/lock', undefined, 'no-such-conference'],
    ['post', '/conferences/nosuch/recording', {}, 'no-such-conference'],
    ['post', '/conferences/nosuch/recording', { file: '../etc/passwd' }, 'invalid-request'],
    ['delete', `/conferences/nosuch/participants/all`, undefined, 'no-such-conference'],
    ['get', '/parking-lots', undefined, 200],
    ['get', '/parking-lots/nosuch/calls', undefined, 'no-such-parking-lot'],
    ['get', '/parked-calls', undefined, 200],
    ['get', '/agents', undefined, 200],
    ['delete', '/agents/9999/session?soft=true', undefined, 'no-such-agent'],
    ['get', '/device-states', undefined, 200],
    ['get', '/extension-states', undefined, 200],
    ['get', '/presence-states', undefined, 200],
    ['get', '/presence-states/nosuch', undefined, 'no-such-presence'],
    ['get', '/endpoints', undefined, 200],
    ['get', '/endpoints/nosuch', undefined, 'no-such-endpoint'],
    ['post', '/endpoints/agent001/qualify', undefined, 204],
    ['post', '/endpoints/agent001/notify', { headers: { Event: 'check-sync' } }, 204],
    ['post', '/endpoints/agent001/notify', { option: 'lab-check' }, 204],
    ['post', '/endpoints/agent001/notify', { option: 'nosuch' }, { 16: 204, 22: 'no-such-notification' }],
    ['post', '/endpoints/agent001/notify', {}, { 16: 204, 22: 'invalid-request' }],
    ['post', '/endpoints/nosuch/notify', { headers: { Event: 'check-sync' } }, 'no-such-endpoint'],
    ['get', '/endpoint-maintenance', undefined, { 16: 'action-unavailable', 22: 200 }],
    ['get', '/endpoints/agent001/maintenance', undefined, { 16: 'action-unavailable', 22: 200 }],
    ['put', '/endpoints/agent001/maintenance', { state: 'maybe' }, 'invalid-request'],
    ['get', '/contacts', undefined, 200],
    ['get', '/aors', undefined, 200],
    ['get', '/registrations/inbound', undefined, 200],
    ['get', '/registrations/inbound/contacts', undefined, 200],
    ['get', '/registrations/outbound', undefined, 200],
    ['post', '/registrations/outbound/nosuch/register', undefined, 'no-such-registration'],
    ['get', '/subscriptions/inbound', undefined, 200],
    ['get', '/subscriptions/outbound', undefined, 200],
    ['get', '/resource-lists', undefined, 200],
    ['get', '/iax/peers', undefined, 200],
    ['get', '/iax/registrations', undefined, 200],
    ['put', '/database/route-test/name', { value: 'Anna' }, 204],
    ['get', '/database/route-test/nosuch', undefined, 'no-such-key'],
    ['get', '/database/other/name', undefined, 'limit-exceeded'],
    ['delete', '/database/route-test/name', undefined, 204],
    ['delete', '/database/route-test/name', undefined, 'no-such-key'],
    ['delete', '/database/route-test', undefined, 'no-such-key'],
    ['get', '/mailboxes/100%40default', undefined, 200],
    ['get', '/dialplan/lab?extension=short', undefined, 200],
    ['get', '/dialplan/nosuch', undefined, 'no-such-extension'],
    ['get', '/dialplan', undefined, 200],
    ['get', '/dialplan?extension=nosuch', undefined, 'no-such-extension'],
    ['put', '/dialplan/route-test/1/1', { application: 'NoOp', data: 'x' }, 204],
    ['put', '/dialplan/route-test/1/1', { application: 'NoOp', data: 'y' }, 'extension-exists'],
    ['put', '/dialplan/route-test/1/1', { application: 'NoOp', data: 'y', replace: true }, 204],
    ['put', '/dialplan/route-test/1/2', { application: 'System', data: 'id' }, 'limit-exceeded'],
    ['delete', '/dialplan/route-test/1', undefined, 204],
    ['delete', '/dialplan/route-test/1', undefined, 'no-such-extension'],
    ['get', '/modules/app_queue.so', undefined, 200],
    ['get', '/modules/nosuch', undefined, 'no-such-module'],
    ['put', '/modules/nosuch.so', undefined, { 16: 'module-not-changed', 22: 'no-such-module' }],
    ['delete', '/modules/nosuch.so', undefined, { 16: 'module-not-changed', 22: 'no-such-module' }],
    ['put', '/modules/app_queue.so', undefined, 'module-not-changed'],
    ['post', '/modules/app_echo.so/reload', undefined, 'module-not-changed'],
    ['post', '/modules/nosuch.so/reload', undefined, 'no-such-module'],
    ['post', '/modules/app_queue.so/reload', undefined, 204],
    ['post', '/logs/rotate', undefined, 204],
    ['post', '/user-events', { name: 'Callback', headers: { Number: '1' } }, 204],
    ['post', '/user-events', { name: 'Callback', headers: { ActionID: '1' } }, 'invalid-request'],
    ['get', '/fax/sessions', undefined, 200],
    ['get', '/fax/sessions/1', undefined, 'no-such-fax-session'],
    ['get', '/fax/stats', undefined, 200],
    ['put', '/mwi/100', { newMessages: 1 }, 'action-unavailable'],
    ['post', `/channels/${none}/blind-transfer`, { context: 'lab', extension: 'answer' }, 'no-such-channel'],
    ['post', `/channels/${none}/park`, {}, 'no-such-channel'],
    ['put', `/channels/${none}/mute`, {}, 'no-such-channel'],
    ['post', `/channels/${none}/flash`, undefined, { 16: 'action-unavailable', 22: 'no-such-channel' }],
    ['get', `/channels/${none}/map`, undefined, { 16: 'action-unavailable', 22: 'no-such-channel' }],
    ['post', `/channels/${none}/aoc`, { message: 'D', charge: 'FREE' }, 'no-such-channel'],
    ['post', `/channels/${none}/aoc`, { message: 'X' }, 'invalid-request'],
    ['post', `/channels/${none}/reject`, { status: 486 }, { 16: 'action-unavailable', 22: 'no-such-channel' }],
    ['post', `/channels/${none}/reject`, { status: 200 }, 'invalid-request'],
    ['post', '/bridges', { channels: ['Local/a@b-00000001;1', 'Local/a@b-00000001;2'] }, 'no-such-channel'],
  ];

  it.each(rows)('%s %s %j gives what it should', (...row) => check(row));

  it('do to a channel what they say', async () => {
    const { id, name } = await place();
    const rows: Row[] = [
      ['put', 'mute', { direction: 'in' }, 204],
      ['delete', 'mute', undefined, 204],
      ['post', 'text', { message: 'hello' }, 204],
      ['post', 'flash', undefined, { 16: 'action-unavailable', 22: 204 }],
      ['post', 'mf', { digit: '5' }, 204],
      ['put', 'timeout', { seconds: 100 }, 204],
      ['post', 'playback', { control: 'stop' }, 204],
      ['post', 'blind-transfer', { context: 'lab', extension: 'answer' }, 'not-bridged'],
      ['post', 'agi', { command: 'ANSWER' }, 'not-in-agi'],
      ['post', 'attended-transfer', { context: 'lab', extension: 'nosuch' }, 'no-such-extension'],
      ['get', 'map', undefined, { 16: 'action-unavailable', 22: 200 }],
      [
        'post',
        'aoc',
        { message: 'D', charge: 'Unit', units: [{ amount: 3, type: 1 }, { amount: 4 }], total: 'SubTotal' },
        204,
      ],
      [
        'post',
        'aoc',
        { message: 'E', charge: 'Currency', currency: { name: 'EUR', amount: 25, multiplier: 'OneHundredth' } },
        204,
      ],
      ['post', 'aoc', { message: 'E' }, 'invalid-request'],
      ['post', 'aoc', { message: 'D', charge: 'Currency' }, 'invalid-request'],
      [
        'post',
        'aoc',
        {
          message: 'S',
          rates: [
            { item: 'CallAttempt', type: 'Free' },
            { item: 'SpecialArrangement', code: 3 },
          ],
        },
        { 16: 'invalid-request', 22: 204 },
      ],
      ['post', 'optimize', undefined, 204],
      ['get', 'map', undefined, { 16: 'action-unavailable', 22: 200 }],
      ['post', 'park', { timeoutSeconds: 60 }, 204],
    ];
    for (const [method, verb, body, what] of rows) await check([method, `/channels/${name}/${verb}`, body, what]);
    await eventually(async () => {
      const { body } = await ask('get', '/parked-calls');
      expect(body.items.map(({ parkeeChannel }: { parkeeChannel: string }) => parkeeChannel)).toContain(decodeURIComponent(name)); // prettier-ignore
    });
    await end(id);
  });

  it('refuse a call of PJSIP, and do nothing to others', async () => {
    const { id, name } = await place();
    await check(['post', `/channels/${name}/reject`, { status: 486 }, { 16: 'action-unavailable', 22: 204 }]);
    await check(['get', `/channels/${name}`, undefined, 200]);
    await end(id);
  });

  it('bridge, kick and end bridges; list, mute, lock and empty conferences', async () => {
    const [one, two] = [await place(), await place()];
    expect((await ask('post', '/bridges', { channels: [one.plain, two.plain] })).outcome).toBe(204);
    const bridgeOf = async () => {
      const { body } = await ask('get', `/channels/${one.name}`);
      return body.bridgeId as string;
    };
    const bridge = await eventually(async () => {
      const found = await bridgeOf();
      expect(found).toBeTruthy();
      return found;
    });
    const { body: whole } = await ask('get', `/bridges/${bridge}`);
    expect(whole).toMatchObject({ bridgeUniqueId: bridge, bridgeType: 'basic' });
    expect(whole.channels).toHaveLength(2);
    const { body: inside } = await ask('get', `/bridges/${bridge}/channels`);
    expect(inside.items.map(({ channel }: { channel: string }) => channel).sort()).toEqual(
      [one.plain, two.plain].sort(),
    );
    expect((await ask('delete', `/bridges/${bridge}/channels/${two.name}`)).outcome).toBe(204);
    for (const { id } of [one, two]) await end(id);

    const talker = await place('Local/conf@lab/n');
    const far = encodeURIComponent(talker.plain.replace(/;1$/, ';2'));
    await eventually(async () => expect((await ask('get', '/conferences')).body.items).toContainEqual(expect.objectContaining({ conference: 'lab-room' }))); // prettier-ignore
    const { body: people } = await ask('get', '/conferences/lab-room/participants');
    expect(people.items).toHaveLength(1);
    for (const [method, path] of [
      ['put', `participants/${far}/mute`],
      ['delete', `participants/${far}/mute`],
      ['put', 'lock'],
      ['delete', 'lock'],
      ['delete', 'participants/all'],
    ] as const) {
      expect((await ask(method, `/conferences/lab-room/${path}`)).outcome, path).toBe(204);
    }
    await eventually(async () => expect((await ask('get', '/conferences')).body.items).toEqual([]));
    await end(talker.id);
  });

  it('are refused to whoever sees only some of it', async () => {
    const narrow = gateway.as('read:all write:all', { queues: ['other'], channels: ['PJSIP/nobody*'] });
    for (const [method, path, body] of [
      ['get', '/bridges'],
      ['get', '/conferences'],
      ['post', '/logs/rotate'],
      ['post', '/reload'],
      ['delete', '/modules/app_queue.so'],
      ['post', '/queues/support-queue/reset'],
      ['post', '/queues/reload', {}],
      ['get', '/queue-rules'],
      ['put', `/queue-members/${member}/pause`, { paused: true }],
      ['post', '/endpoints/agent001/qualify'],
      ['post', '/user-events', { name: 'x' }],
      ['post', '/messages', { to: 'pjsip:agent001', body: 'x' }],
    ] as const) {
      const { status, body: answer } = await narrow[method](path, body);
      expect([status, answer.code], path).toEqual([403, 'limit-exceeded']);
    }
    expect((await narrow.get('/endpoints').expect(200)).body.items).toEqual([]);
    expect((await narrow.get('/parked-calls').expect(200)).body.items).toEqual([]);
    expect((await narrow.get('/dialplan').expect(403)).body.code).toBe('limit-exceeded');
    const some = gateway.as('write:config', { contexts: ['lab'] });
    expect((await some.get('/dialplan').expect(403)).body).toMatchObject({ limit: 'contexts' });
    await some.get('/dialplan/lab').expect(200);
  });

  it('that this Asterisk cannot serve say what to do instead', async () => {
    const [path, instead] = asterisk.release === 16 ? ['/channels/x/map', 'BridgeInfo'] : ['/sip/peers', 'PJSIPShowEndpoints']; // prettier-ignore
    const { body } = await client().get(path).expect(501);
    expect(body).toMatchObject({ code: 'action-unavailable', alternative: expect.stringContaining(instead) });
    expect(body.detail).toContain(body.alternative);
  });
});
