import type { AmiClass } from '../../ami/types.ts';
import { parseAddressRules, type AddressList, type AddressRule } from './addresses.ts';
import { parseClasses } from './classes.ts';
import { parseEventFilter, type EventFilter } from './event-filters.ts';
import { fold, isTrue } from './fold.ts';
import type { General } from './general.ts';
import type { Place, Warning } from './problem.ts';
import type { Entry, Section } from './sections.ts';

const MIN_SECRET_LENGTH = 16;
const NOT_ENABLED = 'it is not enabled';

export interface AmiUser extends Place {
  name: string;
  /** Null where there is none: nobody can log in as this user then. */
  secret: string | null;
  read: ReadonlySet<AmiClass | 'all'>;
  write: ReadonlySet<AmiClass | 'all'>;
  /** Why nobody may be this user, though the files have it; null for all others. */
  disabled: string | null;
  addressRules: readonly AddressList[];
  eventFilters: readonly EventFilter[];
  displayConnects: boolean;
  allowMultipleLogin: boolean;
}

interface Draft extends AmiUser {
  permitDeny: AddressRule[];
  named: AddressList[];
  filters: EventFilter[];
}

export interface UsersOptions {
  sections: readonly Section[];
  general: General;
  /** Rules of a list of acl.conf; null where it is not there or cannot be used. */
  namedAcl: (name: string) => readonly AddressRule[] | null;
}

type Tell = (place: Place, user: string | null, message: string) => void;

/** A second section of a name goes on with the user, but begins its addresses and filters anew. */
const beginSection = (draft: Draft): void => {
  if (draft.disabled !== NOT_ENABLED) draft.disabled = null;
  draft.permitDeny = [];
  draft.named = [];
  draft.filters = [];
};

const addNamed = (draft: Draft, { value, ...place }: Entry, namedAcl: UsersOptions['namedAcl'], tell: Tell): void => {
  for (const name of value.split(',').map((part) => part.trimStart())) {
    const rules = namedAcl(name);
    if (draft.named.some((list) => list.name !== null && fold(list.name) === fold(name))) {
      draft.disabled = `the access list '${name}' is given twice`;
    }
    if (!rules) tell(place, draft.name, `there is no usable access list '${name}': no address is let in`);
    draft.named.push({ name, rules });
  }
};

const apply = (draft: Draft, entry: Entry, { namedAcl }: UsersOptions, tell: Tell): void => {
  const { value } = entry;
  const key = fold(entry.key);
  if (key === 'secret') draft.secret = value;
  else if (key === 'read' || key === 'write') {
    const { classes, unknown } = parseClasses(value);
    draft[key] = classes;
    for (const word of unknown) tell(entry, draft.name, `there is no class '${word}' to ${key}; it grants nothing`);
  } else if (key === 'permit' || key === 'deny') {
    const rules = parseAddressRules(key, value);
    if (rules) draft.permitDeny.push(...rules);
    else draft.disabled = `'${key} = ${value}' is no list of addresses`;
  } else if (key === 'acl') addNamed(draft, entry, namedAcl, tell);
  else if (key === 'displayconnects') draft.displayConnects = isTrue(value);
  else if (key === 'allowmultiplelogin') draft.allowMultipleLogin = isTrue(value);
  else if (key === 'enabled' && isTrue(value)) {
    if (draft.disabled === NOT_ENABLED) draft.disabled = null;
  } else if (key === 'enabled') {
    draft.disabled ??= NOT_ENABLED;
    tell(entry, draft.name, 'Asterisk knows no enabled of a user and lets it in; the gateway does not');
  } else if (key.startsWith('eventfilter')) {
    const { filter, fault } = parseEventFilter(entry.key, value);
    if (filter) draft.filters.push(filter);
    if (fault !== null) tell(entry, draft.name, `${entry.key}: ${fault}`);
  }
};

const newDraft = ({ name, file, line }: Section, general: General): Draft => ({
  name,
  file,
  line,
  secret: null,
  read: new Set(),
  write: new Set(),
  disabled: null,
  addressRules: [],
  eventFilters: [],
  displayConnects: general.displayConnects,
  allowMultipleLogin: general.allowMultipleLogin,
  permitDeny: [],
  named: [],
  filters: [],
});

const finish = ({ permitDeny, named, filters, ...user }: Draft): AmiUser => ({
  ...user,
  secret: user.secret === '' ? null : user.secret,
  addressRules: permitDeny.length > 0 ? [{ name: null, rules: permitDeny }, ...named] : named,
  eventFilters: filters,
});

const weighSecrets = (users: readonly AmiUser[], tell: Tell): void => {
  const owners = Map.groupBy(users, ({ secret }) => secret);
  for (const user of users) {
    const { secret, name } = user;
    if (user.disabled !== null) tell(user, name, `nobody can log in: ${user.disabled}`);
    if (secret === null) {
      tell(user, name, 'nobody can log in: the user has no secret');
      continue;
    }
    if (secret.length < MIN_SECRET_LENGTH) tell(user, name, `the secret has less than ${MIN_SECRET_LENGTH} characters`);
    const sharing = owners.get(secret) ?? [];
    const other = sharing.find((one) => one !== user);
    const more = sharing.length > 2 ? ` and ${sharing.length - 2} more` : '';
    if (other) tell(user, name, `the secret is also that of ${other.name}${more}`);
  }
};

/** Users of manager.conf, each once, in the order of their first sections. */
export const readUsers = (options: UsersOptions): { users: AmiUser[]; warnings: Warning[] } => {
  const warnings: Warning[] = [];
  const tell: Tell = ({ file, line }, user, message) => {
    warnings.push({ file, line, user, message });
  };
  const drafts = new Map<string, Draft>();
  for (const section of options.sections) {
    const id = fold(section.name);
    if (section.template || id === 'general') continue;
    const draft = drafts.get(id) ?? newDraft(section, options.general);
    drafts.set(id, draft);
    beginSection(draft);
    for (const entry of section.entries) apply(draft, entry, options, tell);
  }
  const users = [...drafts.values()].map(finish);
  weighSecrets(users, tell);
  return { users, warnings };
};
