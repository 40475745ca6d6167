import type { Principal } from '../auth/principal.ts';
import { maySeeEvent } from '../auth/rules/event.ts';
import { decodeStored, type GatewayEvent } from '../events/event.ts';
import type { EventHub } from '../events/hub.ts';
import type { EventQuery } from '../store/store.ts';

/** Read from the store at once, at least. */
const STRIDE = 200;
/** Looked through for one page, at most: what little there is must not hold up the store. */
const MOST = 10_000;

/** A page of kept events that the token may see and the filter lets through; short where few of many do. */
export const historyPage = async (
  events: EventHub,
  principal: Principal,
  query: EventQuery,
  passes: (event: GatewayEvent) => boolean = () => true,
) => {
  const found: string[] = [];
  const limit = Math.max(query.limit, STRIDE);
  let nextCursor = query.cursor ?? null;
  for (let looked = 0; looked < MOST && found.length < query.limit;) {
    const part = { ...query, cursor: nextCursor ?? undefined, limit };
    const page = await events.history(part);
    let taken = 0;
    for (const { body } of page.items) {
      if (found.length === query.limit) break;
      taken += 1;
      const { event, json } = decodeStored(body);
      if (maySeeEvent(principal, event) && passes(event)) found.push(json);
    }
    looked += taken;
    // The page is full in the middle of what was read: the next one begins there.
    const cutAt = taken < page.items.length ? await events.history({ ...part, limit: taken }) : page;
    nextCursor = cutAt.nextCursor;
    if (nextCursor === null) break;
  }
  return { items: found.map((json) => JSON.parse(json) as Record<string, unknown> as never), total: null, nextCursor };
};
