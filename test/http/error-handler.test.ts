import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { buildTestApp } from '../helpers/app.ts';

const SECRET = 'eyJhbGciOiJIUzI1NiJ9';
const upgrade = 'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'; // prettier-ignore

describe('what is no request of ours', () => {
  const logs: string[] = [];
  let app: FastifyInstance;
  beforeAll(async () => {
    app = await buildTestApp({ logger: pino({ level: 'trace' }, { write: (line: string) => void logs.push(line) }) });
    await app.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(() => app.close());

  const say = async (text: string) => {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('error', () => {});
    socket.write(text);
    await once(socket, 'close');
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    return { head, body };
  };

  it.each([
    [
      'a header without a name',
      `GET /me HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${SECRET}\r\n: x\r\n\r\n`,
      400,
      'invalid-request',
    ],
    ['another protocol', `Action: Login\r\nSecret: ${SECRET}\r\n\r\n`, 400, 'invalid-request'],
    [
      'headers without end',
      `GET /me HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${SECRET.repeat(2_000)}`,
      431,
      'headers-too-large',
    ],
    [
      'a WebSocket elsewhere',
      `GET /health/live?ticket=${SECRET} HTTP/1.1\r\nhost: x\r\n${upgrade}\r\n`,
      400,
      'invalid-request',
    ],
  ])('is told so by a problem document, and leaves no secret in the log: %s', async (_what, text, status, code) => {
    const { head, body } = await say(text);
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, code, type: `/problems/${code}` });
    expect(head).toContain((JSON.parse(body) as { requestId: string }).requestId);
    const logged = logs.join('');
    expect(logged).toContain((JSON.parse(body) as { requestId: string }).requestId);
    expect(logged).not.toContain(SECRET);
    expect(logged).not.toContain([...Buffer.from(SECRET)].join(','));
  });
});
