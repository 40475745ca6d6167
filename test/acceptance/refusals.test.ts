import { createHmac } from 'node:crypto';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import type { Limits } from '../../src/auth/limits.ts';
import { describeEachAsterisk, describeEachPbx } from '../helpers/asterisk.ts';
import { testKey, useGateway } from '../helpers/gateway.ts';
import { useWatchedGateway } from '../helpers/watched-gateway.ts';

interface Refusal {
  name: string;
  method?: 'get' | 'post' | 'put' | 'delete';
  path: string;
  body?: object;
  scope?: string;
  limits?: Limits;
  status: number;
  code: string;
}

const call = (body: object) => ({
  path: '/calls',
  body: { channel: 'Local/answer@lab', application: 'Wait', ...body },
});
const dial = (channel: string) => call({ channel });
const app = (application: string, data: string) => call({ application, data });
const read = (name: string) => ({ method: 'get' as const, path: `/variables/${encodeURIComponent(name)}` });
const invalid = (code = 'invalid-request') => ({ status: 400, code });
const limited = { status: 403, code: 'limit-exceeded' };
const lines = (length: number) => 'x'.repeat(length);

const BREAKS = { CR: 'a\rb', LF: 'a\nAction: Ping', CRLF: 'a\r\nAction: Ping\r\n\r\n', NUL: 'a\0b' };

const injections = Object.entries(BREAKS).flatMap(([name, text]): Refusal[] => [
  { name: `${name} in a dial string`, ...dial(`Local/${text}@lab`), ...invalid('forbidden-character') },
  { name: `${name} in a context`, ...call({ application: undefined, context: text, extension: '1' }), ...invalid('forbidden-character') },
  { name: `${name} in an extension`, ...call({ application: undefined, context: 'lab', extension: text }), ...invalid('forbidden-character') },
  { name: `${name} in a caller id`, ...call({ callerId: text }), ...invalid('forbidden-character') },
  { name: `${name} in the name of a caller`, ...call({ callerId: { name: text, number: '1' } }), ...invalid('forbidden-character') },
  { name: `${name} in a variable`, ...call({ variables: { v: text } }), ...invalid('forbidden-character') },
  { name: `${name} in an account code`, ...call({ accountCode: text }), ...invalid('forbidden-character') },
  { name: `${name} in a variable's name`, ...call({ variables: { [text]: 'v' } }), ...invalid() },
  { name: `${name} in a value to set`, method: 'put', path: '/variables/v', body: { value: text }, ...invalid('forbidden-character') },
  { name: `${name} in a channel`, method: 'delete', path: `/channels/${encodeURIComponent(text)}`, ...invalid('forbidden-character') },
  { name: `${name} in a queue`, method: 'get', path: `/queues/${encodeURIComponent(text)}`, ...invalid('forbidden-character') },
  { name: `${name} in a command`, path: '/commands', body: { command: `core show ${text}` }, limits: { commands: ['core show'] }, ...invalid('forbidden-character') },
  { name: `${name} in a redirect`, path: '/channels/x/redirect', body: { context: text, extension: '1' }, ...invalid('forbidden-character') },
  { name: `${name} in keys`, path: '/channels/x/dtmf', body: { digits: text }, ...invalid() },
  { name: `${name} in a file`, path: '/channels/x/recordings', body: { file: text }, ...invalid() },
]); // prettier-ignore

const REFUSALS: Refusal[] = [
  ...injections,

  ...[1_023, 2_046].map((bytes): Refusal => ({
    name: `a line of exactly ${bytes} bytes`,
    method: 'put',
    path: '/variables/v',
    body: { value: lines(bytes - 'Value: '.length) },
    ...invalid('line-too-long'),
  })),
  { name: 'a line too long in bytes, not in characters', method: 'put', path: '/variables/v', body: { value: 'é'.repeat(600) }, ...invalid('line-too-long') },
  { name: '129 headers', ...call({ variables: Object.fromEntries(Array.from({ length: 122 }, (_, i) => [`v${i}`, '1'])) }), ...invalid('too-many-headers') },
  { name: 'a leading blank, which Asterisk would drop', method: 'put', path: '/variables/v', body: { value: ' x' }, ...invalid('leading-blank') },
  { name: 'half a surrogate pair', method: 'put', path: '/variables/v', body: { value: '\ud83d' }, ...invalid('forbidden-character') },

  { name: 'a regular expression as a channel', method: 'delete', path: '/channels/%2F.%2F', ...invalid() },
  { name: 'a regular expression as the other leg', path: '/channels/x/redirect', body: { context: 'lab', extension: 'answer', extra: { channel: '/./', context: 'lab', extension: 'answer' } }, ...invalid() },

  ...['AST_CONFIG(manager.conf,gateway,secret)', 'ast_config(manager.conf,gateway,secret)', 'ENV(PATH)', 'SHELL(id)', 'URIDECODE(a%0D%0Ab)', 'FILE(/etc/passwd)', 'DB(a/b)', 'EVAL(x)', 'QUEUE_MEMBER(support-queue,count)'].map(
    (name): Refusal => ({ name: `Getvar of ${name}`, ...read(name), ...(/[/%]/.test(name) ? invalid() : limited) }),
  ),
  { name: 'Getvar of something that is no name', ...read('${SHELL(id)}'), ...invalid() },
  { name: 'a forbidden function among the variables of a channel', method: 'get', path: '/channels/x?variables=a,ENV(PATH)', ...limited },
  { name: 'a forbidden function to set', method: 'put', path: `/variables/${encodeURIComponent('ENV(PATH)')}`, body: { value: 'x' }, ...limited },
  ...['FILE(/tmp/x)', 'DB(a/b)', 'GLOBAL(x)', 'ENV(PATH)', 'shell(id)', 'CHANNEL(hangup_handler_push)', '_X(1)', 'a b', 'a=b', 'ODBC_X(1)'].map((name): Refusal => {
    const [, argument] = /^[A-Za-z]\w*\(([\w ,:.-]*)\)$/.exec(name) ?? [];
    return { name: `${name} among the variables of a call`, ...call({ variables: { [name]: 'v' } }), ...(argument === undefined ? invalid() : limited) };
  }),
  // Before it was refused, each of the last four ran the command, wrote the file or left the context, on 16.28 and 22.10.
  ...Object.entries({ __TRANSFER_CONTEXT: 'private', MONITOR_OPTIONS: ',id', MONITOR_FILENAME: '^{SHELL(id)}', _MONITOR_FILENAME: '/tmp/x', END_WHILE_0: 'private,1,1' }).map(
    ([name, value]): Refusal => ({ name: `${name}, which steers Asterisk`, ...call({ variables: { [name]: value } }), ...limited }),
  ),

  ...['Local/1@private', 'local/1@private/n', 'LOCAL/1@private', 'Local/1@private/nj', 'Local/1', 'Local/lab@private', 'Local/1@Lab', 'Local/1@lab@private'].map(
    (channel): Refusal => ({ name: `${channel} under limits.contexts`, ...dial(channel), limits: { contexts: ['lab'] }, ...limited }),
  ),
  ...['Local/1/@from-internal/n', 'Local/12/x@from-internal/n'].map(
    (channel): Refusal => ({ name: `${channel}, which 22 reads otherwise than 16, under limits.contexts`, ...dial(channel), limits: { contexts: ['default'] }, ...limited }),
  ),
  // Before it was refused, each ran the command on 16.28 and 22.10: where a queue records, or a key of the phone does.
  { name: 'a command in a ChannelId', path: '/actions/Originate', body: { Channel: 'Local/answer@lab', Application: 'Wait', Async: true, ChannelId: 'a,,id;' }, ...invalid() },
  { name: 'a command in a dial string', ...dial('Local/1,,id@lab'), ...invalid() },
  { name: "a command in a caller's number", ...call({ callerId: '<1,,id>' }), ...invalid() },
  { name: "a command in a caller's number, by a function", ...call({ variables: { 'CALLERID(num)': '1,,id' } }), ...invalid() },
  { name: 'a command in an extension', ...call({ application: undefined, context: 'lab', extension: '1,,id' }), ...invalid() },
  { name: 'a filter of a configuration file that takes all the memory of Asterisk', path: '/actions/GetConfig', body: { Filename: 'queues.conf', Filter: '.*=(((a{200}){200}){200}){200}' }, scope: 'write:config', limits: { configFiles: ['queues.conf'] }, ...invalid() },
  { name: 'the same as an option of UpdateConfig', path: '/actions/UpdateConfig', body: { SrcFilename: 'queues.conf', DstFilename: 'queues.conf', Updates: [{ Action: 'DelCat', Cat: 'x', Options: 'catfilter="a=((a{200}){200}){200}"' }] }, scope: 'write:config', limits: { configFiles: ['queues.conf'] }, ...invalid() },
  { name: 'a language that leads to other files', ...call({ variables: { 'CHANNEL(language)': '../../spool/monitor' } }), ...limited },
  { name: 'an extension that leads a dialplan on', ...call({ application: undefined, context: 'lab', extension: '1@other' }), limits: { contexts: ['lab'] }, ...limited },
  ...['PJSIP/${SHELL(id)}', 'PJSIP/x&Local/1@private'].map(
    (TimeoutChannel): Refusal => ({ name: `${TimeoutChannel}, where a parked call returns to`, path: '/actions/Park', body: { Channel: 'x', TimeoutChannel, Timeout: 1 }, ...invalid() }),
  ),
  { name: 'another context under limits.contexts', ...call({ application: undefined, context: 'private', extension: '1' }), limits: { contexts: ['lab'] }, ...limited },
  { name: 'a redirect out of limits.contexts', path: '/channels/x/redirect', body: { context: 'private', extension: '1' }, limits: { contexts: ['lab'] }, ...limited },
  { name: 'another extension under limits.extensions', ...call({ application: undefined, context: 'lab', extension: 'busy' }), limits: { extensions: ['answer'] }, ...limited },
  { name: 'another caller id under limits.callerIds', ...call({ callerId: '"Bank" <999>' }), limits: { callerIds: ['800*'] }, ...limited },
  { name: 'another caller id by a function', ...call({ variables: { 'CALLERID(num)': '999' } }), limits: { callerIds: ['800*'] }, ...limited },
  ...['CALLERID(all,x)', 'CALLERID(ANI-all)', 'CONNECTEDLINE(priv-all)', 'REDIRECTING(from-all)'].map(
    (name): Refusal => ({ name: `another caller id by ${name}`, ...call({ variables: { [name]: '800 <911>' } }), limits: { callerIds: ['800*'] }, ...limited }),
  ),
  { name: 'another caller id behind a bracket that is not closed', ...call({ callerId: '800 <911' }), limits: { callerIds: ['800*'] }, ...limited },
  { name: 'another caller id before what Asterisk cuts off', ...call({ callerId: `${'é'.repeat(125)}<911><8005551234>` }), limits: { callerIds: ['800*'] }, ...invalid() },
  { name: 'a line of the queue log that names another queue', path: '/actions/QueueLog', body: { Queue: 'sales', Event: 'X', UniqueId: '1|support|a|X' }, scope: 'write:agent', limits: { queues: ['sales'] }, ...invalid() },
  { name: 'a technology that reaches hosts', ...dial('AudioSocket/127.0.0.1:99/x'), ...limited },

  ...[['System', 'id'], ['TrySystem', 'id'], ['Set', 'GLOBAL(x)=1'], ['Dial', 'PJSIP/x'], ['ChanSpy', 'all'], ['AGI', 'x'], ['Exec', 'System(id)'], ['MixMonitor', 'x.wav,,id'], ['Originate', 'x'], ['DBdel', 'a/b'], ['Macro', 'x'], ['Goto', 'private,1,1'], ['Record', '/tmp/x.wav']].map(
    ([name = '', data = '']): Refusal => ({ name: `the application ${name}`, ...app(name, data), ...limited }),
  ),
  { name: 'a queue with an AGI script', ...app('Queue', 'support-queue,,,,,x.agi'), ...limited },
  { name: 'a sound by URL', ...app('Playback', 'http://127.0.0.1/x.wav'), ...limited },
  { name: 'a sound by absolute path', ...app('Playback', '/etc/passwd'), ...limited },
  { name: 'a listed application that is dangerous, without write:system', ...app('System', 'id'), limits: { applications: ['*'] }, status: 403, code: 'insufficient-scope', scope: 'write:originate' },
  { name: 'dangerous arguments, without write:system', ...app('Set', 'FILE(/tmp/x)=y'), limits: { applications: ['*'] }, status: 403, code: 'insufficient-scope', scope: 'write:originate' },

  ...['core stop now', 'core  restart  gracefully', '"core" show version', 'core\tshow\tversion', 'core\\ show version', 'coreshow', 'database show', '!id'].map(
    (command): Refusal => ({ name: `the command ${command}`, path: '/commands', body: { command }, limits: { commands: ['queue show'] }, ...limited }),
  ),
  { name: 'any command by default', path: '/commands', body: { command: 'core show version' }, ...limited },
  { name: 'a recording outside', path: '/channels/x/recordings', body: { file: '../x' }, ...invalid() },
  { name: 'an absolute recording', path: '/channels/x/recordings', body: { file: '/tmp/x' }, ...invalid() },
  { name: 'a recording with options', path: '/channels/x/recordings', body: { file: 'a,b(x)|id' }, ...invalid() },
  { name: 'a command after a recording', path: '/channels/x/recordings', body: { file: 'a', command: 'id' }, ...invalid() },
  { name: 'globals for a token that sees some channels', method: 'put', path: '/variables/x', body: { value: '1' }, limits: { channels: ['PJSIP/*'] }, ...limited },

  { name: 'Originate without its class', ...call({}), scope: 'read:all write:call', status: 403, code: 'insufficient-scope' },
  { name: 'Hangup without its class', method: 'delete', path: '/channels/x', scope: 'read:all write:originate', status: 403, code: 'insufficient-scope' },
  { name: 'Command without its class', path: '/commands', body: { command: 'core show version' }, scope: 'read:all write:call', limits: { commands: ['*'] }, status: 403, code: 'insufficient-scope' },
  { name: 'Getvar with read:call only', ...read('x'), scope: 'read:all', status: 403, code: 'insufficient-scope' },
  { name: 'variables of a channel with read:call only', method: 'get', path: '/channels/x?variables=card_pin', scope: 'read:all', status: 403, code: 'insufficient-scope' },
  { name: 'queues without class agent', method: 'get', path: '/queues', scope: 'read:call write:call', status: 403, code: 'insufficient-scope' },
]; // prettier-ignore

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (header: object, lifetime: number, key?: string) => {
  const now = Math.floor(Date.now() / 1_000);
  const claims = { sub: 'x', jti: 'j', scope: 'read:all write:all', iat: now + lifetime - 60, exp: now + lifetime };
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${key === undefined ? '' : createHmac('sha256', key).update(text).digest('base64url')}`;
};
const HS256 = { alg: 'HS256', typ: 'JWT' };
const ours = testKey.algorithm === 'HS256' ? testKey.secret : '';

describeEachPbx('refusals', (pbx) => {
  const watched = useWatchedGateway(pbx);

  it.each<[string, string | undefined]>([
    ['none', undefined],
    ['an expired one', token(HS256, -1, ours)],
    ['one of alg none', token({ alg: 'none', typ: 'JWT' }, 60)],
    ['one of alg none, signed', token({ alg: 'none', typ: 'JWT' }, 60, ours)],
    ['one that was signed again, with a weak key', token(HS256, 60, 'secret')],
    ['one that was signed again, with no key', token(HS256, 60, '')],
    ['one whose claims were changed', token(HS256, 60, ours).replace(/\.[^.]+\./, `.${encode({ sub: 'x', jti: 'j', scope: 'write:all', exp: 9_999_999_999 })}.`)],
  ])('refuse a token, and nothing reaches AMI: %s', async (_what, bearer) => {
    const { proxy, gateway } = watched;
    proxy.forget();
    for (const [method, path, body] of [['post', '/calls', call({}).body], ['get', '/channels', undefined], ['post', '/actions/Ping', {}]] as const) {
      const asked = supertest(gateway.url)[method](path).send(body);
      const answer = await (bearer === undefined ? asked : asked.set('authorization', `Bearer ${bearer}`));
      expect([answer.status, answer.body.code]).toEqual([401, 'unauthorized']);
    }
    expect(watched.sent()).toBe('');
    // The same with the right key and in time is let in.
    const right = await supertest(gateway.url).get('/me').set('authorization', `Bearer ${token(HS256, 60, ours)}`);
    expect(right.status).toBe(200);
  }); // prettier-ignore

  it.each(REFUSALS)('refuses $name, and nothing reaches AMI', async (refusal) => {
    const { method = 'post', path, body, limits, status, code } = refusal;
    const scope = refusal.scope ?? 'read:agent write:originate write:call write:command';
    const { proxy, gateway } = watched;
    proxy.forget();
    const answer = await gateway.as(scope, limits)[method](path, body);
    expect(answer.body).toMatchObject({ status, code, requestId: answer.headers['x-request-id'] });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(watched.sent()).toBe('');
  });

  describe('that depend on which channel is meant', () => {
    it('hold for its name in any case, and for its Uniqueid', async () => {
      const { proxy, gateway } = watched;
      const placed = await gateway
        .as('write:originate')
        .post('/calls', { channel: 'Local/answer@lab', application: 'Wait', data: '60' })
        .set('prefer', 'wait=5')
        .expect(201);
      const { channelId, channelName } = placed.body as { channelId: string; channelName: string };
      const narrow = gateway.as('write:call', { channels: ['PJSIP/*'] });
      proxy.forget();
      for (const ref of [channelId, channelName, channelName.toLowerCase(), channelName.toUpperCase()]) {
        const { body } = await narrow.delete(`/channels/${encodeURIComponent(ref)}`).expect(403);
        expect(body).toMatchObject({ code: 'limit-exceeded', limit: 'channels' });
      }
      expect(proxy.sent()).not.toContain('Hangup');
      expect((await narrow.get('/channels').expect(200)).body.items).toEqual([]);
      await gateway
        .as('write:call', { channels: ['Local/answer@*'] })
        .delete(`/channels/${channelId}`)
        .expect(204);
    });

    it('hold for global variables, which a channel without one of the name would answer with', async () => {
      const { gateway } = watched;
      const all = gateway.as('write:originate write:call', {}, 'anna');
      await all.put('/variables/TRUNK_SECRET', { value: 'hunter2' }).expect(200);
      const { body: call } = await all.post('/calls', { channel: 'Local/answer@lab', application: 'Wait', data: '60', variables: { mine: '1' } }).set('prefer', 'wait=5').expect(201); // prettier-ignore
      const own = gateway.as('write:call', { own: true }, 'anna');
      for (const path of ['/variables/TRUNK_SECRET', '?variables=mine,TRUNK_SECRET']) {
        const { body } = await own.get(`/channels/${call.channelId}${path}`).expect(403);
        expect(body).toMatchObject({ code: 'limit-exceeded', limit: 'own' });
        expect(JSON.stringify(body)).not.toContain('hunter2');
      }
      expect((await own.get(`/channels/${call.channelId}/variables/mine`).expect(200)).body.value).toBe('1');
      expect((await own.get(`/channels/${call.channelId}?variables=mine`).expect(200)).body.variables).toEqual({ mine: '1' }); // prettier-ignore
      expect((await all.get(`/channels/${call.channelId}/variables/TRUNK_SECRET`)).body.value).toBe('hunter2');
      await own.delete(`/channels/${call.channelId}`).expect(204);
    });
  });

  it('refuses to remove a tree with which another family would go', async () => {
    const { gateway } = watched;
    const all = gateway.as('write:system', { databaseFamilies: ['*'] });
    const put = (family: string) => all.post('/actions/DBPut', { Family: family, Key: 'k', Val: '1' }).expect(200);
    const left = async () => (await all.post('/actions/DBGetTree', { Family: 'refused_x' })).body.items.length;
    const some = gateway.as('write:system', { databaseFamilies: ['refused_x'] });
    const remove = () => some.post('/actions/DBDelTree', { Family: 'refused_x' });
    for (const other of ['REFUSED_X', 'refused-x']) {
      await put('refused_x');
      await put(other);
      expect((await remove().expect(403)).body).toMatchObject({ code: 'limit-exceeded', limit: 'databaseFamilies' });
      expect(await left()).toBe(2);
      await all.post('/actions/DBDel', { Family: other, Key: 'k' }).expect(200);
      await remove().expect(200);
      expect(await left()).toBe(0);
    }
  });
});

describeEachAsterisk('values with line breaks', ({ amiPort: port, secret }) => {
  const gateway = useGateway({ pbx: { port, secret } });

  it('never delivers a frame that Asterisk let be forged inside a value', async () => {
    const token = gateway.as('write:originate write:call');
    await token.post('/calls', { channel: 'Local/forge@lab', application: 'Wait', data: '1' }).set('prefer', 'wait=5');
    const { body } = await token.get('/variables/LAB_FORGED').expect(502);
    expect(body.code).toBe('ami-desync');
    expect(JSON.stringify(body)).not.toContain('forged');
    const stretched = await token.get('/variables/LAB_STRETCHED').expect(502);
    expect(stretched.body.code).toBe('value-not-transferable');
    await gateway.ready();
    await token.put('/variables/LAB_PLAIN', { value: 'plain' }).expect(200);
    expect((await token.get('/variables/LAB_PLAIN').expect(200)).body.value).toBe('plain');
    const figures = await gateway.as('read:system').get('/pbx').expect(200);
    expect(figures.body.items[0].unexpectedFrames).toBe(1);
  });
});
