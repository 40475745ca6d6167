import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { eventMessage, signedHeaders } from '../src/events/webhooks/message.ts';
import { describeEachPbx, eventually } from './helpers/asterisk.ts';
import { startProxy } from './helpers/proxy.ts';
import { startGateway, useGateway } from './helpers/gateway.ts';
import { chromium, openPage } from './helpers/browser.ts';
import { event } from './helpers/webhooks.ts';

describeEachPbx('the examples', ({ amiPort: port, secret }) => {
  const gateway = useGateway({
    pbx: { port, secret },
    clickToDial: {
      endpoint: 'Local/{extension}@lab',
      region: 'US',
      format: '{digits}',
      context: 'from-internal',
      callerId: null,
    },
  });

  const run = (command: string, args: string[], token = gateway.token('write:originate read:call')) =>
    new Promise<{ status: number; out: string; err: string }>((resolve) => {
      const env = { PATH: process.env['PATH'] ?? '', GATEWAY_URL: gateway.url, GATEWAY_TOKEN: token };
      execFile(command, args, { env }, (error, out, err) => {
        resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, err });
      });
    });
  const clickToDial = (agent: string, number: string, token?: string) =>
    run('python3', ['examples/click-to-dial.py', agent, number], token);

  it('dial, and tell the outcome', async () => {
    const answered = await clickToDial('answer', '(312) 555-1234');
    expect(answered).toMatchObject({ status: 0, out: expect.stringMatching(/^call [0-9a-f]{24}: answered\n$/) });
    expect(await clickToDial('Local/busy@lab', '3125551234')).toMatchObject({
      status: 1,
      out: expect.stringContaining(': busy'),
    });
  });

  it('say why they could not', async () => {
    const refused = await clickToDial('Local/answer@lab', '1', gateway.token('read:call'));
    expect(refused).toMatchObject({ status: 1, out: '', err: expect.stringContaining('403 insufficient-scope') });
    expect((await clickToDial('Local/answer@lab', 'hello')).err).toContain('400 not-a-number');
    expect((await clickToDial('Local/answer@lab', '1', 'no token')).err).toContain('401 unauthorized');
  });

  it('count channels', async () => {
    const { status, out } = await run('bash', ['examples/channel-count.sh']);
    expect(status).toBe(0);
    expect(Number(out)).toBeGreaterThanOrEqual(1);
    expect((await run('bash', ['examples/channel-count.sh'], 'x')).status).not.toBe(0);
  });
});

describeEachPbx('live-monitor.mjs', ({ amiPort: port, secret }) => {
  const gateway = useGateway({ pbx: { port, secret } });

  it('prints the life of a call, over a connection that breaks', async () => {
    const proxy = await startProxy(Number(new URL(gateway.url).port));
    const env = { PATH: process.env['PATH'] ?? '', GATEWAY_URL: `http://127.0.0.1:${proxy.port}`, GATEWAY_TOKEN: gateway.token('read:call') }; // prettier-ignore
    const child = spawn(process.execPath, ['examples/live-monitor.mjs'], { env });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    try {
      await eventually(() => expect(proxy.sent()).toContain('GET /events'));
      const client = gateway.as('read:call write:call write:originate');
      const place = () => client.post('/calls', { channel: 'Local/answer@lab', application: 'Wait', data: '9' }).set('prefer', 'wait=5'); // prettier-ignore
      const { body } = await place().expect(201);
      await eventually(() => expect(out).toContain(`call.answered ${body.id}`));
      proxy.cut();
      await client.delete(`/calls/${body.id}`).expect(204);
      await eventually(() => expect(out).toContain(`call.ended ${body.id} answered`), 8_000);
      expect(out.match(new RegExp(`call.ended ${body.id}`, 'g'))).toHaveLength(1);
      expect(out).not.toContain('stream.gap');
    } finally {
      child.kill();
      await proxy.close();
    }
  });

  it('ends where its token is refused', async () => {
    const env = { PATH: process.env['PATH'] ?? '', GATEWAY_URL: gateway.url, GATEWAY_TOKEN: 'a.b.c' };
    const child = spawn(process.execPath, ['examples/live-monitor.mjs'], { env });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect([code, said]).toEqual([1, 'The token is not valid: forged, expired, or not for this gateway\n']);
  });
});

describe('screen-pop.mjs', () => {
  it('prints who calls whom, once, and believes no unsigned message', async () => {
    const secret = `whsec_${'Ab1+'.repeat(8)}`;
    const env = { PATH: process.env['PATH'] ?? '', PORT: '0', WEBHOOK_SECRET: secret };
    const child = spawn(process.execPath, ['examples/screen-pop.mjs'], { env });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    try {
      const port = await eventually(() => /listening on (\d+)/.exec(out)![1]);
      const body = eventMessage(
        event('call.ringing', 'c1', {
          fields: {
            from: { name: null, number: '3125551234', endpoint: null },
            to: { name: null, number: '100', endpoint: 'PJSIP/100' },
          },
        }),
      );
      const send = (headers: Record<string, string>) =>
        fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers }).then(({ status }) => status);
      const signed = signedHeaders({ secrets: [{ secret, until: null }] }, { id: 'msg_1', body, at: Date.now() });
      expect(await send({ ...signed, 'webhook-signature': 'v1,AAAA' })).toBe(401);
      expect([await send(signed), await send(signed)]).toEqual([204, 204]);
      await eventually(() => expect(out).toContain('3125551234 calls 100\n'));
      expect(out.match(/calls/g)).toHaveLength(1);
    } finally {
      child.kill();
    }
  });
});

/** The page from a server of its own, as a wallboard has it. */
const serveWallboard = async () => {
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end(readFileSync('examples/wallboard.html')),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
};

describeEachPbx('wallboard.html', ({ amiPort: port, secret }) => {
  it.skipIf(!chromium)(
    `shows calls and queues as they are${chromium ? '' : ': LEFT OUT, no Chromium'}`,
    async () => {
      const site = await serveWallboard();
      const gateway = await startGateway({ pbx: { port, secret }, corsOrigins: [site.origin] });
      await gateway.ready();
      const token = gateway.token('read:call read:agent');
      const page = await openPage(`${site.origin}/#${new URLSearchParams({ gateway: gateway.url, token }).toString()}`);
      const text = async () => String(await page.evaluate('document.body.innerText'));
      try {
        await eventually(async () => expect(await text()).toMatch(/Wallboard live[^]*support-queue\s+0/), 10_000);
        const client = gateway.as('read:call write:call write:originate');
        const place = () => client.post('/calls', { channel: 'Local/queue@lab', application: 'Wait', data: '30', callerId: '<img src=x>' }).set('prefer', 'wait=5'); // prettier-ignore
        const { body } = await place().expect(201);
        await eventually(async () => expect(await text()).toMatch(/support-queue\s+1[^]*answered/), 10_000);
        expect(await page.evaluate('document.images.length')).toBe(0);
        await client.delete(`/calls/${body.id}`).expect(204);
        await eventually(async () => expect(await text()).toMatch(/support-queue\s+0(?![^]*Local\/queue@)/), 10_000);
      } finally {
        await page.close();
        await gateway.close();
        site.close();
      }
    },
    60_000,
  );
});
