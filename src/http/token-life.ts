import type { Accounts } from '../auth/accounts.ts';
import type { Principal } from '../auth/principal.ts';
import type { Revocations } from '../auth/revocation.ts';
import type { CancelTimer, Clock } from '../lib/clock.ts';

export type EndOfToken = 'token-expired' | 'token-revoked' | 'account-changed';

/** Longest a timer of Node can wait. */
const LONGEST_MS = 2 ** 31 - 1;

/** Says once when a token is no longer good. Gives what ends the watch. */
export const watchToken = (
  { clock, revocations, accounts }: { clock: Clock; revocations: Revocations; accounts?: Accounts | undefined },
  { sub, jti, expiresAt, account }: Principal,
  onOver: (reason: EndOfToken) => void,
): CancelTimer => {
  const over = (reason: EndOfToken) => {
    stop();
    onOver(reason);
  };
  const cancelExpiry = clock.setTimeout(() => {
    over('token-expired');
  }, Math.min(expiresAt - clock.now(), LONGEST_MS)); // prettier-ignore
  const revoked = () => {
    over('token-revoked');
  };
  const cancelRevocation = revocations.onRevoked(jti, revoked);
  // Since it was checked at the door it may have been taken back: a snapshot takes its time.
  const cancelAtOnce = revocations.isRevoked(jti) ? clock.setTimeout(revoked, 0) : undefined;
  const cancelChange =
    account === undefined
      ? undefined
      : accounts?.onChanged(sub, () => {
          over('account-changed');
        });
  const stop = () => {
    cancelChange?.();
    cancelExpiry();
    cancelRevocation();
    cancelAtOnce?.();
  };
  return stop;
};
