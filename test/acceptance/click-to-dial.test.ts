import { expect, it } from 'vitest';
import { signToken } from '../../src/auth/tokens.ts';
import { describeEachPbx } from '../helpers/asterisk.ts';
import { clientFor, testKey, useGateway } from '../helpers/gateway.ts';

describeEachPbx('click-to-dial', (pbx) => {
  const gateway = useGateway({
    pbx: { port: pbx.amiPort, secret: pbx.secret },
    clickToDial: { endpoint: 'Local/{extension}@lab', region: 'US', format: '{digits}', context: 'from-internal', callerId: '"Sales" <8005551234>' }, // prettier-ignore
  });
  const SCOPE = 'write:originate write:call read:call';

  it('rings the agent first, then connects to the number in the form of the PBX', async () => {
    const client = gateway.as(SCOPE);
    const { body } = await client.post('/calls', { from: 'answer', to: '(312) 555-1234' }).set('prefer', 'wait=5').expect(201); // prettier-ignore
    expect(body).toMatchObject({
      status: 'answered',
      channel: 'Local/answer@lab',
      context: 'from-internal',
      extension: '13125551234',
      callerId: '"Sales" <8005551234>',
      to: { number: '13125551234' },
    });
    await client.delete(`/calls/${body.id}`).expect(204);
  });

  it('judges what the words come to, as any call', async () => {
    const post = (limits: object, body: object) => gateway.as(SCOPE, limits).post('/calls', body);
    const wanted = { from: 'answer', to: '101' };
    for (const limits of [
      { channels: ['PJSIP/*'] },
      { contexts: ['lab'] },
      { extensions: ['9*'] },
      { callerIds: ['900*'] },
    ]) {
      expect((await post(limits, wanted).expect(403)).body.code, JSON.stringify(limits)).toBe('limit-exceeded');
    }
    expect((await post({}, { from: 'answer', to: 'hello' }).expect(400)).body.code).toBe('not-a-number');
    for (const body of [
      { from: 'answer' },
      { to: '101' },
      { ...wanted, channel: 'Local/answer@lab' },
      { ...wanted, context: 'lab', extension: '1' },
      { ...wanted, application: 'Wait' },
    ]) {
      expect((await post({}, body).expect(400)).body.code, JSON.stringify(body)).toBe('invalid-request');
    }
  });

  it('dials from where the token says', async () => {
    const token = signToken(testKey, { sub: 'test', scope: SCOPE, ttl: 60, dial: { context: 'transfer-dest', callerId: '<200>' } }); // prettier-ignore
    const client = clientFor(gateway.url, token);
    const { body } = await client.post('/calls', { from: 'answer', to: '101' }).expect(201);
    expect(body).toMatchObject({ context: 'transfer-dest', extension: '101', callerId: '<200>' });
    await client.delete(`/calls/${body.id}`).expect(204);
  });
});
