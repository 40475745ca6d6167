import { createServer, type IncomingMessage } from 'node:http';
import { z } from 'zod';
import { messageOf } from '../lib/errors.ts';
import type { Faults, FaultScope } from './faults.ts';
import { FAULTS, parseFault } from './faults/schema.ts';

export interface Admin {
  readonly port: number;
  close(): Promise<void>;
}

interface Reply {
  status: number;
  body?: object;
}

const MOST_BYTES = 64 * 1024;
const listing = Object.entries(FAULTS).map(([name, { description, parameters }]) => ({
  name,
  description,
  parameters: z.toJSONSchema(parameters),
}));

/** Of which connections: by `?connection=3&user=gateway&events=false`, all of them where nothing is said. */
const victimSchema = z.strictObject({
  connection: z.coerce.number().int().positive().optional(),
  user: z.string().optional(),
  events: z.enum(['true', 'false']).optional(),
});

const scopeOf = ({ connection, user, events }: z.output<typeof victimSchema>): FaultScope => ({
  on: (line) =>
    (connection === undefined || connection === line.id) &&
    (user === undefined || user === line.user) &&
    (events === undefined || events === String(line.events)),
});

const refuse = (status: number, error: string): Reply => ({ status, body: { error } });

const read = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > MOST_BYTES) throw new Error(`The body is longer than ${MOST_BYTES} bytes`);
  }
  return text;
};

const inject = async (
  faults: Faults,
  name: string,
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Reply> => {
  let parameters: unknown;
  try {
    const text = await read(request);
    parameters = text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    return refuse(400, `The body is not JSON: ${messageOf(error)}`);
  }
  const fault = parseFault(name, parameters);
  if ('error' in fault) return refuse(fault.unknown ? 404 : 400, fault.error);
  const victims = victimSchema.safeParse(Object.fromEntries(query));
  if (!victims.success) return refuse(400, `The victims: ${z.prettifyError(victims.error)}`);
  try {
    faults.inject(fault, scopeOf(victims.data));
  } catch (error) {
    return refuse(400, messageOf(error));
  }
  return { status: 200, body: { active: faults.active } };
};

const answer = async (faults: Faults, request: IncomingMessage): Promise<Reply> => {
  const [path = '', query] = (request.url ?? '/').split('?');
  const [, place = '', name, ...more] = path.split('/').map(decode);
  const victims = new URLSearchParams(query);
  const route = `${request.method ?? ''} ${place}`;
  // A page in a browser can send requests to loopback too, but not without saying where it comes from.
  if (request.headers.origin !== undefined) return refuse(403, 'Not for browsers');
  if (more.length === 0 && route === 'GET faults' && name === undefined)
    return { status: 200, body: { active: faults.active, faults: listing } };
  if (more.length === 0 && route === 'POST faults' && name !== undefined) return inject(faults, name, request, victims);
  if (name === undefined && route === 'POST restart') return inject(faults, 'restart', request, victims);
  if (name === undefined && route === 'GET connections') {
    const lines = faults.lines.map(({ id, user, authenticated, events }) => ({ id, user, authenticated, events }));
    return { status: 200, body: { connections: lines } };
  }
  if (name === undefined && route === 'DELETE faults') {
    faults.clear();
    return { status: 204 };
  }
  return refuse(404, 'GET /faults, GET /connections, POST /faults/{name}, POST /restart or DELETE /faults');
};

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

/** Switches faults on and off from outside the process. It has no login: on loopback alone. */
export const startAdmin = async (faults: Faults, wantedPort: number): Promise<Admin> => {
  const server = createServer((request, response) => {
    void answer(faults, request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body && JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(wantedPort, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : wantedPort,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
};
