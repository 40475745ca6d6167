import { connect, done, Refused } from './gateway.ts';

const gateway = connect(process.env['GATEWAY_URL'] ?? 'http://localhost:3000', process.env['GATEWAY_TOKEN'] ?? '');

try {
  const call = await done(
    gateway.POST('/calls', {
      params: { header: { prefer: 'wait=30' } },
      body: { channel: 'PJSIP/agent001', context: 'from-internal', extension: '100' },
    }),
  );
  console.log(call.status === 'answered' ? `talking on ${call.channelId}` : call.disposition);
  await done(gateway.DELETE('/calls/{id}', { params: { path: { id: call.id } } }));
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  const { code, detail, scopes } = error.problem;
  console.error(code === 'insufficient-scope' ? `The token needs ${scopes?.join(' or ')}` : detail);
  process.exitCode = 1;
}
