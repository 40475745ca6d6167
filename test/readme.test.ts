import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { describeEachAsterisk, eventually } from './helpers/asterisk.ts';
import { useGateway } from './helpers/gateway.ts';

const bash = promisify(execFile);
const readme = readFileSync('README.md', 'utf8');
const gw = /^gw\(\) \{.*\}$/m.exec(readme)?.[0] ?? '';
const rows = readme
  .split('\n')
  .filter((line) => line.includes('`gw '))
  .flatMap((line) => {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return (cells[3] ?? '').split(' · ').map((command) => [cells[1] ?? '', command.replace(/^`|`$/g, '')] as const);
  });

describeEachAsterisk('the README', ({ amiPort: port, secret }) => {
  const gateway = useGateway({
    pbx: { port, secret },
    clickToDial: { endpoint: 'Local/answer@lab', region: null, format: '{digits}', context: 'from-internal', callerId: null }, // prettier-ignore
  });

  const prepare = async () => {
    const client = gateway.as('write:originate write:call');
    const { body: call } = await client
      .post('/calls', { channel: 'Local/tone@lab/n', application: 'Wait', data: '60' })
      .set('prefer', 'wait=5');
    const { body: recording } = await client.post(`/channels/${call.channelId}/recordings`, {}).expect(201);
    const { body: webhook } = await gateway.as('gateway:webhooks').post('/webhooks', { url: 'https://crm.example.com/hook' }).expect(201); // prettier-ignore
    return {
      ID: call.id as string,
      CH: call.channelId as string,
      R: recording.id as string,
      W: webhook.id as string,
      JTI: 'some-token',
    };
  };

  afterAll(async () => {
    await gateway.as('write:agent').delete('/queues/support-queue/members/PJSIP%2Fagent001');
  });

  it('has a command for every route', () => {
    expect(gw).toContain('authorization: Bearer $T');
    expect(rows.length).toBeGreaterThan(25);
  });

  it.each(rows)('runs as printed: %s', async (_what, command) => {
    const limits = { commands: ['core show'], databaseFamilies: ['cidname'] };
    const token = gateway.token(
      'read:all write:all gateway:metrics gateway:webhooks gateway:tokens gateway:audit',
      limits,
    );
    const env = { ...(await prepare()), T: token, G: gateway.url, PATH: process.env['PATH'] ?? '' };
    // Names of a PBX that is not ours: the lab has other contexts.
    const ours = command
      .replaceAll('"support"', '"transfer-dest"')
      .replaceAll('"100"', '"101"')
      .replaceAll(/"context":"[ab]","extension":"\d"/g, '"context":"transfer-dest","extension":"101"')
      .replaceAll('1711432800.43', `${env.CH};2`)
      .replaceAll('/queues/support', '/queues/support-queue');
    // A stream has no end of its own.
    const stream = command.includes('/events?') ? '--max-time 2 || true' : '';
    const script = `${gw}\n${ours} -o /dev/null -w '%{http_code}' ${stream}`;
    const { stdout } = await bash('bash', ['-c', script], { env });
    expect(stdout).toMatch(/^20[014]$/);
    await gateway.as('write:call').delete(`/calls/${env.ID}`);
    await eventually(async () => {
      expect((await gateway.as('write:call').get(`/calls/${env.ID}`)).body.status).toBe('ended');
    });
  });
});
