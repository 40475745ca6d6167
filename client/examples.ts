import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, done, Refused } from './gateway.ts';

const { GATEWAY_URL = 'http://localhost:3000', GATEWAY_TOKEN = '' } = process.env;
const gateway = connect(GATEWAY_URL, GATEWAY_TOKEN);

/** Rings agent 001 and, once that is answered, dials 100; the answer comes when the call has got somewhere. */
const placeCall = () =>
  done(
    gateway.POST('/calls', {
      params: { header: { prefer: 'wait=10' } },
      body: {
        channel: 'PJSIP/agent001',
        context: 'from-internal',
        extension: '100',
        callerId: '"Sales" <8005551234>',
        variables: { campaign_id: 'SALES01' },
      },
    }),
  );

const refusal = async (answer: Promise<unknown>) => {
  try {
    await answer;
  } catch (error) {
    if (error instanceof Refused) return error.problem;
    throw error;
  }
  return assert.fail('It was to be refused');
};

const examples = {
  async 'place a call, watch it, hang it up'() {
    const { id, status, channelId } = await placeCall();
    assert.equal(status, 'answered');

    const call = await done(gateway.GET('/calls/{id}', { params: { path: { id } } }));
    assert.equal(call.callerId, '"Sales" <8005551234>');
    assert.equal(call.variables['campaign_id'], 'SALES01');
    assert.deepEqual(call.legs.map((leg) => leg.channelId), [channelId]); // prettier-ignore

    const answered = await done(gateway.GET('/calls', { params: { query: { status: 'answered', limit: 10 } } }));
    assert.ok(answered.items.some((item) => item.id === id));

    await done(gateway.DELETE('/calls/{id}', { params: { path: { id } } }));
    const ended = await watch(id, (seen) => seen.status === 'ended');
    assert.equal(ended.disposition, 'answered');
    assert.ok(ended.hangup && ended.endedAt);

    const { items, total } = await done(gateway.GET('/calls/{id}/events', { params: { path: { id } } }));
    assert.equal(total, null);
    const names = items.map(({ name }) => name);
    assert.ok(names.includes('call.answered') && names.includes('call.ended'), names.join(' '));
  },

  async 'place a call to an application'() {
    const body = { channel: 'PJSIP/agent001', application: 'Wait', data: '60' };
    const call = await done(gateway.POST('/calls', { body }));
    assert.equal(call.application, 'Wait');
    assert.equal(call.answeredAt, null);
    await done(gateway.DELETE('/calls/{id}', { params: { path: { id: call.id } } }));
  },

  async 'hear that a phone is busy'() {
    const call = await done(
      gateway.POST('/calls', {
        params: { header: { prefer: 'wait=10' } },
        body: { channel: 'PJSIP/busyphone', context: 'from-internal', extension: '100' },
      }),
    );
    assert.deepEqual([call.status, call.disposition], ['ended', 'busy']);
  },

  async 'dial by click'() {
    const call = await done(gateway.POST('/calls', { body: { from: 'agent001', to: '+31 20 123 4567' } }));
    assert.equal(call.extension, '31201234567');
    await done(gateway.DELETE('/calls/{id}', { params: { path: { id: call.id } } }));
  },

  async 'ask for the same call twice, and get one'() {
    const request = {
      params: { header: { 'idempotency-key': crypto.randomUUID() } },
      body: { channel: 'PJSIP/agent001', application: 'Wait', data: '60' },
    };
    const [first, second] = [await done(gateway.POST('/calls', request)), await done(gateway.POST('/calls', request))];
    assert.equal(second.id, first.id);
    await done(gateway.DELETE('/calls/{id}', { params: { path: { id: first.id } } }));
  },

  async 'list channels, set a variable, play keys, redirect, record'() {
    const call = await placeCall();
    const path = { id: call.channelId };

    const { items, total, nextCursor } = await done(
      gateway.GET('/channels', { params: { query: { prefix: 'PJSIP/agent001-', state: 'up' } } }),
    );
    assert.deepEqual([items.map(({ id }) => id), total, nextCursor], [[call.channelId], 1, null]);

    await done(
      gateway.PUT('/channels/{id}/variables/{name}', {
        params: { path: { ...path, name: 'note' } },
        body: { value: 'vip' },
      }),
    );
    const channel = await done(
      gateway.GET('/channels/{id}', { params: { path, query: { variables: 'note,CALLERID(num)' } } }),
    );
    assert.equal(channel.variables['note'], 'vip');
    assert.equal(channel.caller.number, '8005551234');

    // A name goes in as it is: the client encodes it.
    const named = await done(gateway.GET('/channels/{id}', { params: { path: { id: channel.name } } }));
    assert.equal(named.id, channel.id);

    await done(gateway.POST('/channels/{id}/dtmf', { params: { path }, body: { digits: '12#' } }));

    const recording = await done(
      gateway.POST('/channels/{id}/recordings', { params: { path }, body: { file: 'sales/anna', format: 'wav' } }),
    );
    assert.equal(recording.muted, false);
    const muted = await done(
      gateway.PATCH('/channels/{id}/recordings/{recordingId}', {
        params: { path: { ...path, recordingId: recording.id } },
        body: { muted: true },
      }),
    );
    assert.equal(muted.muted, true);

    await done(
      gateway.POST('/channels/{id}/redirect', {
        params: { path },
        body: { context: 'from-internal', extension: '101' },
      }),
    );
    const moved = await done(gateway.GET('/channels/{id}', { params: { path } }));
    assert.equal(moved.extension, '101');

    await done(gateway.DELETE('/channels/{id}', { params: { path, query: { cause: 'user-busy' } } }));
    assert.equal((await watch(call.id, ({ status }) => status === 'ended')).hangup?.cause, 17);
  },

  async 'look at queues'() {
    const { items } = await done(gateway.GET('/queues'));
    assert.deepEqual(items.map(({ name }) => name).sort(), ['sales', 'support']);
    const queue = await done(gateway.GET('/queues/{name}', { params: { path: { name: 'support' } } }));
    assert.deepEqual(queue.members.map((member) => member.name).sort(), ['Anna', 'Bert']);
    assert.ok(queue.members.every(({ paused, lastCallAt }) => !paused && lastCallAt === null));
    // A route that gives what Asterisk has, by Asterisk's names.
    const members = await done(gateway.GET('/queues/{name}/members', { params: { path: { name: 'support' } } }));
    assert.deepEqual(members.items.map((member) => member['name']).sort(), ['Anna', 'Bert']); // prettier-ignore
  },

  async 'decide by the code of a problem'() {
    const call = await placeCall();
    const path = { id: call.channelId };
    const nowhere = await refusal(
      done(
        gateway.POST('/channels/{id}/redirect', {
          params: { path },
          body: { context: 'from-internal', extension: 'x' },
        }),
      ),
    );
    assert.deepEqual([nowhere.status, nowhere.code], [409, 'no-such-extension']);
    await done(gateway.DELETE('/calls/{id}', { params: { path: { id: call.id } } }));

    const gone = await refusal(done(gateway.GET('/channels/{id}', { params: { path: { id: '1.1' } } })));
    assert.equal(gone.code, 'no-such-channel');
    const body = { url: 'https://crm.example.com/hook' };
    const forbidden = await refusal(done(gateway.POST('/webhooks', { body })));
    assert.equal(forbidden.code, 'insufficient-scope');
    assert.deepEqual(forbidden.scopes, ['gateway:webhooks']);
    const vague = await refusal(done(gateway.POST('/calls', { body: { channel: 'PJSIP/agent001' } })));
    assert.equal(vague.code, 'invalid-request');
    assert.equal(vague.errors?.[0]?.pointer, '/body/context');

    const stranger = connect(GATEWAY_URL, 'no token');
    assert.equal((await refusal(done(stranger.GET('/me')))).code, 'unauthorized');
    const kind = await done(stranger.GET('/problems/{code}', { params: { path: { code: nowhere.code } } }));
    assert.equal(kind.title, nowhere.title);
  },

  async 'ask what would be sent'() {
    const { data } = await gateway.POST('/calls', {
      params: { query: { dryRun: true } },
      body: { channel: 'PJSIP/agent001', context: 'from-internal', extension: '100' },
    });
    assert.ok(data && 'verdict' in data);
    assert.equal(data.verdict, 'allowed');
    assert.match(data.packet ?? '', /^Action: Originate/);
    const body = { action: 'QueueReset', fields: { Queue: 'support' } };
    const { data: verdict } = await gateway.POST('/permissions/check', { body });
    assert.equal(verdict?.refusal?.code, 'insufficient-scope');
  },

  async 'follow the stream of events'() {
    const end = new AbortController();
    const { data } = await gateway.GET('/events', {
      params: { query: { name: 'call.*', snapshot: true } },
      parseAs: 'stream',
      signal: end.signal,
    });
    assert.ok(data);
    let seen = '';
    const text = data.pipeThrough(new TextDecoderStream());
    const call = await done(gateway.POST('/calls', { body: { channel: 'PJSIP/busyphone', application: 'Wait', data: '1' } })); // prettier-ignore
    for await (const part of text) {
      seen += part;
      if (seen.includes('"call.ended"')) break;
    }
    end.abort();
    assert.match(seen, /"stream\.snapshot"/);
    assert.ok(seen.includes(call.id));
  },
};

/** Asks again until the call is where it is wanted. */
const watch = async (id: string, arrived: (call: Awaited<ReturnType<typeof callOf>>) => boolean) => {
  for (let left = 100; left > 0; left -= 1) {
    const call = await callOf(id);
    if (arrived(call)) return call;
    await sleep(100);
  }
  return assert.fail(`Call ${id} did not get there`);
};
const callOf = (id: string) => done(gateway.GET('/calls/{id}', { params: { path: { id } } }));

for (const [name, example] of Object.entries(examples)) {
  await example();
  console.log(`ok  ${name}`);
}
