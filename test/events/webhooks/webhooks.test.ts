import { describe, expect, it } from 'vitest';
import type { GatewayEvent } from '../../../src/events/event.ts';
import { createMemoryStore } from '../../../src/store/open.ts';
import { eventually } from '../../helpers/asterisk.ts';
import { createFakeClock } from '../../helpers/clock.ts';
import { principal } from '../../helpers/doubles.ts';
import { startReceiver, verified } from '../../helpers/receiver.ts';
import { anna, event, setUp } from '../../helpers/webhooks.ts';

const HOUR = 3_600_000;

describe('a webhook', () => {
  it('gets what it asked for and may see, signed, in the public form', async () => {
    const receiver = await startReceiver();
    const hidden = event('call.ended', 'c1', { class: ['system'] });
    const { create, emit, webhooks } = await setUp({ maySee: (_who, { class: [name] }) => name === 'call' });
    const { secret } = await create(receiver.url, {
      events: ['call.*', 'queue.joined'],
      filter: { pbx: 'default', queue: 'sales', call: null },
    });
    const wanted = event('call.ringing', 'c1', { queue: 'sales', fields: { caller: '"A" <1>' } });
    const queued = event('queue.joined', null, { queue: 'sales' });
    const others = [
      event('call.ringing', 'c1'),
      event('call.ringing', 'c1', { queue: 'sales', pbx: 'b' }),
      event('queue.left', null, { queue: 'sales' }),
      { ...hidden, queue: 'sales' },
    ];
    await emit(...others, wanted, queued);
    await eventually(() => expect(receiver.received).toHaveLength(2));
    const messages = receiver.received.map((message) => verified(secret, message));
    expect(messages.map(({ type }) => type).sort()).toEqual(['call.ringing', 'queue.joined']);
    const ringing = messages.find(({ type }) => type === 'call.ringing');
    expect(ringing).toMatchObject({
      timestamp: '2026-11-23T00:00:00.000Z',
      data: { id: wanted.id, call: 'c1', at: '2026-11-23T00:00:00.000Z', fields: { caller: '"A" <1>' } },
    });
    expect(ringing?.data).not.toHaveProperty('refs');
    expect(() => verified(`whsec_${'A'.repeat(32)}`, receiver.received[0]!)).toThrow('No matching signature');
    await webhooks.close();
  });

  it('is signed by the old secret too for a day, and by no older one', async () => {
    const receiver = await startReceiver();
    const clock = createFakeClock(Date.now());
    const { create, webhooks } = await setUp({ clock });
    const { webhook, secret: first } = await create(receiver.url);
    const { secret: second } = await webhooks.rotateSecret(anna, webhook.id);
    const signal = new AbortController().signal;
    expect(await webhooks.test(anna, webhook.id, signal)).toMatchObject({ status: 204, error: null });
    expect(verified(first, receiver.received[0]!)).toMatchObject({ type: 'webhook.test' });
    expect(verified(second, receiver.received[0]!)).toMatchObject({ type: 'webhook.test' });
    const { secret: third } = await webhooks.rotateSecret(anna, webhook.id);
    await webhooks.test(anna, webhook.id, signal);
    expect(() => verified(first, receiver.received[1]!)).toThrow();
    expect(receiver.received[1]!.headers['webhook-signature']!.split(' ')).toHaveLength(2);
    await clock.advance(24 * HOUR);
    await webhooks.test(anna, webhook.id, signal);
    expect(receiver.received[2]!.headers['webhook-signature']!.split(' ')).toHaveLength(1);
    expect(webhooks.get(anna, webhook.id).secrets[0]?.secret).toBe(third);
    await webhooks.close();
  });

  it("is its subject's alone", async () => {
    const { create, webhooks } = await setUp();
    const { webhook } = await create('http://127.0.0.1:9999/');
    const ben = principal('gateway:webhooks', {}, 'ben');
    const none = expect.objectContaining({ code: 'no-such-webhook' });
    expect(webhooks.list(ben)).toEqual([]);
    expect(() => webhooks.get(ben, webhook.id)).toThrow(none);
    await expect(webhooks.update(ben, webhook.id, { url: 'http://127.0.0.1:9998/' })).rejects.toEqual(none);
    await expect(webhooks.rotateSecret(ben, webhook.id)).rejects.toEqual(none);
    await expect(webhooks.remove(ben, webhook.id)).rejects.toEqual(none);
    await expect(webhooks.deliveries(ben, webhook.id, { limit: 1 })).rejects.toEqual(none);
    expect(webhooks.list(anna)).toHaveLength(1);
  });
});

describe('delivery', () => {
  it('keeps the order of each call, is at most four wide, and a slow receiver delays no other', async () => {
    let open = 0;
    let widest = 0;
    const slow = await startReceiver((response) => {
      widest = Math.max(widest, ++open);
      setTimeout(() => {
        open--;
        response.writeHead(204).end();
      }, 30);
    });
    const hanging = await startReceiver(() => {});
    const fast = await startReceiver();
    const { create, emit, webhooks, log } = await setUp();
    await create(hanging.url);
    const { webhook } = await create(slow.url);
    await create(fast.url);
    const events = Array.from({ length: 40 }, (_, index) => event('call.ringing', `c${index % 8}`));
    await emit(...events);
    await eventually(() => expect(fast.received).toHaveLength(40));
    expect(slow.received.length).toBeLessThan(40);
    await eventually(async () => expect((await log(webhook.id)).every(({ status }) => status === 'delivered')).toBe(true)); // prettier-ignore
    expect(widest).toBe(4);
    for (const { received } of [slow, fast]) {
      const seen = received.map(({ body }) => (JSON.parse(body) as { data: GatewayEvent }).data);
      expect(seen).toHaveLength(40);
      for (const { call } of events) {
        const ofCall = (some: readonly GatewayEvent[]) => some.filter((one) => one.call === call).map(({ id }) => id);
        expect(ofCall(seen)).toEqual(ofCall(events));
      }
    }
    await webhooks.close();
  });

  it('is tried again with the same id, later and later for a day, and then given up; the call goes on behind it', async () => {
    const clock = createFakeClock();
    const receiver = await startReceiver((response) => response.writeHead(500).end());
    const { create, emit, webhooks, log } = await setUp({ clock, disableAfterMs: 1_000 * HOUR });
    const { webhook } = await create(receiver.url);
    const [first] = await emit(event('call.ringing', 'c1'), event('call.ended', 'c1'));
    const waits: number[] = [];
    for (;;) {
      const tries = waits.length + 1;
      const delivery = await eventually(async () => {
        const { items } = await webhooks.deliveries(anna, webhook.id, { limit: 10 });
        const own = items.find(({ id }) => id === first)!;
        expect(own.attempts).toBe(tries);
        return own;
      });
      if (delivery.status === 'dead') break;
      waits.push(delivery.nextAt - clock.now());
      // Nothing of the call overtakes it.
      expect(new Set(receiver.ids())).toEqual(new Set([first]));
      await eventually(() => expect(clock.pendingTimers).toBe(1));
      await clock.advance(delivery.nextAt - clock.now());
    }
    expect(waits.slice(0, 9)).toEqual([5, 30, 120, 900, 3_600, 10_800, 21_600, 21_600, 21_600].map((s) => s * 1_000));
    expect(waits.reduce((a, b) => a + b)).toBe(24 * HOUR);
    await eventually(async () => expect((await log(webhook.id)).map(({ attempts }) => attempts)).toEqual([1, 11]));
    expect(await log(webhook.id)).toMatchObject([{ name: 'call.ended' }, { status: 'dead', lastStatus: 500 }]);
    await webhooks.close();
  });

  it('waits as long as Retry-After says', async () => {
    const clock = createFakeClock();
    const receiver = await startReceiver((response, _request, count) =>
      response.writeHead(count === 1 ? 503 : 200, { 'retry-after': '600' }).end(),
    );
    const { create, emit, webhooks, log } = await setUp({ clock });
    const { webhook } = await create(receiver.url);
    await emit(event('call.ringing', 'c1'));
    await eventually(() => expect(clock.pendingTimers).toBe(1));
    await eventually(async () => expect((await log(webhook.id))[0]).toMatchObject({ attempts: 1, nextAt: clock.now() + 600_000 })); // prettier-ignore
    await clock.advance(599_000);
    expect(receiver.received).toHaveLength(1);
    await clock.advance(1_000);
    await eventually(async () => expect(await log(webhook.id)).toMatchObject([{ status: 'delivered', attempts: 2 }]));
    await webhooks.close();
  });

  it('ends at 410 Gone: the webhook is disabled, and says so', async () => {
    const receiver = await startReceiver((response) => response.writeHead(410).end());
    const { create, emit, webhooks, log, disabled } = await setUp();
    const { webhook } = await create(receiver.url);
    await emit(event('call.ringing', 'c1'), event('call.ended', 'c1'));
    await eventually(() => expect(disabled).toHaveLength(1));
    expect(disabled[0]).toMatchObject({ name: 'webhook.disabled', fields: { webhookId: webhook.id, reason: 'gone' } });
    expect(webhooks.get(anna, webhook.id)).toMatchObject({ enabled: false, disabledReason: 'gone' });
    expect(await emit(event('call.ringing', 'c2'))).toEqual([]);
    expect((await log(webhook.id)).map(({ status }) => status)).toEqual(['pending', 'dead']);
    expect(receiver.received).toHaveLength(1);
    await webhooks.close();
  });

  it('that fails for long disables the webhook; enabled again it goes on where it was', async () => {
    const clock = createFakeClock();
    let status = 500;
    const receiver = await startReceiver((response) => response.writeHead(status).end());
    const { create, emit, webhooks, log, disabled } = await setUp({ clock, disableAfterMs: 30_000 });
    const { webhook } = await create(receiver.url);
    await emit(event('call.ringing', 'c1'));
    for (const wait of [5_000, 30_000]) {
      await eventually(async () => expect((await log(webhook.id))[0]?.nextAt).toBe(clock.now() + wait));
      await eventually(() => expect(clock.pendingTimers).toBe(1));
      expect(disabled).toEqual([]);
      await clock.advance(wait);
    }
    await eventually(() => expect(disabled).toMatchObject([{ fields: { reason: 'failing' } }]));
    await eventually(() => expect(clock.pendingTimers).toBe(0));
    status = 200;
    await webhooks.update(anna, webhook.id, { enabled: true });
    await clock.advance(120_000);
    await eventually(async () => expect(await log(webhook.id)).toMatchObject([{ status: 'delivered', attempts: 4 }]));
    expect(webhooks.get(anna, webhook.id)).toMatchObject({ enabled: true, failingSince: null });
    await webhooks.close();
  });

  it('can be had once more', async () => {
    const receiver = await startReceiver();
    const { create, emit, webhooks, log } = await setUp();
    const { webhook } = await create(receiver.url);
    const [id = ''] = await emit(event('call.ended', 'c1'));
    const delivered = async () => expect(await log(webhook.id)).toMatchObject([{ status: 'delivered' }]);
    await eventually(delivered);
    await webhooks.replay(anna, webhook.id, id);
    await eventually(() => expect(receiver.ids()).toEqual([id, id]));
    await eventually(delivered);
    await expect(webhooks.replay(anna, webhook.id, 'msg_x')).rejects.toMatchObject({ code: 'no-such-delivery' });
    await webhooks.close();
  });

  it('goes on after a restart, and waits for a store that fails', async () => {
    const store = createMemoryStore();
    const receiver = await startReceiver();
    const first = await setUp({ store });
    const { webhook } = await first.create(receiver.url, { enabled: false });
    await first.webhooks.update(anna, webhook.id, { enabled: true });
    await store.write({ deliveries: first.webhooks.deliveriesFor([event('call.ringing', 'c1')]) });
    await first.webhooks.close();
    expect(receiver.received).toEqual([]);

    const clock = createFakeClock();
    let broken = true;
    const due: typeof store.deliveries.due = async (query) => {
      if (broken) throw new Error('locked');
      return store.deliveries.due({ ...query, now: Number.MAX_SAFE_INTEGER });
    };
    const second = await setUp({ store: { ...store, deliveries: { ...store.deliveries, due } }, clock });
    await eventually(() => expect(clock.pendingTimers).toBe(1));
    broken = false;
    const [next] = await second.emit(event('call.ended', 'c1'));
    await eventually(() => expect(receiver.received).toHaveLength(2));
    expect(receiver.ids()[1]).toBe(next);
    await second.webhooks.close();
  });
});
