import type { Config, PbxConfig } from '../../config.ts';
import { addressAllowed, type AddressList } from '../../auth/manager-conf/addresses.ts';
import { createConfFiles } from '../../auth/manager-conf/files.ts';
import { fold, isTrue } from '../../auth/manager-conf/fold.ts';
import { loadManagerConf, type ManagerConf } from '../../auth/manager-conf/load.ts';
import { readSections } from '../../auth/manager-conf/reader.ts';
import { verifySecret } from '../../auth/manager-conf/secret.ts';
import { findSection, type Section } from '../../auth/manager-conf/sections.ts';
import type { AmiUser } from '../../auth/manager-conf/users.ts';
import { messageOf } from '../../lib/errors.ts';
import { loginsOf } from './account.ts';
import { isLoopback, variableOf } from './environment.ts';
import { error, type Finding, notice, ok, warning } from './finding.ts';

/** Sessions that may be waiting to log in at once, where `authlimit` does not say. */
const AUTH_LIMIT = 50;

export interface ReadConf {
  conf: ManagerConf;
  sections: readonly Section[];
}

export const readConf = (path: string): ReadConf => {
  const files = createConfFiles();
  return { conf: loadManagerConf({ path, files }), sections: readSections({ files, path }).sections };
};

const lastOf = (section: Section | undefined, key: string): string | undefined =>
  section?.entries.findLast((entry) => fold(entry.key) === key)?.value;

const hostOf = (address: string): string => /^\[(.*)\]/.exec(address)?.[1] ?? address.replace(/:\d+$/, '');

const generalFindings = ({ conf, sections }: ReadConf, logins: number): Finding[] => {
  const section = findSection(sections, 'general', 'exclude');
  const findings: Finding[] = [];
  if (!conf.enabled)
    findings.push(error('manager.conf [general]: enabled is not yes', 'set enabled=yes: there is no AMI without it'));
  // Asterisk's own default is every address.
  const bound = lastOf(section, 'bindaddr') ?? '0.0.0.0';
  if (isLoopback(hostOf(bound))) findings.push(ok('manager.conf [general]', `bindaddr=${bound}`));
  else if (isTrue(lastOf(section, 'tlsenable') ?? ''))
    findings.push(
      warning(
        `manager.conf [general]: AMI in clear listens at ${bound} beside TLS`,
        'set bindaddr=127.0.0.1; tlsbindaddr may stay',
      ),
    );
  else
    findings.push(
      warning(
        `manager.conf [general]: AMI listens at ${bound} without TLS`,
        'set bindaddr=127.0.0.1, or tlsenable=yes with tlsbindaddr and tlscertfile',
      ),
    );
  const limit = Number.parseInt(lastOf(section, 'authlimit') ?? String(AUTH_LIMIT), 10);
  if (limit < logins)
    findings.push(
      warning(
        `manager.conf [general]: authlimit=${limit}, and the gateway logs in ${logins} times at once`,
        `set authlimit to ${AUTH_LIMIT}, or make AMI_POOL_SIZE smaller`,
      ),
    );
  return findings;
};

/** A permit without a deny before it keeps nobody out. */
const closed = (lists: readonly AddressList[]): boolean =>
  lists.some(({ rules }) => rules === null || rules.some(({ allow }) => !allow));

const setsVariables = (sections: readonly Section[], { name }: AmiUser): boolean =>
  sections.some(
    (section) =>
      !section.template &&
      fold(section.name) === fold(name) &&
      section.entries.some(({ key }) => fold(key) === 'setvar'),
  );

const userFindings = (user: AmiUser, sections: readonly Section[], own: boolean): Finding[] => {
  const where = `manager.conf [${user.name}]`;
  const findings: Finding[] = [];
  if (setsVariables(sections, user))
    findings.push(
      error(`${where}: setvar=`, 'remove it: after a reload Asterisk uses freed memory, and a server went down of it'),
    );
  if (user.secret !== null && !closed(user.addressRules))
    findings.push(
      warning(
        `${where}: every address may log in`,
        'add deny=0.0.0.0/0.0.0.0, and permit= with the addresses that may',
      ),
    );
  const all = (['read', 'write'] as const).filter((key) => user[key].has('all'));
  if (all.length > 0) {
    const which = all.map((key) => `${key}=all`).join(' and ');
    const advice = own ? '`ami-gateway least-privilege` prints the classes it needs' : 'name the classes it needs';
    findings.push((own ? warning : notice)(`${where}: ${which}`, advice));
  }
  return findings;
};

const ownFindings = (user: AmiUser, server: PbxConfig): Finding[] => {
  const where = `manager.conf [${user.name}]`;
  const findings: Finding[] = [];
  const reads = (name: 'call' | 'system') => user.read.has('all') || user.read.has(name);
  if (!user.allowMultipleLogin)
    findings.push(error(`${where}: allowmultiplelogin=no`, 'set it to yes: the gateway logs in several times'));
  if (user.displayConnects)
    findings.push(
      notice(`${where}: each login is a line in the log of Asterisk`, 'set displayconnects=no if they are too many'),
    );
  if (!reads('call')) findings.push(error(`${where}: read= lacks call`, 'add it: no call could be followed'));
  if (!reads('system'))
    findings.push(
      warning(`${where}: read= lacks system`, 'add it: the gateway would not see that Asterisk has booted'),
    );
  if (user.secret !== null && user.disabled === null && !verifySecret(user, server.secret))
    findings.push(
      error(
        `${where}: its secret is not the one in ${variableOf(server)}`,
        'write the same into both, and `manager reload`',
      ),
    );
  if (isLoopback(server.host) && !addressAllowed(user.addressRules, '127.0.0.1'))
    findings.push(
      error(
        `${where}: 127.0.0.1 may not log in, where ${variableOf(server)} comes from`,
        'add permit=127.0.0.1/255.255.255.255 behind the deny',
      ),
    );
  return findings;
};

/** What there is to say of a manager.conf for these servers. Pure. */
export const confFindings = (read: ReadConf, { pbx, amiPoolSize }: Pick<Config, 'pbx' | 'amiPoolSize'>): Finding[] => {
  const { conf, sections } = read;
  const own = new Map(
    conf.users.flatMap((user) => {
      const named = pbx.filter(({ username }) => conf.user(username) === user);
      const server = named.find(({ secret }) => verifySecret(user, secret)) ?? named[0];
      return server ? [[user, server] as const] : [];
    }),
  );
  const findings = conf.warnings.map(({ file, line, user, message }) =>
    warning(`${file}:${line}${user === null ? '' : ` [${user}]`}`, message),
  );
  findings.push(...generalFindings(read, loginsOf(amiPoolSize)));
  if (pbx.length > 0 && own.size === 0)
    findings.push(
      warning('manager.conf: the account of the gateway is not in it', 'is it the file of another server?'),
    );
  for (const user of conf.users) {
    const server = own.get(user);
    findings.push(...userFindings(user, sections, server !== undefined));
    if (server) findings.push(...ownFindings(user, server));
  }
  return findings;
};

export const managerConfFindings = (path: string, config: Pick<Config, 'pbx' | 'amiPoolSize'>): Finding[] => {
  try {
    const read = readConf(path);
    return [
      ok('manager.conf', `${read.conf.users.length} accounts in ${read.conf.files.length} files`),
      ...confFindings(read, config),
    ];
  } catch (fault) {
    return [error('manager.conf cannot be used', messageOf(fault))];
  }
};
