import { execFile } from 'node:child_process';
import { expect, it } from 'vitest';
import { describeEachPbx } from './helpers/asterisk.ts';
import { useGateway } from './helpers/gateway.ts';

describeEachPbx('the examples', ({ amiPort: port, secret }) => {
  const gateway = useGateway({ pbx: { port, secret } });

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
    const answered = await clickToDial('Local/answer@lab', '3125551234');
    expect(answered).toMatchObject({ status: 0, out: expect.stringMatching(/^call [0-9a-f]{24}: answered\n$/) });
    expect(await clickToDial('Local/busy@lab', '3125551234')).toMatchObject({
      status: 1,
      out: expect.stringContaining(': busy'),
    });
  });

  it('say why they could not', async () => {
    const refused = await clickToDial('Local/answer@lab', '1', gateway.token('read:call'));
    expect(refused).toMatchObject({ status: 1, out: '', err: expect.stringContaining('403 insufficient-scope') });
    expect((await clickToDial('Local/answer@lab', '1', 'no token')).err).toContain('401 unauthorized');
  });

  it('count channels', async () => {
    const { status, out } = await run('bash', ['examples/channel-count.sh']);
    expect(status).toBe(0);
    expect(Number(out)).toBeGreaterThanOrEqual(1);
    expect((await run('bash', ['examples/channel-count.sh'], 'x')).status).not.toBe(0);
  });
});
