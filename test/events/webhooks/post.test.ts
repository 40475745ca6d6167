import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAddressRule } from '../../../src/events/webhooks/addresses.ts';
import { createPost, type Resolve, systemResolve } from '../../../src/events/webhooks/post.ts';
import { type Behaviour, startReceiver } from '../../helpers/receiver.ts';

const LIMITS = { totalMs: 400, connectMs: 200 };
const signal = new AbortController().signal;

const postTo = (url: string, { resolve = systemResolve, allow = ['127.0.0.0/8'] }: { resolve?: Resolve; allow?: string[] } = {}) =>
  createPost(createAddressRule(allow), resolve, LIMITS)({ url, headers: { 'x-a': 'b' }, body: '{"a":"é"}', signal }); // prettier-ignore

const behaving = async (behave?: Behaviour) => {
  const receiver = await startReceiver(behave);
  return { receiver, result: await postTo(receiver.url) };
};

describe('a post', () => {
  it('is delivered by any 2xx, with its headers and body', async () => {
    const { receiver, result } = await behaving((response) => response.writeHead(202).end('thanks'));
    expect(result).toMatchObject({ status: 202, error: null, retryAfterMs: null });
    expect(receiver.received).toMatchObject([{ path: '/hook', body: '{"a":"é"}', headers: { 'x-a': 'b' } }]);
  });

  it('fails by any other status, and says when to come again', async () => {
    const { result } = await behaving((response) => response.writeHead(503, { 'retry-after': '7' }).end());
    expect(result).toMatchObject({ status: 503, error: 'the receiver answered 503', retryAfterMs: 7_000 });
    const date = new Date(Date.now() + 60_000).toUTCString();
    const dated = await behaving((response) => response.writeHead(429, { 'retry-after': date }).end());
    expect(dated.result.retryAfterMs).toBeGreaterThan(55_000);
    const odd = await behaving((response) => response.writeHead(500, { 'retry-after': 'soon' }).end());
    expect(odd.result.retryAfterMs).toBeNull();
  });

  it('does not follow a redirect', async () => {
    const target = await startReceiver();
    const { result } = await behaving((response) => response.writeHead(307, { location: target.url }).end());
    expect(result).toMatchObject({ status: 307, error: expect.stringContaining('307') });
    expect(target.connections()).toBe(0);
  });

  it('is over in time, wherever the receiver hangs', async () => {
    const silent = await behaving(() => {});
    expect(silent.result).toMatchObject({ status: null, error: 'no answer within 400 ms' });
    const halfway = await behaving((response) => response.writeHead(200).write('x'));
    expect(halfway.result).toMatchObject({ status: 200, error: 'no answer within 400 ms' });
    const nowhere = await postTo('http://crm.example/', { resolve: () => new Promise(() => {}) });
    expect(nowhere).toMatchObject({ status: null, error: 'no connection within 200 ms' });
  });

  it('does not read an endless answer', async () => {
    let sent = 0;
    const { result } = await behaving((response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384))) sent += 16_384;
      };
      response.writeHead(200).on('drain', more);
      more();
    });
    expect(result).toMatchObject({ status: 200, error: null });
    expect(result.milliseconds).toBeLessThan(LIMITS.totalMs);
    expect(sent).toBeLessThan(16 * 1_024 * 1_024);
  });

  it('tells why there was no connection', async () => {
    const receiver = await startReceiver();
    await receiver.close();
    expect((await postTo(receiver.url)).error).toContain('ECONNREFUSED');
    const unknown = await postTo('http://crm.example/', { resolve: () => Promise.resolve([]) });
    expect(unknown.error).toBe('crm.example has no address');
  });

  it('is refused a connection inside, by name or by address', async () => {
    const receiver = await startReceiver();
    const url = receiver.url.replace('127.0.0.1', 'localhost');
    expect((await postTo(url, { allow: [] })).error).toContain('outside the public networks');
    expect((await postTo(receiver.url, { allow: [] })).error).toContain('not in a public network');
    const both: Resolve = async () => [
      { address: '8.8.8.8', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    expect((await postTo(url, { allow: [], resolve: both })).error).toContain('outside the public networks');
    expect(receiver.connections()).toBe(0);
  });

  it('connects to the address that was judged: a name that changes its mind gets nothing', async () => {
    const receiver = await startReceiver();
    const { port } = new URL(receiver.url);
    const answers = ['127.0.0.2', '127.0.0.1', '127.0.0.1'];
    let asked = 0;
    const rebinding: Resolve = async () => [{ address: answers[asked++] ?? '', family: 4 }];
    // 127.0.0.2 stands for a public address, where nobody listens.
    const post = createPost(createAddressRule(['127.0.0.2/32']), rebinding, LIMITS);
    const attempt = () => post({ url: `http://rebind.example:${port}/`, headers: {}, body: '{}', signal });
    expect((await attempt()).error).toContain('ECONNREFUSED 127.0.0.2');
    expect(asked).toBe(1);
    expect((await attempt()).error).toContain('outside the public networks');
    expect(receiver.connections()).toBe(0);
  });

  it('goes over TLS to a certificate that is trusted, and to no other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'webhooks-tls-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [keyFile, certFile] = ['key.pem', 'cert.pem'].map((name) => join(folder, name)) as [string, string];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=crm.example', '-addext', 'subjectAltName=DNS:crm.example', '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' }); // prettier-ignore
    const cert = readFileSync(certFile, 'utf8');
    let requests = 0;
    const server = createServer({ cert, key: readFileSync(keyFile) }, (_request, response) => {
      requests++;
      // Later than a connection may take.
      setTimeout(() => response.writeHead(200).end(), 250);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const resolve: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    expect((await postTo(`https://crm.example:${port}/`, { resolve })).error).toMatch(/self-signed/);
    expect(requests).toBe(0);

    const trusted = getCACertificates('default');
    setDefaultCACertificates([...trusted, cert]);
    onTestFinished(() => setDefaultCACertificates(trusted));
    expect(await postTo(`https://crm.example:${port}/`, { resolve })).toMatchObject({ status: 200, error: null });
    expect((await postTo(`https://other.example:${port}/`, { resolve })).error).toMatch(/altname/);
    expect(requests).toBe(1);
  });
});
