import { expect, it } from 'vitest';
import { describeEachPbx } from '../helpers/asterisk.ts';
import { useGateway } from '../helpers/gateway.ts';

const CALL = { channel: 'Local/answer@lab/n', application: 'Wait', data: '1' };

describeEachPbx('rates', (pbx) => {
  const gateway = useGateway({ pbx: { port: pbx.amiPort, secret: pbx.secret } });

  it('are told in headers, and refused with the time to come again', async () => {
    const client = gateway.as('read:call', { requestsPerMinute: { '*': 2 } }, 'two');
    const first = await client.get('/channels').expect(200);
    expect(first.headers).toMatchObject({ 'ratelimit-policy': '"*";q=2;w=60', ratelimit: '"*";r=1;t=30' });
    await client.get('/me').expect(200);
    const { body, headers } = await client.get('/channels').expect(429);
    expect(body).toMatchObject({ code: 'rate-limited', limit: 'requestsPerMinute', class: '*' });
    expect(Number(headers['retry-after'])).toBeGreaterThan(25);
    expect(headers).toMatchObject({ ratelimit: expect.stringMatching(/^"\*";r=0;t=\d+$/) });
    const stream = await fetch(`${gateway.url}/events`, { headers: { authorization: `Bearer ${gateway.token('read:call', { requestsPerMinute: { '*': 9 } }, 'nine')}` } }); // prettier-ignore
    expect(stream.headers.get('ratelimit')).toBe('"*";r=8;t=7');
    await stream.body?.cancel();
  });

  it('hold for originate apart, by whatever route a call is placed', async () => {
    const client = gateway.as(
      'read:call write:call write:originate',
      { requestsPerMinute: { originate: 2 } },
      'dialer',
    );
    const { headers } = await client.post('/calls', CALL).expect(201);
    expect(headers['ratelimit']).toBe('"originate";r=1;t=30');
    await client.post('/actions/originate', { Channel: 'Local/answer@lab/n', Application: 'Wait', Data: '1', Async: true }).expect(200); // prettier-ignore
    expect((await client.post('/calls', CALL).expect(429)).body).toMatchObject({ code: 'rate-limited', class: 'originate' }); // prettier-ignore
    expect((await client.post('/actions/Originate', { Channel: 'Local/answer@lab/n', Application: 'Wait', Data: '1', Async: true }).expect(429)).body.class).toBe('originate'); // prettier-ignore
    expect((await client.get('/channels').expect(200)).headers).not.toHaveProperty('ratelimit');
  });

  it('stand beside the budgets of calls', async () => {
    const limits = { requestsPerMinute: { originate: 60 }, callsPerMinute: 1, concurrentCalls: 5 };
    const client = gateway.as('write:originate', limits, 'budgets');
    const { headers } = await client.post('/calls', CALL).expect(201);
    expect(headers['ratelimit-policy']).toBe('"originate";q=60;w=60, "concurrentCalls";q=5, "callsPerMinute";q=1;w=60');
    expect(headers['ratelimit']).toBe('"originate";r=59;t=1, "concurrentCalls";r=4, "callsPerMinute";r=0;t=60');
    const refused = await client.post('/calls', CALL).expect(429);
    expect(refused.body).toMatchObject({ code: 'too-many-calls', limit: 'callsPerMinute' });
    expect(refused.headers['ratelimit']).toContain('"callsPerMinute";r=0');
  });
});
