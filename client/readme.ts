// What README's table asks of a gateway and examples.ts does not, in its order, by a token that may do all of it.
import assert from 'node:assert/strict';
import { connect, done, Refused } from './gateway.ts';

const { GATEWAY_URL = 'http://localhost:3000', OPERATOR_TOKEN = '' } = process.env;
const gateway = connect(GATEWAY_URL, OPERATOR_TOKEN);

/** What the simulated office does not have is refused by a code. */
const unlessAbsent = async (answer: Promise<{ items: unknown[] }>) => {
  try {
    return (await answer).items;
  } catch (error) {
    if (error instanceof Refused && error.problem.code === 'action-unavailable') return [];
    throw error;
  }
};

const examples = {
  async 'recordings and variables'() {
    const body = { channel: 'PJSIP/agent001', context: 'from-internal', extension: '100' };
    const call = await done(gateway.POST('/calls', { params: { header: { prefer: 'wait=10' } }, body }));
    const path = { id: call.channelId };
    const { id: recordingId } = await done(gateway.POST('/channels/{id}/recordings', { params: { path }, body: {} }));
    const running = await done(gateway.GET('/channels/{id}/recordings', { params: { path } }));
    assert.deepEqual(running.items.map(({ id }) => id), [recordingId]); // prettier-ignore
    await done(
      gateway.DELETE('/channels/{id}/recordings/{recordingId}', { params: { path: { ...path, recordingId } } }),
    );
    const open = await done(gateway.GET('/variables/{name}', { params: { path: { name: 'OFFICE_OPEN' } } }));
    assert.equal(open.value, null);
    await done(gateway.DELETE('/calls/{id}', { params: { path: { id: call.id } } }));
  },

  async 'a CLI command'() {
    const { output } = await done(gateway.POST('/commands', { body: { command: 'core show uptime' } }));
    assert.match(output.join('\n'), /uptime/i);
  },

  async 'queue members'() {
    const name = 'support';
    const member = 'PJSIP/agent003';
    const body = { interface: member, name: 'Carla' };
    await done(gateway.POST('/queues/{name}/members', { params: { path: { name } }, body }));
    const { items } = await done(gateway.GET('/queues/{name}/members', { params: { path: { name } } }));
    assert.ok(items.some((item) => item['name'] === 'Carla'));
    await done(gateway.PUT('/queue-members/{interface}/pause', { params: { path: { interface: member } }, body: { paused: true, reason: 'lunch' } })); // prettier-ignore
    const queue = await done(gateway.GET('/queues/{name}', { params: { path: { name } } }));
    assert.equal(queue.members.find((one) => one.name === 'Carla')?.paused, true);
    await done(gateway.DELETE('/queues/{name}/members/{interface}', { params: { path: { name, interface: member } } }));
  },

  async 'what there is'() {
    assert.deepEqual((await done(gateway.GET('/parked-calls'))).items, []);
    assert.ok((await done(gateway.GET('/device-states'))).items.length > 0);
    assert.deepEqual((await done(gateway.GET('/conferences'))).items, []);
    await done(gateway.GET('/bridges'));
    await unlessAbsent(done(gateway.GET('/endpoints')));
    await unlessAbsent(done(gateway.GET('/contacts')));
    await unlessAbsent(done(gateway.GET('/agents')));
    const [server] = (await done(gateway.GET('/pbx'))).items;
    assert.equal(server?.state, 'ready');
  },

  async AstDB() {
    const path = { family: 'cidname', key: '5551234' };
    await done(gateway.PUT('/database/{family}/{key}', { params: { path }, body: { value: 'Anna' } }));
    const entry = await done(gateway.GET('/database/{family}/{key}', { params: { path } }));
    assert.equal(entry['value'], 'Anna');
  },

  async 'actions by name'() {
    const { items } = await done(gateway.GET('/actions', { params: { query: { limit: 1_000 } } }));
    assert.ok(items.length > 150);
    const action = await done(gateway.GET('/actions/{name}', { params: { path: { name: 'QueueSummary' } } }));
    assert.deepEqual(action.scopes, ['write:agent', 'read:agent']);
    const body = { Family: 'cidname', Key: '100', Val: 'Anna' };
    const put = await done(gateway.POST('/actions/{name}', { params: { path: { name: 'DBPut' } }, body }));
    assert.equal(put.response['Response'], 'Success');
  },

  async 'events of the past, and a ticket'() {
    const { items } = await done(gateway.GET('/events/history', { params: { query: { name: 'call.ended' } } }));
    assert.ok(items.every(({ name }) => name === 'call.ended'));
    assert.ok((await done(gateway.POST('/events/tickets'))).ticket);
  },

  async webhooks() {
    const body = { url: 'https://crm.example.com/hook', events: ['call.ended'] };
    const { id } = await done(gateway.POST('/webhooks', { body }));
    const path = { id };
    await done(gateway.POST('/webhooks/{id}/test', { params: { path } }));
    const { items } = await done(gateway.GET('/webhooks/{id}/deliveries', { params: { path } }));
    assert.ok(items.every(({ status }) => status !== 'delivered'));
    await done(gateway.DELETE('/webhooks/{id}', { params: { path } }));
  },

  async 'tokens, and who did what'() {
    const made = await done(gateway.POST('/tokens', { body: { sub: 'crm', scope: 'read:call', ttlSeconds: 60 } }));
    await done(connect(GATEWAY_URL, made.token).GET('/me'));
    await done(gateway.DELETE('/tokens/{jti}', { params: { path: { jti: made.jti } } }));
    await assert.rejects(done(connect(GATEWAY_URL, made.token).GET('/me')), Refused);
    const { items } = await done(gateway.GET('/audit', { params: { query: { limit: 100 } } }));
    assert.ok(items.some(({ operation }) => operation === 'tokens.make'));
  },

  async 'figures, probes and descriptions'() {
    const { data: figures } = await gateway.GET('/metrics', { parseAs: 'text' });
    assert.match(String(figures), /gateway_pbx_ready/);
    await done(gateway.GET('/health/live'));
    // Not ready is an answer of the same kind.
    assert.equal((await gateway.GET('/health/ready')).data?.status, 'ready');
    assert.ok((await done(gateway.GET('/problems'))).items.length > 50);
    assert.ok((await fetch(`${GATEWAY_URL}/asyncapi.json`)).ok && (await fetch(`${GATEWAY_URL}/openapi.json`)).ok);
  },
};

for (const [name, example] of Object.entries(examples)) {
  await example();
  console.log(`ok  README: ${name}`);
}
