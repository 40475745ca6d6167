import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createMemoryStore } from '../../src/store/open.ts';
import type { Store, StoredWebhook, WriteBatch } from '../../src/store/store.ts';

/** A store in memory that writes down what it is told, and is told it again when the file is opened next. */
export const openJournalStore = async (file: string): Promise<Store> => {
  const store = createMemoryStore();
  const act = {
    write: (batch: WriteBatch) => store.write(batch),
    put: (webhook: StoredWebhook) => store.webhooks.put(webhook),
  };
  const note = (line: object) => {
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
  if (existsSync(file)) {
    for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
      const { write, put } = JSON.parse(line) as { write?: WriteBatch; put?: StoredWebhook };
      if (write) await act.write(write);
      if (put) await act.put(put);
    }
  }
  return {
    ...store,
    async write(batch) {
      note({ write: batch });
      await act.write(batch);
    },
    webhooks: {
      ...store.webhooks,
      async put(webhook) {
        note({ put: webhook });
        await act.put(webhook);
      },
    },
  };
};
