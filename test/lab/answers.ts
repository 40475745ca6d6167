// Writes src/http/answers.json: what a real Asterisk answers to each route that is one AMI action. `npm run answers`
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { eventually } from '../helpers/asterisk.ts';
import { type Client, startGateway } from '../helpers/gateway.ts';
import { type Asterisk, type Release, startAsterisk } from './asterisk.ts';

const target = new URL('../../src/http/answers.json', import.meta.url);
const carrier = 'sip:carrier@127.0.0.1:5999';

/** What a lab server lacks for a fuller picture. Nobody listens at the carrier's address. */
const MORE: Readonly<Record<string, string>> = {
  'pjsip.conf': `
[carrier]
type = endpoint
aors = carrier
transport = transport-udp
[carrier]
type = aor
contact = ${carrier}
[carrier-registration]
type = registration
transport = transport-udp
server_uri = sip:127.0.0.1:5999
client_uri = ${carrier}
[sales-list]
type = resource_list
event = presence
list_item = agent001
`,
  'iax.conf': '\n[branch]\ntype = peer\nhost = 127.0.0.1\n',
  'sip.conf': '\n[desk]\ntype = friend\nhost = dynamic\n',
};

interface Situation {
  channel: string;
  bridge: string;
  call: string;
  token: string;
}

const REFRESH = ['module reload res_pjsip.so', 'module reload res_pjsip_outbound_registration.so', 'iax2 reload', 'sip reload']; // prettier-ignore

const pathsOf = ({ channel, bridge, call, token }: Situation): Record<string, string> => ({
  'channels.map': `/channels/${channel}/map`,
  'bridges.list': '/bridges',
  'bridges.get': `/bridges/${bridge}`,
  'bridges.channels': `/bridges/${bridge}/channels`,
  'bridgeTechnologies.list': '/bridge-technologies',
  'conferences.list': '/conferences',
  'conferences.participants': '/conferences/lab-room/participants',
  'queueMembers.list': '/queues/sales-queue/members',
  'queueCallers.list': '/queues/support-queue/callers',
  'queueRules.list': '/queue-rules',
  'parkingLots.list': '/parking-lots',
  'parkingLots.calls': '/parking-lots/default/calls',
  'parkedCalls.list': '/parked-calls',
  'agents.list': '/agents',
  'deviceStates.list': '/device-states',
  'extensionStates.list': '/extension-states',
  'extensionStates.get': '/extension-states/hints/lamp',
  'presenceStates.list': '/presence-states',
  'presenceStates.get': '/presence-states/CustomPresence%3Aanna',
  'endpoints.list': '/endpoints',
  'endpoints.get': '/endpoints/agent001',
  'endpoints.getMaintenance': '/endpoints/agent001/maintenance',
  'endpoints.inMaintenance': '/endpoint-maintenance',
  'contacts.list': '/contacts',
  'aors.list': '/aors',
  'auths.list': '/auths',
  'registrations.outbound': '/registrations/outbound',
  'resourceLists.list': '/resource-lists',
  'iax.peers': '/iax/peers',
  'sip.peers': '/sip/peers',
  'sip.peer': '/sip/peers/desk',
  'sip.peerStatus': '/sip/peers/desk/status',
  'sip.peerStatuses': '/sip/peer-statuses',
  'database.list': '/database/cidname',
  'database.get': '/database/cidname/5551234',
  'mailboxes.list': '/mailboxes',
  'mailboxes.get': '/mailboxes/100%40default',
  'mailboxes.user': '/mailboxes/100%40default/user',
  'mailboxes.waiting': '/mailboxes/100%40default/waiting',
  'config.get': '/config/queuerules.conf',
  'config.json': '/config/queuerules.conf/json',
  'config.categories': '/config/queues.conf/categories',
  'dialplan.list': '/dialplan/transfer-dest',
  'modules.get': '/modules/app_queue.so',
  'system.ping': '/ping',
  'fax.stats': '/fax/stats',
  'actions.list': '/actions?limit=2',
  'actions.get': '/actions/QueueReset',
  'audit.list': '/audit?limit=1',
  'calls.events': `/calls/${call}/events?name=channel.created&limit=1`,
  'events.history': '/events/history?name=call.answered&limit=1',
  'me.get': '/me',
  'tokens.list': '/tokens',
  'tokens.get': `/tokens/${token}`,
});

/** A little traffic, so that lists have something in them. */
const populate = async (asterisk: Asterisk, client: Client): Promise<Situation> => {
  for (const [file, text] of Object.entries(MORE)) appendFileSync(join(asterisk.spoolDir, '../etc', file), text);
  for (const command of [...REFRESH, 'devstate change Custom:lamp BUSY']) await asterisk.cli(command);
  await client.put('/database/cidname/5551234', { value: 'Anna' });
  await client.put(`/variables/${encodeURIComponent('PRESENCE_STATE(CustomPresence:anna)')}`, { value: 'away' });
  await client.put('/endpoints/agent001/maintenance', { state: 'on' });
  const { body: token } = await client.post('/tokens', { sub: 'crm', scope: 'write:originate read:call' }).expect(201);
  const placed: string[] = [];
  for (const extension of ['queue', 'conf', 'park', 'dialtone']) {
    const { body } = await client
      .post('/calls', {
        channel: `Local/${extension}@lab/n`,
        application: 'Wait',
        data: '60',
        callerId: '"Anna" <5551234>',
      }) // prettier-ignore
      .set('prefer', 'wait=5')
      .expect(201);
    placed.push(body.channelId as string);
  }
  // Answer takes half a second where no sound flows.
  const filled = (path: string, matching: (item: Record<string, unknown>) => boolean = () => true) =>
    eventually(async () => {
      const { body } = await client.get(path).expect(200);
      const found = (body.items as Record<string, unknown>[]).find(matching);
      return found ?? Promise.reject(new Error(`Nothing at ${path} yet`));
    });
  for (const path of ['/conferences', '/parked-calls', '/queues/support-queue/callers']) await filled(path);
  const { bridgeUniqueId } = await filled('/bridges', (bridge) => bridge['bridgeTechnology'] === 'simple_bridge');
  const channel = placed.at(-1) ?? '';
  return { channel: `${channel};2`, bridge: String(bridgeUniqueId), call: channel.replace(/^gw-/, ''), token: token.jti as string }; // prettier-ignore
};

/** One item tells of the others. */
const shortened = (body: Record<string, unknown>): object => {
  const { items } = body;
  return Array.isArray(items) ? { items: items.slice(0, 1), total: Math.min(1, items.length), nextCursor: null } : body;
};

const isEmpty = ({ items }: { items?: unknown[] }) => items?.length === 0;

const answersOf = async (release: Release): Promise<Record<string, object>> => {
  const asterisk = await startAsterisk({ release, name: 'answers' });
  const gateway = await startGateway({ pbx: { port: asterisk.amiPort, secret: asterisk.secret } });
  try {
    await gateway.ready();
    const client = gateway.as('read:all write:all gateway:audit gateway:tokens', {
      functions: ['*'],
      databaseFamilies: ['*'],
      configFiles: ['*'],
    });
    const situation = await populate(asterisk, client);
    const answers: Record<string, object> = {};
    for (const [operation, path] of Object.entries(pathsOf(situation))) {
      const { status, body } = await client.get(path);
      if (status === 200 && !isEmpty(body)) answers[operation] = shortened(body);
      else console.log(`${release}: ${operation} has nothing to show: ${status} ${body.code ?? ''}`);
    }
    const run = { action: 'QueueSummary', fields: { Queue: 'sales-queue' } };
    answers['actions.run'] = (await client.post(`/actions/${run.action}`, run.fields).expect(200)).body as object;
    answers['permissions.check'] = (await client.post('/permissions/check', run).expect(200)).body as object;
    return answers;
  } finally {
    await gateway.close();
    await asterisk.stop();
  }
};

const answers = { ...(await answersOf(16)), ...(await answersOf(22)) };
const sorted = Object.fromEntries(Object.entries(answers).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(target, await format(JSON.stringify(sorted), { parser: 'json', printWidth: 120 }));
console.log(`${Object.keys(sorted).length} answers`);
