import { expect, it } from 'vitest';
import type { GuardedSender } from '../../src/auth/guard.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { createCalls } from '../../src/pbx/calls.ts';
import { createMemoryStore } from '../../src/store/open.ts';
import { event, setUpTracker } from '../helpers/calls.ts';
import { principal } from '../helpers/doubles.ts';

const setUp = (code: string) => {
  const tracked = setUpTracker();
  const send: GuardedSender['send'] = async (_action, { onAllowed } = {}) => {
    await onAllowed?.();
    throw new GatewayError(code, 'No');
  };
  const calls = createCalls({
    sender: { send } as GuardedSender,
    tracker: tracked.tracker,
    principal: principal('write:all'),
    store: createMemoryStore(),
    trunks: [],
    webhooks: { bindToCall: async () => ({ webhookId: '', secret: '' }), unbind: async () => {} },
    keep: async () => {},
  });
  const call = tracked.register();
  tracked.see(event.newchannel());
  return { ...tracked, calls, call };
};

it('says that a call has ended where its channel is gone before the news of it, and not that it was cancelled', async () => {
  const { calls, call, see } = setUp('no-such-channel');
  const hangup = calls.hangup('1');
  setTimeout(() => {
    see(event.hangup(0), event.originated(0));
  }, 20);
  await expect(hangup).rejects.toMatchObject({ code: 'call-ended' });
  expect(call.disposition).toBe('failed');
});

it('takes a call for cancelled where the hangup may have been carried out, and else not', async () => {
  for (const [code, disposition] of [
    ['outcome-unknown', 'cancelled'],
    ['pbx-unavailable', 'failed'],
  ] as const) {
    const { calls, call, see } = setUp(code);
    await expect(calls.hangup('1')).rejects.toMatchObject({ code });
    see(event.hangup(0), event.originated(0));
    expect(call.disposition).toBe(disposition);
  }
});
