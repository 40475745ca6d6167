import type { FastifyRequest } from 'fastify';
import type { CallView } from '../events/call-view.ts';
import { isGatewayError } from '../lib/errors.ts';
import { principalFor } from './plugins/auth.ts';
import type { RouteOptions } from './routes/index.ts';

const PAGE = 1_000;

/** Null where the token may not ask, or the server is away. */
const orNull = async <T>(ask: () => Promise<T>): Promise<T | null> => {
  try {
    return await ask();
  } catch (error) {
    if (isGatewayError(error)) return null;
    throw error;
  }
};

/**
 * What is there now, as the token may see it. The cursor was taken before: events from it on may tell once more what
 * the snapshot already shows, and leave nothing out.
 */
export const takeSnapshot = async (
  { gateway, pbxFor }: Pick<RouteOptions, 'gateway' | 'pbxFor'>,
  request: FastifyRequest,
  names: readonly string[],
) => {
  const cursor = gateway.events.cursor(names);
  const principal = principalFor(request);
  const openCalls = async () => {
    const items: CallView[] = [];
    let next: string | undefined;
    do {
      const page = await gateway.listCalls(principal, { pbx: names, open: true, limit: PAGE, cursor: next });
      items.push(...page.items);
      next = page.nextCursor ?? undefined;
    } while (next !== undefined);
    return items;
  };
  const calls = await orNull(openCalls);
  const pbx = await Promise.all(
    names.map(async (name) => {
      const server = pbxFor(request, name);
      return {
        name,
        state: gateway.status(name).state,
        channels: await orNull(() => server.channels.list({})),
        queues: await orNull(() => server.queues.list()),
      };
    }),
  );
  return { name: 'stream.snapshot' as const, cursor, at: new Date().toISOString(), calls, pbx };
};
