import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { GatewayError, messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { SigningKey } from '../lib/signing-key.ts';
import { addressAllowed } from './manager-conf/addresses.ts';
import type { ManagerConf } from './manager-conf/load.ts';
import { toPrincipal } from './manager-conf/principal.ts';
import { verifySecret } from './manager-conf/secret.ts';
import type { AmiUser } from './manager-conf/users.ts';
import { watchManagerConf } from './manager-conf/watch.ts';
import type { Principal } from './principal.ts';
import { both, type Scope } from './scopes.ts';

export interface Login {
  sub: string;
  /** Says which secret it was, to who has the signing key. */
  account: string;
  scopes: ReadonlySet<Scope>;
}

/** Users of manager.conf. */
export interface Accounts {
  /** One of the names with one of the secrets is enough. Throws `invalid-client`, for whatever reason. */
  login(names: readonly string[], secrets: readonly string[], address: string): Login;
  /** What a token made for a user may do by the file as it is now. Throws `unauthorized` where that is nothing. */
  present(token: Principal): Principal;
  /** Calls when the user behind the subject has changed. Gives what ends that. */
  onChanged(sub: string, listener: () => void): () => void;
  /** Whether any user has event filters: events are kept with their headers then. */
  filtersEvents(): boolean;
  close(): void;
}

export interface AccountsOptions {
  /** Of manager.conf. */
  path: string;
  key: SigningKey;
  previousKey?: SigningKey | undefined;
  clock: Clock;
  log: Log;
}

/** Apart from the subjects of other tokens: a user of manager.conf does not come into their calls by its name. */
const PREFIX = 'ami:';

const gone = () =>
  new GatewayError('unauthorized', 'The user of manager.conf is gone, or its secret has changed: log in again');

/** Reads manager.conf and follows it. Throws `invalid-manager-conf` where it cannot be read at the start. */
export const createAccounts = ({ path, key, previousKey, clock, log }: AccountsOptions): Accounts => {
  const listeners = new Map<string, Set<() => void>>();
  let seen = new WeakMap<Principal, Principal>();

  const proof = (user: AmiUser, by: SigningKey): string =>
    createHmac('sha256', by.algorithm === 'HS256' ? by.secret : by.privateKey)
      .update(`manager.conf\0${user.name}\0${user.secret ?? ''}`)
      .digest('base64url');

  const report = (conf: ManagerConf) => {
    log.info({ users: conf.users.length, files: conf.files }, 'Read manager.conf');
    if (!conf.enabled) log.warn({ path }, 'manager.conf says enabled=no, or nothing: none of its users is let in');
    for (const { file, line, user, message } of conf.warnings)
      log.warn({ file, line, user }, `manager.conf: ${message}`);
  };

  /** All that rules what the user may do. */
  const likeness = (conf: ManagerConf, name: string): string => {
    const user = conf.enabled ? conf.user(name) : undefined;
    return JSON.stringify(user && { ...user, read: [...user.read], write: [...user.write], line: 0, file: '' });
  };

  let before: ManagerConf;
  const watched = watchManagerConf({
    path,
    clock,
    onReload(conf) {
      seen = new WeakMap();
      report(conf);
      for (const [sub, all] of listeners) {
        const name = sub.slice(PREFIX.length);
        if (likeness(before, name) !== likeness(conf, name)) for (const listener of [...all]) listener();
      }
      before = conf;
    },
    onError: (error) => {
      log.error({ reason: messageOf(error) }, 'manager.conf has changed and cannot be used: what it was before stays');
    },
  });
  before = watched.current;
  report(before);

  const find = (name: string): AmiUser | undefined =>
    watched.current.enabled ? watched.current.user(name) : undefined;

  const isProof = (user: AmiUser, given: string): boolean =>
    [key, previousKey].some((by) => {
      const wanted = Buffer.from(by ? proof(user, by) : '');
      return wanted.length === Buffer.byteLength(given) && timingSafeEqual(wanted, Buffer.from(given));
    });

  return {
    login(names, secrets, address) {
      const right = names
        .map(find)
        .filter((user) => secrets.map((secret) => verifySecret(user, secret)).includes(true));
      const user = right[0];
      if (!user || !addressAllowed(user.addressRules, address))
        throw new GatewayError('invalid-client', 'Unknown user, wrong secret, or not from this address');
      const { scopes } = toPrincipal(user);
      return { sub: `${PREFIX}${user.name}`, account: proof(user, key), scopes };
    },
    present(token) {
      const known = seen.get(token);
      if (known) return known;
      const user = token.sub.startsWith(PREFIX) ? find(token.sub.slice(PREFIX.length)) : undefined;
      if (!user || user.disabled !== null || !isProof(user, token.account ?? '')) throw gone();
      const { scopes, limits, addressRules, eventFilters } = toPrincipal(user);
      const present = { ...token, scopes: both(token.scopes, scopes), limits, addressRules, eventFilters };
      seen.set(token, present);
      return present;
    },
    onChanged(sub, listener) {
      const all = listeners.get(sub) ?? new Set();
      listeners.set(sub, all.add(listener));
      return () => {
        all.delete(listener);
        if (all.size === 0 && listeners.get(sub) === all) listeners.delete(sub);
      };
    },
    filtersEvents: () => watched.current.users.some(({ eventFilters }) => eventFilters.length > 0),
    close() {
      watched.close();
    },
  };
};
