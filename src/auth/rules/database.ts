import { GatewayError } from '../../lib/errors.ts';
import type { Principal } from '../principal.ts';
import { isOpened, limitExceeded } from '../verdict.ts';

/**
 * A family of the AstDB. `a/b` with the key `c` is also the key `b/c` of the family `a`, so that either may be listed.
 * No glob but `*` matches the empty name, which stands for every family.
 */
export const judgeDatabaseFamily = ({ limits }: Principal, name: string): void => {
  if (name.startsWith('/')) throw new GatewayError('invalid-request', 'A database family does not start with /');
  const first = name.split('/', 1)[0] ?? '';
  if (!isOpened(limits, 'databaseFamilies', name) && !isOpened(limits, 'databaseFamilies', first)) {
    throw limitExceeded('databaseFamilies', `The token's databaseFamilies do not include ${JSON.stringify(name)}`);
  }
};
