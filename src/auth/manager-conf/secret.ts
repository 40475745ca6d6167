import { createHash, timingSafeEqual } from 'node:crypto';
import type { AmiUser } from './users.ts';

/** The same length for every secret, so that the comparison takes the same time for all. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether the secret is the user's. Takes as long for users who do not exist, are disabled or have none. */
export const verifySecret = (user: AmiUser | undefined, secret: string): boolean => {
  const expected = user?.secret ?? '';
  const same = timingSafeEqual(digest(expected), digest(secret));
  return same && expected !== '' && user?.disabled === null;
};
