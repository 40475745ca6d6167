import { describe, expect, it } from 'vitest';
import { createJournal } from '../../src/events/journal.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createMemoryStore } from '../../src/store/open.ts';
import type { WriteBatch } from '../../src/store/store.ts';
import { createFakeClock } from '../helpers/clock.ts';
import { frame } from '../helpers/doubles.ts';

const setUp = (write: (batch: WriteBatch) => Promise<unknown> = async () => true) => {
  const written: WriteBatch[] = [];
  const clock = createFakeClock();
  let made = 0;
  const journal = createJournal({
    pbx: 'default',
    clock,
    log: silentLog,
    store: createMemoryStore(),
    trunks: [],
    liveChannels: async () => [],
    newId: () => `call-${(made += 1)}`,
    write: (batch) => {
      written.push(batch);
      return write(batch);
    },
    lose: () => {},
    deliveriesFor: () => [],
    onCommitted: () => {},
  });
  const see = (Event: string, id: string, more: Record<string, string | number> = {}) => {
    journal.onEvent(frame({ Event, Privilege: 'call,all', Channel: `PJSIP/${id}-00000001`, Uniqueid: id, Linkedid: id, ...more })); // prettier-ignore
  };
  return { journal, written, see };
};

describe('what is kept of a call', () => {
  it('says that it has ended behind or beside the event that says so, never before', async () => {
    const { journal, written, see } = setUp();
    see('Newchannel', 'a');
    see('Newstate', 'a', { ChannelState: 6 });
    // More than one write takes.
    for (let number = 0; number < 5_000; number += 1) see('NewCallerid', 'a', { CallerIDNum: number });
    see('Hangup', 'a', { Cause: 16 });
    await journal.keep();
    const steps = written.map(({ calls = [], events = [] }) => [calls[0]?.status, events.some(({ name }) => name === 'call.ended')]); // prettier-ignore
    expect(steps).toEqual([
      ['answered', false],
      ['answered', false],
      ['ended', true],
    ]);
    expect(written[0]?.calls?.[0]).toMatchObject({ endedAt: null });
    await journal.close();
  });

  it('is kept once a write works again', async () => {
    let works = true;
    const { journal, written, see } = setUp(async () => works);
    see('Newchannel', 'a');
    await journal.keep();
    works = false;
    see('Hangup', 'a', { Cause: 16 });
    await journal.keep();
    see('Newchannel', 'b');
    await journal.keep();
    works = true;
    see('Newchannel', 'c');
    await journal.keep();
    const statuses = written.map(({ calls = [] }) => calls.map(({ id, status }) => `${id} ${status}`));
    expect(statuses).toEqual([['call-1 dialing'], ['call-1 ended'], ['call-2 dialing'], ['call-3 dialing'], ['call-1 ended', 'call-2 dialing']]); // prettier-ignore
    await journal.close();
  });
});
