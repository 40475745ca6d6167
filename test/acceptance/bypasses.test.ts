import { expect, it } from 'vitest';
import type { Limits } from '../../src/auth/limits.ts';
import { describeEachPbx } from '../helpers/asterisk.ts';
import { connectSocket } from '../helpers/socket.ts';
import { useWatchedGateway } from '../helpers/watched-gateway.ts';

type Method = 'get' | 'post' | 'put' | 'delete' | 'patch';

/** What Asterisk checks against the AMI user, or does not, and a pooled login would let through. */
interface Bypass {
  name: string;
  scope: string;
  limits?: Limits;
  action: string;
  fields: Record<string, unknown>;
  code: string;
  /** The routes that say the same, with the code they give where it is another. */
  typed?: [method: Method, path: string, body?: object, code?: string][];
}

const ANY: Limits = { applications: ['*'], functions: ['*'], variables: ['*'], commands: ['*'], configFiles: ['*'] };
const SCOPE = 'insufficient-scope';
const LIMIT = 'limit-exceeded';
const INVALID = 'invalid-request';

const DIAL = { Channel: 'Local/answer@lab/n', Async: true };
const originate = (name: string, scope: string, Application: string, Data: string, code: string, limits = ANY): Bypass => ({
  name,
  scope,
  limits,
  action: 'Originate',
  fields: { ...DIAL, Application, Data },
  code,
  typed: [['post', '/calls', { channel: DIAL.Channel, application: Application, data: Data }]],
}); // prettier-ignore

const variable = (name: string, limits?: Limits, code = LIMIT): Bypass => ({
  name: `6.2 Originate sets ${name}`,
  scope: 'write:originate',
  ...(limits ? { limits } : {}),
  action: 'Originate',
  fields: { ...DIAL, Application: 'Wait', Data: '1', Variable: { [name]: 'v' } },
  code,
  typed: [['post', '/calls', { channel: DIAL.Channel, application: 'Wait', variables: { [name]: 'v' } }]],
});

const getvar = (name: string, scope: string, limits: Limits | undefined, code: string): Bypass => ({
  name: `6.3 Getvar of ${name} by ${scope}${limits ? ' with limits' : ''}`,
  scope,
  ...(limits ? { limits } : {}),
  action: 'Getvar',
  fields: { Variable: name },
  code,
  typed: [['get', `/variables/${encodeURIComponent(name)}`]],
});

const BYPASSES: Bypass[] = [
  ...['AGI', 'DeadAGI', 'DBdeltree', 'Exec', 'ExecIf', 'ExternalIVR', 'MixMonitor', 'StopMixMonitor', 'Originate', 'Reload', 'System', 'TrySystem', 'system'].map(
    (name) => originate(`6.1 the application ${name} without class system`, 'write:originate write:call', name, 'x', SCOPE),
  ),
  originate('6.1 a queue with AGI, without its class', 'write:originate', 'Queue', 'support-queue,,,,,x.agi', SCOPE),
  originate('6.1 a queue with AGI and SHELL, where class agi would be the first match', 'write:originate write:agi', 'Queue', 'support-queue,,,,,x.agi(${SHELL(id)})', SCOPE),
  ...['CURL', 'DB', 'EVAL', 'FILE', 'ODBC', 'REALTIME', 'SHELL'].map((name) =>
    originate(`6.1 ${name} in the data of an application`, 'write:originate', 'Set', `x=\${${name}(y)}`, SCOPE),
  ),
  ...['DBdel', 'Record', 'ChanSpy', 'Dial', 'Goto', 'Gosub', 'Stasis', 'ReceiveFAX', 'UserEvent', 'Monitor', 'Macro', 'Set'].map((name) =>
    originate(`6.1 ${name}, which Asterisk does not check`, 'write:originate write:system', name, 'x', LIMIT, {}),
  ),
  {
    name: '6.1 a context that may run anything',
    scope: 'write:originate',
    limits: { contexts: ['lab'] },
    action: 'Originate',
    fields: { ...DIAL, Context: 'private', Exten: 'answer', Priority: 1 },
    code: LIMIT,
    typed: [['post', '/calls', { channel: DIAL.Channel, context: 'private', extension: 'answer' }]],
  },
  ...['DB(f/k)', 'FILE(path)', 'ENV(x)', 'GLOBAL(x)', 'SHELL(id)', 'file(path)'].map((name) => variable(name, undefined, /\//.test(name) ? INVALID : LIMIT)),
  variable('FILE(x)', ANY, SCOPE),
  ...['SHELL(id)', 'EVAL(x)'].flatMap((name) => [getvar(name, 'write:call', ANY, SCOPE), getvar(name, 'write:reporting', undefined, LIMIT)]),
  ...['AST_CONFIG(manager.conf,gateway,secret)', 'ENV(PATH)', 'DB_KEYS(x)', 'SYSINFO(uptime)', 'AMI_CLIENT(gateway,sessions)', 'FILE_COUNT_LINE(x)'].map((name) =>
    getvar(name, 'write:call write:reporting', undefined, LIMIT),
  ),
  {
    name: '6.3 Status with a function among its variables',
    scope: 'write:call',
    action: 'Status',
    fields: { Channel: 'x', Variables: 'a,SHELL(id)' },
    code: LIMIT,
    typed: [['get', `/channels/x?variables=${encodeURIComponent('a,SHELL(id)')}`]],
  },
  ...['ENV(PATH)', 'DB(x)', 'GLOBAL(x)', 'SHELL(id)'].map((name): Bypass => ({
    name: `6.3 Setvar of ${name}, which has no check at all`,
    scope: 'write:call',
    action: 'Setvar',
    fields: { Variable: name, Value: 'v' },
    code: LIMIT,
    typed: [['put', `/variables/${encodeURIComponent(name)}`, { value: 'v' }]],
  })),
  {
    name: '6.3 Setvar without a channel, by a token that sees some channels',
    scope: 'write:call',
    limits: { channels: ['PJSIP/*'] },
    action: 'Setvar',
    fields: { Variable: 'x', Value: 'v' },
    code: LIMIT,
    typed: [['put', '/variables/x', { value: 'v' }]],
  },
  ...(['GetConfig', 'GetConfigJSON', 'ListCategories'] as const).flatMap((action): Bypass[] => [
    { name: `6.4 ${action} of a file that is not listed`, scope: 'write:config', action, fields: { Filename: 'manager.conf' }, code: LIMIT, typed: [['get', `/config/${encodeURIComponent('manager.conf')}${action === 'GetConfig' ? '' : action === 'GetConfigJSON' ? '/json' : '/categories'}`]] },
    { name: `6.4 ${action} of a path outside`, scope: 'write:config', limits: ANY, action, fields: { Filename: '../passwd' }, code: INVALID, typed: [['get', `/config/${encodeURIComponent('../passwd')}${action === 'GetConfig' ? '' : action === 'GetConfigJSON' ? '/json' : '/categories'}`]] },
    { name: `6.4 ${action} of an absolute path`, scope: 'write:config', limits: ANY, action, fields: { Filename: '/etc/passwd' }, code: INVALID, typed: [['get', `/config/${encodeURIComponent('/etc/passwd')}${action === 'GetConfig' ? '' : action === 'GetConfigJSON' ? '/json' : '/categories'}`]] },
  ]),
  { name: '6.4 CreateConfig outside', scope: 'write:config', limits: ANY, action: 'CreateConfig', fields: { Filename: '../evil.conf' }, code: INVALID, typed: [['post', '/config', { file: '../evil.conf' }]] },
  { name: '6.4 CreateConfig of what is not listed', scope: 'write:config', action: 'CreateConfig', fields: { Filename: 'evil.conf' }, code: LIMIT, typed: [['post', '/config', { file: 'evil.conf' }]] },
  ...[['manager.conf', 'other.conf', LIMIT], ['../x', 'queues.conf', INVALID], ['queues.conf', '/etc/cron.d/x', INVALID]].map(([SrcFilename, DstFilename, code]): Bypass => ({
    name: `6.4 UpdateConfig from ${SrcFilename} to ${DstFilename}`,
    scope: 'write:config',
    limits: { configFiles: ['queues.conf'] },
    action: 'UpdateConfig',
    fields: { SrcFilename, DstFilename, Updates: [{ Action: 'NewCat', Cat: 'x' }] },
    code: code ?? '',
    typed: [['patch', `/config/${encodeURIComponent(SrcFilename ?? '')}`, { writeTo: DstFilename, operations: [{ op: 'newCategory', category: 'x' }] }]],
  })),
  ...['core stop now', 'core  restart  gracefully', 'dialplan add extension 1,1,System(id) into lab', 'channel originate Local/1@lab application System id', 'database put a b c', 'manager show user gateway', 'pjsip send notify x', 'core set debug 1'].map((command): Bypass => ({
    name: `6.5 the command ${command}`,
    scope: 'write:command',
    limits: { commands: ['queue show', 'core show'] },
    action: 'Command',
    fields: { Command: command },
    code: LIMIT,
    typed: [['post', '/commands', { command }]],
  })),
  { name: '6.6 MixMonitor with a command behind the file', scope: 'write:call', action: 'MixMonitor', fields: { Channel: 'x', File: 'a.wav,b(x),id' }, code: INVALID, typed: [['post', '/channels/x/recordings', { file: 'a.wav,b(x),id' }]] },
  { name: '6.6 MixMonitor with a command', scope: 'write:call', action: 'MixMonitor', fields: { Channel: 'x', File: 'a.wav', Command: 'id' }, code: INVALID, typed: [['post', '/channels/x/recordings', { file: 'a', command: 'id' }]] },
  { name: '6.6 Monitor into any path', scope: 'write:call', action: 'Monitor', fields: { Channel: 'x', File: '/tmp/x' }, code: INVALID, typed: [['post', '/channels/x/recordings', { file: '/tmp/x' }]] },
  ...['ConfbridgeStartRecord', 'ConfbridgeStopRecord'].map((action): Bypass => ({
    name: `6.6 ${action} without class system`,
    scope: 'write:call write:originate',
    action,
    fields: { Conference: '1' },
    code: SCOPE,
    typed: [[action === 'ConfbridgeStartRecord' ? 'post' : 'delete', '/conferences/1/recording', action === 'ConfbridgeStartRecord' ? {} : undefined]],
  })),
  { name: '6.6 ModuleLoad from outside the directory', scope: 'write:system', action: 'ModuleLoad', fields: { Module: '/tmp/evil.so', LoadType: 'load' }, code: INVALID, typed: [['put', '/modules/%2Ftmp%2Fevil.so']] },
  { name: '6.6 AGI without its class', scope: 'write:call write:originate', action: 'AGI', fields: { Channel: 'x', Command: 'EXEC System id' }, code: SCOPE, typed: [['post', '/channels/x/agi', { command: 'EXEC System id' }]] },
  { name: '6.6 AGI with its class alone, running what needs class system', scope: 'write:agi', action: 'AGI', fields: { Channel: 'x', Command: 'EXEC System id' }, code: LIMIT, typed: [['post', '/channels/x/agi', { command: 'EXEC System id' }]] },
  { name: '6.6 UserEvent that forges headers', scope: 'write:user', action: 'UserEvent', fields: { UserEvent: 'x', Headers: { Privilege: 'call,all' } }, code: INVALID, typed: [['post', '/user-events', { name: 'x', headers: { Privilege: 'call,all' } }]] },
  ...Object.entries({
    Filter: { Operation: 'Add', Filter: 'Event: Newchannel' },
    Events: { EventMask: 'off' },
    Login: { AuthType: 'MD5', Username: 'gateway', Key: 'x' },
    Logoff: {},
    Challenge: { AuthType: 'MD5' },
    WaitEvent: { Timeout: 60 },
  }).map(([action, fields]): Bypass => ({
    name: `6.6 ${action} of a session that others share, by whoever may do all`,
    scope: 'write:all read:all gateway:raw',
    action,
    fields,
    code: LIMIT,
  })),
  { name: '6.6 Redirect to another context', scope: 'write:call', limits: { contexts: ['lab'] }, action: 'Redirect', fields: { Channel: 'x', Context: 'private', Exten: '1', Priority: 1 }, code: LIMIT, typed: [['post', '/channels/x/redirect', { context: 'private', extension: '1' }]] },
  { name: '6.6 BlindTransfer to another context', scope: 'write:call', limits: { contexts: ['lab'] }, action: 'BlindTransfer', fields: { Channel: 'x', Context: 'private', Exten: '1' }, code: LIMIT, typed: [['post', '/channels/x/blind-transfer', { context: 'private', extension: '1' }]] },
  { name: '6.6 Atxfer to another context', scope: 'write:call', limits: { contexts: ['lab'] }, action: 'Atxfer', fields: { Channel: 'x', Context: 'private', Exten: '1' }, code: LIMIT, typed: [['post', '/channels/x/attended-transfer', { context: 'private', extension: '1' }]] },
  { name: '6.6 MessageSend without its class', scope: 'write:call write:system', action: 'MessageSend', fields: { To: 'pjsip:x', From: 'y', Body: 'z' }, code: SCOPE, typed: [['post', '/messages', { to: 'pjsip:x', from: 'y', body: 'z' }]] },
  { name: '6.6 MessageSend by a token that sees some channels', scope: 'write:message', limits: { channels: ['PJSIP/*'] }, action: 'MessageSend', fields: { To: 'pjsip:x', From: 'y', Body: 'z' }, code: LIMIT, typed: [['post', '/messages', { to: 'pjsip:x', from: 'y', body: 'z' }]] },
  { name: '6.6 DialplanExtensionAdd without class system', scope: 'write:call write:command write:dialplan', action: 'DialplanExtensionAdd', fields: { Context: 'lab', Extension: '1', Priority: 1, Application: 'System', ApplicationData: 'id' }, code: SCOPE, typed: [['put', '/dialplan/lab/1/1', { application: 'System', data: 'id' }]] },
  { name: '6.6 DialplanExtensionAdd of an application nobody listed', scope: 'write:system', action: 'DialplanExtensionAdd', fields: { Context: 'lab', Extension: '1', Priority: 1, Application: 'System', ApplicationData: 'id' }, code: LIMIT, typed: [['put', '/dialplan/lab/1/1', { application: 'System', data: 'id' }]] },
  { name: '6.6 PJSIPNotify without class system', scope: 'write:call', action: 'PJSIPNotify', fields: { Endpoint: 'x', Variable: { Event: 'check-sync' } }, code: SCOPE, typed: [['post', '/endpoints/x/notify', { headers: { Event: 'check-sync' } }]] },
]; // prettier-ignore

describeEachPbx('what a pooled login would let through', (pbx) => {
  const watched = useWatchedGateway(pbx);

  it.each(BYPASSES)('$name is refused by every way in, and nothing reaches AMI', async (bypass) => {
    const { scope, limits, action, fields, code, typed = [] } = bypass;
    const { proxy, gateway } = watched;
    proxy.forget();
    const client = gateway.as(scope, limits);
    const byName = await client.post(`/actions/${action}`, fields);
    expect(byName.body).toMatchObject({ code });
    for (const [method, path, body, other] of typed) {
      const answer = await client[method](path, body);
      expect({ path, code: answer.body?.code }).toEqual({ path, code: other ?? code });
    }
    const socket = await connectSocket(gateway.url, gateway.token(`${scope} read:call`, limits));
    socket.say({ type: 'action', action, fields });
    expect(await socket.until(({ type }) => type === 'error')).toMatchObject({ code: INVALID });
    expect(watched.sent()).toBe('');
  });
});
