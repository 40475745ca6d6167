import type { Principal } from '../auth/principal.ts';
import { maySeeEvent } from '../auth/rules/event.ts';
import { decodeStored, type GatewayEvent } from '../events/event.ts';
import type { EventHub } from '../events/hub.ts';
import type { EventQuery } from '../store/store.ts';

/** A page of kept events that the token may see and the filter lets through; it can hold fewer than asked for. */
export const historyPage = async (
  events: EventHub,
  principal: Principal,
  query: EventQuery,
  passes: (event: GatewayEvent) => boolean = () => true,
) => {
  const { items, nextCursor } = await events.history(query);
  return {
    items: items
      .map(({ body }) => decodeStored(body))
      .filter(({ event }) => maySeeEvent(principal, event) && passes(event))
      .map(({ json }) => JSON.parse(json) as Record<string, unknown> as never),
    total: null,
    nextCursor,
  };
};
