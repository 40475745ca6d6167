import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, expect, it } from 'vitest';
import { describeEachPbx } from '../helpers/asterisk.ts';
import { clientFor, testKey, useGateway } from '../helpers/gateway.ts';
import { connectSocket } from '../helpers/socket.ts';
import { openSse } from '../helpers/sse.ts';

const ISSUER = 'https://login.example.com';
const { publicKey, privateKey } = await generateKeyPair('ES256');
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] };
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(jwks));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

const tokenFor = (scope: string, limits: object = {}) =>
  new SignJWT({ iss: ISSUER, aud: 'gateway', sub: 'anna', scope, limits })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setExpirationTime('5m')
    .sign(privateKey);

afterAll(() => {
  server.close();
});

describeEachPbx('a token of another issuer', (pbx) => {
  const gateway = useGateway({
    pbx: { port: pbx.amiPort, secret: pbx.secret },
    auth: { key: testKey, issuers: [{ name: 'sso', url, issuer: ISSUER, audience: 'gateway', scopes: null }] },
  });

  it('places calls and opens streams within its scopes and limits, and can be given up', async () => {
    const token = await tokenFor('profile read:call write:originate write:call gateway:tokens', { contexts: ['lab'] });
    const client = clientFor(gateway.url, token);
    expect((await client.get('/me').expect(200)).body).toMatchObject({
      sub: 'sso:anna',
      limits: { contexts: ['lab'] },
    });
    const { body: call } = await client.post('/calls', { channel: 'Local/answer@lab/n', application: 'Wait', data: '5' }).expect(201); // prettier-ignore
    await client.delete(`/calls/${call.id}`).expect(204);
    await client.post('/calls', { channel: 'Local/answer@elsewhere/n', application: 'Wait' }).expect(403);
    await client.get('/tokens').expect(403);
    const sse = await openSse(`${gateway.url}/events`, { authorization: `Bearer ${token}` });
    const socket = await connectSocket(gateway.url, token);
    const { body: me } = await client.get('/me');
    await client.delete(`/tokens/${encodeURIComponent(me.jti)}`).expect(204);
    await sse.gone();
    expect(await socket.closed).toMatchObject({ reason: 'token-revoked' });
    await client.get('/me').expect(401);
  });

  it('that is forged is refused', async () => {
    const [header, , signature] = (await tokenFor('read:call')).split('.');
    const claims = Buffer.from(JSON.stringify({ iss: ISSUER, aud: 'gateway', sub: 'root', scope: 'write:all', exp: 9_999_999_999 })).toString('base64url'); // prettier-ignore
    expect((await clientFor(gateway.url, `${header}.${claims}.${signature}`).get('/me').expect(401)).body.code).toBe('unauthorized'); // prettier-ignore
  });
});
