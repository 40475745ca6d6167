import { createSqliteStore } from '../../src/store/sqlite/store.ts';
import { anna, event, setUp } from './webhooks.ts';

/** Posts numbered events of ten calls, going on where the process before it was killed. */
const [file = '', url = '', total = '0'] = process.argv.slice(2);
const store = createSqliteStore(file);
const { webhooks, emit, create } = await setUp({ store });
if (webhooks.list(anna).length === 0) await create(url);
const [webhook] = webhooks.list(anna);
const known = (await store.deliveries.list({ webhookId: webhook?.id ?? '', limit: 100_000 })).items.length;
for (let number = known; number < Number(total); number += 5) {
  await emit(...[0, 1, 2, 3, 4].map((step) => event('call.ringing', `c${(number + step) % 10}`, { fields: { number: number + step } }))); // prettier-ignore
  await new Promise((resolve) => setTimeout(resolve, 1));
}
