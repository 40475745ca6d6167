import { describe, expect, it } from 'vitest';
import { targetsOf } from '../../src/auth/audit.ts';
import { createAuditTrail } from '../../src/auth/audit-trail.ts';
import { createMemoryStore } from '../../src/store/open.ts';
import { createFakeClock } from '../helpers/clock.ts';

describe('what was reached', () => {
  it.each([
    ['PJSIP/agent001', 'PJSIP/agent001'],
    ['Local/100@lab/n', 'Local/100@lab/n'],
    ['IAX2/guest:hush@pbx.example.com:4569/100', 'IAX2/guest:[hidden]@pbx.example.com:4569/100'],
    ['SIP/me:hush:md5:auth:udp@host', 'SIP/me:[hidden]@host'],
    ['PJSIP/trunk/sip:100@host:5060', 'PJSIP/trunk/sip:100@host:5060'],
    ['PJSIP/trunk/sips:100:hush@host', 'PJSIP/trunk/sips:100:[hidden]@host'],
  ])('is told without the password of a dial string: %s', (dialString, told) => {
    expect(targetsOf({ touches: [{ kind: 'dial', dialString }] })).toEqual([`dial ${told}`]);
  });

  it('is told without tokens and secrets that stand where an id belongs, in log and store', async () => {
    const told: string[] = [];
    const log = { debug() {}, warn() {}, error() {}, info: (fields: object) => void told.push(JSON.stringify(fields)) };
    const store = createMemoryStore();
    const trail = createAuditTrail({ store, clock: createFakeClock(), log, keepMs: 1_000 });
    const secrets = ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'];
    trail.audit({
      sub: 'x', jti: 'j', address: null, pbx: null, operation: 'tokens.revoke', requestId: 'r', action: null,
      targets: secrets.map((secret) => `token ${secret}`), limits: [], outcome: 'no-such-token', actionId: null,
    }); // prettier-ignore
    await trail.close();
    told.push(...(await store.audit.after(0, 10)).map(({ body }) => body));
    for (const secret of secrets) expect(told.join('')).not.toContain(secret);
    expect(told.join('').match(/token \[hidden\]/g)).toHaveLength(4);
  });
});
