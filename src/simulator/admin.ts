import { createServer, type IncomingMessage } from 'node:http';
import { z } from 'zod';
import { messageOf } from '../lib/errors.ts';
import type { Faults } from './faults.ts';
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

const refuse = (status: number, error: string): Reply => ({ status, body: { error } });

const read = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > MOST_BYTES) throw new Error(`The body is longer than ${MOST_BYTES} bytes`);
  }
  return text;
};

const inject = async (faults: Faults, name: string, request: IncomingMessage): Promise<Reply> => {
  let parameters: unknown;
  try {
    const text = await read(request);
    parameters = text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    return refuse(400, `The body is not JSON: ${messageOf(error)}`);
  }
  const fault = parseFault(name, parameters);
  if ('error' in fault) return refuse(fault.unknown ? 404 : 400, fault.error);
  try {
    faults.inject(fault);
  } catch (error) {
    return refuse(400, messageOf(error));
  }
  return { status: 200, body: { active: faults.active } };
};

const answer = async (faults: Faults, request: IncomingMessage): Promise<Reply> => {
  const [, place = '', name, ...more] = (request.url ?? '/').split('?')[0]?.split('/').map(decode) ?? [];
  const route = `${request.method ?? ''} ${place}`;
  // A page in a browser can send requests to loopback too, but not without saying where it comes from.
  if (request.headers.origin !== undefined) return refuse(403, 'Not for browsers');
  if (more.length === 0 && route === 'GET faults' && name === undefined)
    return { status: 200, body: { active: faults.active, faults: listing } };
  if (more.length === 0 && route === 'POST faults' && name !== undefined) return inject(faults, name, request);
  if (name === undefined && route === 'POST restart') return inject(faults, 'restart', request);
  if (name === undefined && route === 'DELETE faults') {
    faults.clear();
    return { status: 204 };
  }
  return refuse(404, 'GET /faults, POST /faults/{name}, POST /restart or DELETE /faults');
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
