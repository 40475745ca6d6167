import type { Clock } from '../lib/clock.ts';
import type { Store, StoredToken } from '../store/store.ts';

export interface Revocations {
  isRevoked(jti: string): boolean;
  /** Holds at once. Rejects with `store-unavailable` where it holds until the next start only. */
  revoke(token: StoredToken): Promise<void>;
  /** Calls when the token is revoked. Gives what ends that. */
  onRevoked(jti: string, listener: () => void): () => void;
}

/** Tokens taken back before their time; as many as have not expired are held in memory. */
export const createRevocations = async ({ store, clock }: { store: Pick<Store, 'tokens'>; clock: Clock }): Promise<Revocations> => {
  const revoked = new Map<string, number>();
  const listeners = new Map<string, Set<() => void>>();
  for (const { jti, expiresAt } of await store.tokens.revoked(clock.now())) revoked.set(jti, expiresAt);

  const forgetExpired = () => {
    for (const [jti, expiresAt] of revoked) if (expiresAt <= clock.now()) revoked.delete(jti);
  };

  return {
    isRevoked: (jti) => revoked.has(jti),
    async revoke(token) {
      forgetExpired();
      revoked.set(token.jti, token.expiresAt);
      for (const listener of [...(listeners.get(token.jti) ?? [])]) listener();
      await store.tokens.put({ ...token, revokedAt: token.revokedAt ?? clock.now() });
    },
    onRevoked(jti, listener) {
      const all = listeners.get(jti) ?? new Set();
      listeners.set(jti, all.add(listener));
      return () => {
        all.delete(listener);
        if (all.size === 0 && listeners.get(jti) === all) listeners.delete(jti);
      };
    },
  };
}; // prettier-ignore
