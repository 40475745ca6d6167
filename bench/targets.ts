import { join } from 'node:path';
import { signToken } from '../src/auth/tokens.ts';
import { ariSecret } from '../test/lab/config.ts';
import type { LabServer } from '../test/lab/asterisk.ts';
import { freePort, startServer, until } from './processes.ts';

export const VARIABLE = 'LAB_BENCH';
export const VALUE = 'a value of some length, as names and numbers are';

/** One HTTP server that gives the value, and how to ask it. */
export interface Target {
  name: string;
  url: string;
  headers: Record<string, string>[];
}

export type AnyTarget = Target | { name: string; raw: true };
export const isHttp = (target: AnyTarget): target is Target => 'url' in target;

const JWT_SECRET = 'bench-only key: 4pZx9 long enough to sign with HS256';
const local = (port: number) => `http://127.0.0.1:${port}`;

/** The whole gateway as users run it, with its defaults; also sets the variable, through itself. */
export const startGateway = async (lab: LabServer): Promise<Target> => {
  const port = await freePort();
  startServer(join('..', 'src/server.ts'), [], {
    AMI_URL: `ami://${lab.user}:${lab.secret}@${lab.host}:${lab.amiPort}`,
    JWT_SECRET,
    PORT: String(port),
    LOG_LEVEL: 'warn',
  });
  await until(async () => (await fetch(`${local(port)}/health/ready`)).ok, 'The gateway');
  const key = { algorithm: 'HS256', secret: JWT_SECRET } as const;
  const token = signToken(key, { sub: 'bench', scope: 'write:call', ttl: 7_200 });
  const headers = { authorization: `Bearer ${token}` };
  const url = `${local(port)}/variables/${VARIABLE}`;
  const set = await fetch(url, {
    method: 'PUT',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ value: VALUE }),
  });
  if (!set.ok) throw new Error(`The variable was not set: ${await set.text()}`);
  const refused = await fetch(url);
  if (refused.status !== 401) throw new Error('The gateway answers without a token');
  return { name: 'this gateway', url, headers: [headers] };
};

export const startBare = async (): Promise<Target> => {
  const port = await freePort();
  startServer('bare.ts', [String(port), JSON.stringify({ name: VARIABLE, value: VALUE })]);
  const url = `${local(port)}/variables/${VARIABLE}`;
  await until(async () => (await fetch(url)).ok, 'Bare Fastify');
  return { name: 'bare Fastify route', url, headers: [{}] };
};

/** Logged in once a client, as one session lets one request pass at a time. */
export const openRawman = async (lab: LabServer, sessions: number): Promise<Target> => {
  const rawman = `${local(lab.httpPort)}/rawman`;
  const headers = [];
  for (let count = 0; count < sessions; count += 1) {
    const login = await fetch(`${rawman}?action=login&username=${lab.user}&secret=${lab.secret}`);
    const cookie = /mansession_id="?[0-9a-f]+"?/.exec(login.headers.get('set-cookie') ?? '')?.[0];
    if (!cookie || !(await login.text()).includes('Success')) throw new Error('AMI over HTTP refused the login');
    headers.push({ cookie });
  }
  return { name: 'AMI over HTTP (rawman)', url: `${rawman}?action=getvar&variable=${VARIABLE}`, headers };
};

export const ariTarget = (lab: LabServer): Target => ({
  name: 'ARI',
  url: `${local(lab.httpPort)}/ari/asterisk/variable?variable=${VARIABLE}`,
  headers: [{ authorization: `Basic ${Buffer.from(`bench:${ariSecret}`).toString('base64')}` }],
});

/** The body of one answer, which must be 200 and hold the value. */
export const bodyOf = async ({ name, url, headers }: Target): Promise<string> => {
  const answer = await fetch(url, { headers: headers[0]! });
  const body = await answer.text();
  if (answer.status !== 200 || !body.includes(VALUE)) throw new Error(`${name} answered ${answer.status}: ${body}`);
  return body;
};
