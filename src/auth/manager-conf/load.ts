import { dirname, join, resolve } from 'node:path';
import { createConfFiles, type ConfFiles } from './files.ts';
import { fold } from './fold.ts';
import { readGeneral, type General } from './general.ts';
import { readNamedAcls } from './named-acls.ts';
import type { Warning } from './problem.ts';
import { readSections } from './reader.ts';
import { readUsers, type AmiUser } from './users.ts';

export interface ManagerConf extends General {
  users: readonly AmiUser[];
  /** The user of a name, whatever its case. */
  user(name: string): AmiUser | undefined;
  warnings: readonly Warning[];
  /** Files that were read. */
  files: readonly string[];
}

export interface LoadOptions {
  /** Path of manager.conf. Its acl.conf is looked for beside it. */
  path: string;
  files?: ConfFiles;
}

/** Reads manager.conf, with all it includes. Throws a GatewayError naming file and line where that cannot be done. */
export const loadManagerConf = ({ path, files = createConfFiles() }: LoadOptions): ManagerConf => {
  const manager = readSections({ files, path });
  const aclPath = join(dirname(resolve(path)), 'acl.conf');
  const acl = files.has(aclPath) ? readSections({ files, path: aclPath }) : { sections: [], warnings: [] };
  const named = readNamedAcls(acl.sections);
  const { general, warnings } = readGeneral(manager.sections);
  const { users, warnings: ofUsers } = readUsers({ sections: manager.sections, general, namedAcl: named.find });
  const byName = new Map(users.map((user) => [fold(user.name), user]));
  return {
    ...general,
    users,
    user: (name) => byName.get(fold(name)),
    warnings: [...manager.warnings, ...acl.warnings, ...named.warnings, ...warnings, ...ofUsers],
    files: files.paths,
  };
};
