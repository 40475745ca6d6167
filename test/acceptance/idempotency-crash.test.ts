import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { signToken } from '../../src/auth/tokens.ts';
import type { SigningKey } from '../../src/lib/signing-key.ts';
import { describeEachPbx, eventually } from '../helpers/asterisk.ts';
import { clientFor } from '../helpers/gateway.ts';
import { startProxy } from '../helpers/proxy.ts';
import { startService } from '../helpers/service.ts';

const KEY = { algorithm: 'HS256', secret: 'a secret of this test, long enough to sign with' } satisfies SigningKey;
const TOKEN = signToken(KEY, { sub: 'crm', scope: 'write:all read:all', ttl: 600 });
const BODY = { channel: 'Local/answer@lab', application: 'Wait', data: '60' };

describeEachPbx('an Idempotency-Key and kill -9', (pbx) => {
  it('between Originate and its answer: the call is told of and not dialled again; what was answered stays so', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'crash-'));
    const proxy = await startProxy(pbx.amiPort);
    const start = async () => {
      const { child, ended, url } = await startService({
        AMI_URL: `ami://gateway:${pbx.secret}@127.0.0.1:${proxy.port}`,
        JWT_SECRET: KEY.secret,
        STORE_URL: `sqlite:${folder}/gateway.db`,
      });
      const client = clientFor(url, TOKEN);
      const kill = async () => {
        child.kill('SIGKILL');
        await ended;
      };
      return { kill, client, place: (key: string) => client.post('/calls', BODY).set('idempotency-key', key) };
    };
    const originates = () => proxy.sent().match(/Action: Originate/g)?.length ?? 0;

    const first = await start();
    const answered = await first.place('answered').expect(201);
    let muted = false;
    proxy.onRequest = (text) => {
      muted ||= text.includes('Action: Originate');
      return text;
    };
    proxy.onReply = (text) => (muted ? '' : text);
    const cut = first.place('cut').then(
      ({ status }) => status,
      () => 'no answer',
    );
    await eventually(() => {
      expect(originates()).toBe(2);
    });
    await first.kill();
    expect(await cut).toBe('no answer');
    proxy.onRequest = (text) => text;
    proxy.onReply = (text) => text;

    const second = await start();
    const { body } = await second.place('cut').expect(504);
    expect(body).toMatchObject({ code: 'outcome-unknown', callId: expect.stringMatching(/^[0-9a-f]{24}$/) });
    expect(body.callId).not.toBe(answered.body.id);
    const again = await second.place('answered').expect(201);
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true', location: `/calls/${answered.body.id}` });
    expect(again.body).toEqual(answered.body);
    expect(originates()).toBe(2);
    // It was dialled, and can be followed and ended by the id alone.
    await second.client.get(`/channels/gw-${body.callId}`).expect(200);
    for (const id of [body.callId, answered.body.id]) {
      await second.client.delete(`/calls/${id}`).expect(204);
      await eventually(async () => {
        expect((await second.client.get(`/calls/${id}`)).body.status).toBe('ended');
      });
    }
    await second.kill();
    await proxy.close();
    rmSync(folder, { recursive: true });
  }, 60_000);
});
