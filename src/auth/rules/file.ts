import { GatewayError } from '../../lib/errors.ts';
import type { Principal } from '../principal.ts';
import { isOpened, limitExceeded } from '../verdict.ts';

/** A configuration file. 16 lets ListCategories, UpdateConfig and CreateConfig out of the directory; nothing does here. */
export const judgeConfigFile = ({ limits }: Principal, name: string): void => {
  if (name.includes('/') || name.includes('..')) {
    throw new GatewayError('invalid-request', 'A configuration file is named without a directory');
  }
  if (!isOpened(limits, 'configFiles', name)) {
    throw limitExceeded('configFiles', `The token's configFiles do not include ${JSON.stringify(name)}`);
  }
};
