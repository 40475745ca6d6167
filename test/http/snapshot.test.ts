import { expect, it } from 'vitest';
import { newCall } from '../../src/events/call.ts';
import { toStoredCall } from '../../src/events/journal.ts';
import { createMemoryStore } from '../../src/store/open.ts';
import { startGateway } from '../helpers/gateway.ts';
import { openSse } from '../helpers/sse.ts';

it('a snapshot holds every open call, however many', async () => {
  const store = createMemoryStore();
  const ids = Array.from({ length: 2_345 }, (_, number) => `call-${number}`);
  const calls = ids.map((id, number) => newCall({ id, pbx: 'default', owner: null, request: null, channelId: id, createdAt: 1e12 + number })); // prettier-ignore
  await store.write({ calls: calls.map(toStoredCall) });
  // Nobody listens there: the calls stay as they were left.
  const gateway = await startGateway({ pbx: { port: 9, secret: 'x' }, store });
  const events = await openSse(`${gateway.url}/events?snapshot=true`, { authorization: `Bearer ${gateway.token('read:all')}` }); // prettier-ignore
  const { data } = await events.until(({ data: { name } }) => name === 'stream.snapshot');
  expect((data['calls'] as { id: string }[]).map(({ id }) => id).sort()).toEqual(ids.sort());
  events.close();
  await gateway.close();
});
