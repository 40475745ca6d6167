import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { run } from './helpers/service.ts';

const folder = mkdtempSync(join(tmpdir(), 'gateway-image-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const healthCheck = (): string[] => {
  const [, command = '[]'] = /^HEALTHCHECK[^]*?\n {2}CMD (\[.*\])$/m.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
  return JSON.parse(command) as string[];
};

it('asks the service whether it lives, by HTTP or HTTPS as it serves', async () => {
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=gateway.example.com', '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' }); // prettier-ignore
  let status = 200;
  const answer = (request: { url?: string | undefined }) => (request.url === '/health/live' ? status : 404);
  const plain = createServer((request, response) => response.writeHead(answer(request)).end());
  const tls = createTlsServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (request, response) => response.writeHead(answer(request)).end()); // prettier-ignore
  const [program, ...args] = healthCheck();
  expect(program).toBe('node');
  const check = async (server: typeof plain | typeof tls, env: Record<string, string> = {}) =>
    (await run(args[0] ?? '', args.slice(1), { PORT: String((server.address() as AddressInfo).port), ...env }).ended).code; // prettier-ignore
  for (const server of [plain, tls]) await once(server.listen(0, '127.0.0.1'), 'listening');
  const served = { TLS_CERT_FILE: certFile };
  expect(await Promise.all([check(plain), check(tls, served), check(tls), check(plain, served)])).toEqual([0, 0, 1, 1]);
  status = 503;
  expect(await Promise.all([check(plain), check(tls, served)])).toEqual([1, 1]);
  for (const server of [plain, tls]) server.close();
});
