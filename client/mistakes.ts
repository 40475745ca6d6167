import { type connect, done } from './gateway.ts';

// Compiled, never run: the types must refuse what the gateway would.
export const mistakes = async (gateway: ReturnType<typeof connect>): Promise<void> => {
  // @ts-expect-error There is no such route.
  await gateway.GET('/phones');
  // @ts-expect-error A body is needed.
  await gateway.POST('/calls');
  // @ts-expect-error Seconds are a number.
  await gateway.POST('/calls', { body: { channel: 'PJSIP/agent001', ringTimeoutSeconds: '30' } });
  // @ts-expect-error The id is needed.
  await gateway.GET('/calls/{id}');
  // @ts-expect-error It is called answered.
  await gateway.GET('/calls', { params: { query: { status: 'up' } } });
  // @ts-expect-error That is no cause.
  await gateway.DELETE('/channels/{id}', { params: { path: { id: '1.1' }, query: { cause: 'bored' } } });

  const call = await done(gateway.GET('/calls/{id}', { params: { path: { id: 'x' } } }));
  // @ts-expect-error It is null until the call is answered.
  call.answeredAt.slice();
  // @ts-expect-error There is no such status.
  if (call.status === 'up') return;
  const { items } = await done(gateway.GET('/queues/{name}/members', { params: { path: { name: 'support' } } }));
  for (const item of items) {
    // @ts-expect-error Asterisk may give no such header, a number, or several.
    item['name'].slice();
  }
};
