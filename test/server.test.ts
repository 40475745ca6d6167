import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { describeEachAsterisk, eventually } from './helpers/asterisk.ts';
import { clientFor } from './helpers/gateway.ts';
import { startProxy } from './helpers/proxy.ts';
import { run, startService } from './helpers/service.ts';

const JWT_SECRET = 'JoqfHg2Xb1bQyH8mT0dWkz5nR7uPc3Ls';

const mint = async (...args: string[]) => {
  const { code, out, err } = await run('src/cli/index.ts', ['token', ...args], { JWT_SECRET }).ended;
  return { code, out, err };
};

it('prints a token and nothing else', async () => {
  const { code, out, err } = await mint('--sub', 'crm', '--scope', 'write:originate read:call', '--ttl', '1h');
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const claims = JSON.parse(Buffer.from(out.split('.')[1] ?? '', 'base64url').toString());
  expect(claims).toMatchObject({ sub: 'crm', scope: 'write:originate read:call' });
  expect(claims.exp - claims.iat).toBe(3_600);
});

it('refuses a scope or limit that does not exist, with status 1', async () => {
  expect(await mint('--sub', 'x', '--scope', 'write:orginate')).toMatchObject({
    code: 1,
    out: '',
    err: 'Unknown scope: write:orginate\n',
  });
  const limits = await mint('--sub', 'x', '--scope', 'read:call', '--limits', '{"contexs":["a"]}');
  expect(limits).toMatchObject({ code: 1, out: '' });
  expect(limits.err).toContain('contexs');
});

it('names every variable that is missing or wrong, shows no value, and does not start', async () => {
  const { code, out, err } = await run('src/server.ts', [], {
    AMI_URL: 'ami://u:hidden-value@',
    JWT_SECRET: 'short',
    PORT: 'x',
  }).ended;
  expect(code).toBe(1);
  for (const name of ['AMI_URL', 'JWT_SECRET', 'PORT']) expect(err).toContain(name);
  expect(out + err).not.toContain('hidden-value');
});

it('does not start where manager.conf cannot be read, and says which file', async () => {
  const { code, err } = await run('src/server.ts', [], { MANAGER_CONF: '/nowhere/manager.conf', JWT_SECRET }).ended;
  expect(code).toBe(1);
  expect(err).toContain('/nowhere/manager.conf');
  expect(err).not.toContain('    at ');
});

it.each<[string, Record<string, string>, RegExp]>([
  ['a port that is taken', { PORT: 'taken' }, /PORT: something else listens on 127\.0\.0\.1:\d+/],
  ['an address that is not here', { HOST: '192.0.2.1', PORT: '0' }, /HOST: 192\.0\.2\.1 is no address/],
  ['a certificate that is not there', { TLS_CERT_FILE: '/none', TLS_KEY_FILE: '/none' }, /TLS_CERT_FILE.*\/none/],
])('says what is wrong with %s and ends, however it was started', async (_what, wrong, said) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const own = { ...wrong, ...(wrong['PORT'] === 'taken' ? { PORT: String(port) } : {}) };
  const env = { AMI_URL: 'ami://u:p@127.0.0.1:9', JWT_SECRET, STORE_URL: 'memory:', ...own };
  const ends = [run('src/server.ts', [], env).ended, run('src/cli/index.ts', ['serve'], env).ended];
  for (const { code, err } of await Promise.all(ends)) {
    expect(err).toMatch(said);
    expect(err).not.toContain('    at ');
    expect(code).toBe(1);
  }
  taken.close();
});

describeEachAsterisk('the service', ({ amiPort, secret }) => {
  it('listens on loopback, finishes what is in flight at SIGTERM, logs off and ends', async () => {
    const proxy = await startProxy(amiPort);
    const { child, ended, output, url } = await startService({
      AMI_URL: `ami://gateway:${secret}@127.0.0.1:${proxy.port}`,
      JWT_SECRET,
      STORE_URL: 'memory:',
      AMI_TYPO: '1',
    });
    expect(output()).toContain(url);
    expect(output()).toContain('AMI_TYPO');

    const { out: token } = await mint('--sub', 'crm', '--scope', 'write:originate write:call');
    const client = clientFor(url, token.trim());
    const waiting = client
      .post('/calls', { channel: 'Local/ring@lab', application: 'Wait', ringTimeoutSeconds: 30 })
      .set('prefer', 'wait=60')
      .then((answer) => answer);
    await eventually(() => {
      expect(proxy.sent()).toContain('Originate');
    });
    child.kill('SIGTERM');
    // The wait is cut short, the answer is not.
    const { status, body } = await waiting;
    expect({ status, call: body.status }).toEqual({
      status: 201,
      call: expect.stringMatching(/queued|dialing|ringing/),
    });
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(proxy.sent().match(/Action: Logoff/g)).toHaveLength(7);
    expect(out).toContain('Stopped');
    expect(out).not.toContain(secret);
    expect(out).not.toContain(JWT_SECRET);
    expect(out).not.toContain(token.trim());
    await expect(fetch(url)).rejects.toThrow();
    await proxy.close();
  }, 40_000);
});
