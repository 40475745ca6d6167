import { GatewayError } from '../../lib/errors.ts';
import type { Principal } from '../principal.ts';
import { isOpened, limitExceeded } from '../verdict.ts';

/** `a`, `a/b` and `a/b/c` for `a/b/c`: what Asterisk keeps is one path, and any beginning of it may be called its family. */
const familiesOf = (name: string): string[] => {
  const parts = name.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
};

/** A family of the AstDB. No glob but `*` matches the empty name, which stands for every family. */
export const judgeDatabaseFamily = ({ limits }: Principal, name: string): void => {
  if (name.startsWith('/')) throw new GatewayError('invalid-request', 'A database family does not start with /');
  if (!familiesOf(name).some((family) => isOpened(limits, 'databaseFamilies', family))) {
    throw limitExceeded('databaseFamilies', `The token's databaseFamilies do not include ${JSON.stringify(name)}`);
  }
};
