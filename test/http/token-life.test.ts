import { expect, it } from 'vitest';
import type { Principal } from '../../src/auth/principal.ts';
import { createRevocations } from '../../src/auth/revocation.ts';
import { watchToken } from '../../src/http/token-life.ts';
import { createMemoryStore } from '../../src/store/open.ts';
import { createFakeClock } from '../helpers/clock.ts';

const principal: Principal = { sub: 'anna', jti: 'one', expiresAt: Infinity, scopes: new Set(), limits: {} };

it('the life of a token is over also where it was revoked before anybody watched', async () => {
  const clock = createFakeClock();
  const revocations = await createRevocations({ store: createMemoryStore(), clock });
  const told: string[] = [];
  const now = clock.now();
  await revocations.revoke({ jti: 'one', sub: 'anna', maker: null, createdAt: now, expiresAt: now + 60_000, revokedAt: null, body: '{}' }); // prettier-ignore
  watchToken({ clock, revocations }, principal, (reason) => told.push(reason));
  await clock.advance(1);
  expect(told).toEqual(['token-revoked']);
  expect(clock.pendingTimers).toBe(0);
});
