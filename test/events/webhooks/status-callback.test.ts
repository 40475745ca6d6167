import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/store/open.ts';
import { eventually } from '../../helpers/asterisk.ts';
import { createFakeClock } from '../../helpers/clock.ts';
import { principal } from '../../helpers/doubles.ts';
import { startReceiver, verified } from '../../helpers/receiver.ts';
import { anna, event, setUp } from '../../helpers/webhooks.ts';

describe("a call's own webhook", () => {
  it('gets that call alone, whatever else its token may see, and is gone when all is over', async () => {
    const receiver = await startReceiver();
    const { store, webhooks, emit } = await setUp({ maySee: () => false });
    const caller = principal('write:originate');
    const { webhookId, secret } = await webhooks.bindToCall(caller, 'c1', { url: receiver.url, events: ['call.*'] });
    const call = { id: 'c1', pbx: 'default', linkedId: null, status: 'ended', createdAt: 1, endedAt: null, numbers: [], body: '' }; // prettier-ignore
    await store.write({ calls: [call] });
    await emit(event('call.ringing', 'c1'), event('call.ringing', 'c2'), event('channel.created', 'c1'));
    await eventually(() => expect(receiver.received).toHaveLength(1));
    await expect(
      webhooks.update(caller, webhookId, { filter: { pbx: null, queue: null, call: 'c2' } }),
    ).rejects.toMatchObject({ code: 'invalid-request' });

    const deliveries = webhooks.deliveriesFor([event('call.ended', 'c1')]);
    // Others are committed meanwhile: the last message is not lost to an early end.
    webhooks.wake(deliveries);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await store.write({ calls: [{ ...call, endedAt: 2 }], deliveries });
    webhooks.wake(deliveries);
    await eventually(() => expect(receiver.received).toHaveLength(2));
    expect(receiver.received.map((message) => verified(secret, message).type)).toEqual(['call.ringing', 'call.ended']);
    await eventually(async () => expect(await store.webhooks.list()).toEqual([]));
    expect(webhooks.list(caller)).toEqual([]);
    await webhooks.close();
  });

  it('is gone also where it does not ask for the end, and where its receiver is gone', async () => {
    const clock = createFakeClock();
    const receiver = await startReceiver((response) => response.writeHead(410).end());
    const { store, webhooks, emit, disabled } = await setUp({ clock });
    await webhooks.bindToCall(anna, 'c1', { url: receiver.url, events: ['call.answered'] });
    await webhooks.bindToCall(anna, 'c1', { url: receiver.url, events: ['call.ringing'] });
    const call = { id: 'c1', pbx: 'default', linkedId: null, status: 'ended', createdAt: 1, endedAt: 2, numbers: [], body: '' }; // prettier-ignore
    await store.write({ calls: [call] });
    await emit(event('call.ringing', 'c1'));
    await eventually(() => expect(disabled).toHaveLength(1));
    await emit(event('call.ended', 'c1'));
    expect(await store.webhooks.list()).toHaveLength(2);
    await clock.advance(5_000);
    await eventually(async () => expect(await store.webhooks.list()).toEqual([]));
    await webhooks.close();
  });

  it('is gone after a restart where its call was never stored', async () => {
    const store = createMemoryStore();
    const first = await setUp({ store });
    await first.webhooks.bindToCall(anna, 'c1', { url: 'http://127.0.0.1:9999/', events: ['call.*'] });
    await first.webhooks.close();
    const second = await setUp({ store });
    expect(second.webhooks.list(anna)).toEqual([]);
    await second.webhooks.close();
  });
});
