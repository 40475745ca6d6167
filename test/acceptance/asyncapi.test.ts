import { schemasWithoutId } from '@asyncapi/specs';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { describeEachPbx, eventually } from '../helpers/asterisk.ts';
import { startGateway, useGateway } from '../helpers/gateway.ts';
import { startReceiver } from '../helpers/receiver.ts';
import { connectSocket } from '../helpers/socket.ts';
import { openSse } from '../helpers/sse.ts';

interface Document {
  components: { messages: Record<string, { payload: object; headers?: object }> };
}

const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const ALL = 'read:all write:all gateway:webhooks';
const CALL = { channel: 'Local/answer@lab', application: 'Wait', data: '9' };

describeEachPbx('asyncapi.json', (pbx) => {
  const options = { pbx: { port: pbx.amiPort, secret: pbx.secret } };
  const gateway = useGateway(options);
  const read = async () => (await (await fetch(`${gateway.url}/asyncapi.json`)).json()) as Document;
  const faultsOf = (document: Document, name: string, value: unknown, part: 'payload' | 'headers' = 'payload') => {
    const schema = document.components.messages[name]?.[part];
    if (!schema) return [`there is no ${part} of ${name}`];
    ajv.validate(schema, value);
    return ajv.errors?.map(({ instancePath, message }) => `${name}${instancePath} ${message}`) ?? [];
  };

  it('is AsyncAPI 3.0', async () => {
    const validate = ajv.compile(schemasWithoutId['3.0.0']);
    expect([validate(await read()), validate.errors]).toEqual([true, null]);
  });

  it('says what comes by Server-Sent Events', async () => {
    const document = await read();
    const own = await startGateway(options);
    await own.ready();
    const token = own.token(ALL);
    const snapshot = await openSse(`${own.url}/events?snapshot=true`, bearer(token));
    const unknown = await openSse(`${own.url}/events?since=nowhere-7`, bearer(token));
    const client = own.as(ALL);
    const { body } = await client.post('/calls', CALL).set('prefer', 'wait=5').expect(201);
    const before = await openSse(`${own.url}/events?snapshot=true`, bearer(token));
    await before.until(({ data }) => data.name === 'stream.snapshot');
    await client.delete(`/calls/${body.id}`).expect(204);
    await snapshot.until(({ data }) => data.name === 'call.ended');
    await unknown.until(({ data }) => data.name === 'stream.gap');
    await own.close();
    await snapshot.gone();
    const messages = [...snapshot.messages, ...unknown.messages, ...before.messages].map(({ data }) => data);
    const kinds = { 'stream.gap': 'gap', 'stream.snapshot': 'snapshot', 'stream.closed': 'closed' } as Record<string, string>; // prettier-ignore
    for (const kind of Object.keys(kinds)) expect(messages.map(({ name }) => name)).toContain(kind);
    expect(messages.flatMap((message) => faultsOf(document, kinds[message.name] ?? 'event', message))).toEqual([]);
  });

  it('says what goes over a WebSocket, both ways', async () => {
    const document = await read();
    const socket = await connectSocket(gateway.url, gateway.token(ALL));
    const requests = [
      { type: 'subscribe', id: 's', filter: { name: ['*'] }, snapshot: true },
      { type: 'subscribe', id: 'g', since: 'nowhere-7' },
      { type: 'filter', id: 's', filter: { name: ['channel.*'] } },
      { type: 'token', token: gateway.token(ALL) },
      { type: 'unsubscribe', id: 'g' },
    ];
    const replies = ['subscribed', 'snapshot', 'event', 'gap', 'filtered', 'unsubscribed', 'token', 'error'];
    for (const request of requests.slice(0, 2)) socket.say(request);
    await socket.until(({ type }) => type === 'gap');
    const client = gateway.as(ALL);
    const { body } = await client.post('/calls', CALL).set('prefer', 'wait=5').expect(201);
    await client.delete(`/calls/${body.id}`).expect(204);
    await socket.until(({ type }) => type === 'event');
    for (const request of requests.slice(2)) socket.say(request);
    socket.say('no JSON');
    for (const reply of replies) await socket.until(({ type }) => type === reply);
    const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
    const faults = [
      ...requests.flatMap((request) => faultsOf(document, `socket${capital(request.type)}`, request)),
      ...socket.messages.flatMap((message) => faultsOf(document, `socketReply${capital(message.type)}`, message)),
    ];
    expect(faults).toEqual([]);
    expect(faultsOf(document, 'socketSubscribe', { type: 'subscribe' })).not.toEqual([]);
  });

  it('says what a webhook gets', async () => {
    const document = await read();
    const receiver = await startReceiver();
    const client = gateway.as(ALL);
    const { body: hook } = await client.post('/webhooks', { url: receiver.url, events: ['call.*'] }).expect(201);
    const { body } = await client.post('/calls', CALL).set('prefer', 'wait=5').expect(201);
    await client.delete(`/calls/${body.id}`).expect(204);
    const types = () => receiver.received.map((one) => (JSON.parse(one.body) as { type: string }).type);
    await eventually(() => expect(types()).toContain('call.ended'), 10_000);
    await client.post(`/webhooks/${hook.id}/test`, {});
    const faults = receiver.received.flatMap(({ body: text, headers }) => [
      ...faultsOf(document, 'webhook', JSON.parse(text)),
      ...faultsOf(document, 'webhook', headers, 'headers'),
    ]);
    expect(faults).toEqual([]);
    await client.delete(`/webhooks/${hook.id}`).expect(204);
    const openapi = (await (await fetch(`${gateway.url}/openapi.json`)).json()) as { webhooks: Record<string, { post: { requestBody: { content: Record<string, { schema: object }> }; parameters: { name: string }[] } }> }; // prettier-ignore
    const post = openapi.webhooks['event']?.post;
    expect(post?.parameters.map(({ name }) => name)).toEqual(['webhook-id', 'webhook-timestamp', 'webhook-signature']);
    const schema = post?.requestBody.content['application/json']?.schema ?? { not: {} };
    expect(receiver.received.map(({ body: text }) => ajv.validate(schema, JSON.parse(text)))).not.toContain(false);
  });
});
