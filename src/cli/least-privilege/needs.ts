import { declarationOf } from '../../ami/actions/raw.ts';
import { declarations } from '../../ami/actions/registry.ts';
import type { AmiClass, Declaration } from '../../ami/types.ts';
import { holdsAny, mayReadClasses, parseScopes, type Scope, scopesFor } from '../../auth/scopes.ts';
import { type CatalogueEntry, catalogue, DERIVED } from '../../events/catalogue.ts';
import { GatewayError } from '../../lib/errors.ts';
import { matchesGlob } from '../../lib/glob.ts';
import { smallestClasses } from './classes.ts';
import type { Operation } from './operations.ts';
import { ABSENT, OWN_ACTIONS, OWN_EVENTS, QUEUE_EVENTS, type Release } from './own.ts';

/** What the account is to be good for; undefined where nothing was said of it. */
export interface Wishes {
  /** Ids of operations, or `METHOD /path`. */
  routes?: readonly string[] | undefined;
  scopes?: string | undefined;
  actions?: readonly string[] | undefined;
  /** Public names or patterns. */
  events?: readonly string[] | undefined;
  release: Release;
}

export interface Needs {
  write: readonly AmiClass[];
  read: readonly string[];
  actions: readonly Declaration[];
  /** Asterisk's names. Null where every event of the classes is wanted. */
  events: readonly string[] | null;
  /** Queue and agent of a call are not told. */
  queuesUnknown: boolean;
  /** Wanted, but not there on this release. */
  absent: readonly string[];
}

const refuse = (message: string): never => {
  throw new GatewayError('invalid-request', message);
};

const routeKey = (text: string): string => text.trim().replace(/\s+/, ' ').replace(/:(\w+)/g, '{$1}'); // prettier-ignore

const findOperations = (operations: readonly Operation[], wanted: readonly string[]): Operation[] =>
  wanted.map((text) => {
    const key = routeKey(text);
    const [method = '', ...path] = key.split(' ');
    const route = [method.toUpperCase(), ...path].join(' ');
    return operations.find((one) => one.id === key || one.route === route) ?? refuse(`There is no route ${text}`);
  });

const findScopes = (text: string): ReadonlySet<Scope> => {
  const { scopes, unknown } = parseScopes(text.replaceAll(',', ' '));
  if (unknown.length > 0) refuse(`There is no scope ${unknown.join(', ')}`);
  if (scopes.has('gateway:raw')) refuse('gateway:raw sends actions nobody has declared: which classes they want is not known'); // prettier-ignore
  return scopes;
};

const findAction = (name: string): Declaration => {
  const found = declarationOf(name);
  if (!found) return refuse(`The gateway does not know an action ${name}`);
  return found.internal ? refuse(`${found.name} is the gateway's own to send`) : found;
};

const wantedActions = ({ routes, scopes, actions }: Wishes, operations: readonly Operation[]): Declaration[] => {
  const held = scopes === undefined ? undefined : findScopes(scopes);
  const mayBeSent = (declaration: Declaration) =>
    !declaration.internal && (!held || holdsAny(held, scopesFor(declaration)));
  const named = (actions ?? []).map(findAction);
  // With scopes alone, all their tokens can do: POST /actions/{name} knows every declared action.
  const byRoute = routes ? findOperations(operations, routes) : actions && !held ? [] : operations;
  const found = held && !routes ? declarations : byRoute.flatMap((one) => one.actions.map(findAction));
  return [...named, ...found.filter(mayBeSent)];
};

const matching = (pattern: string): CatalogueEntry[] => {
  const found = catalogue().filter(({ name }) => matchesGlob(name, pattern));
  const derived = Object.keys(DERIVED).some((name) => matchesGlob(name, pattern));
  if (found.length === 0 && !derived) refuse(`There is no event ${pattern}: see docs/events.md; others cannot be asked for by name`); // prettier-ignore
  return found;
};

const wantedEvents = (wishes: Wishes, operations: readonly Operation[]): readonly CatalogueEntry[] => {
  const { routes, scopes, actions, events } = wishes;
  if (events) return events.flatMap(matching);
  const shown = routes
    ? findOperations(operations, routes).some((one) => one.events)
    : !actions || scopes !== undefined;
  if (!shown) return [];
  const held = scopes === undefined ? undefined : findScopes(scopes);
  return catalogue().filter((entry) => !held || mayReadClasses(held, entry.class));
};

/** Whether the events are all there are of their classes, so that no filter is wanted. */
const isAll = (names: ReadonlySet<string>, read: ReadonlySet<string>): boolean =>
  catalogue().every(({ ami, class: classes }) => names.has(ami) || !classes.every((one) => read.has(one)));

/** Classes, events and actions that the wishes come to. Throws `invalid-request` for what does not exist. */
export const needsOf = (wishes: Wishes, operations: readonly Operation[]): Needs => {
  const all = new Set([...OWN_ACTIONS.map(findAction), ...wantedActions(wishes, operations)]);
  const gone = new Set(ABSENT[wishes.release]);
  const actions = [...all].filter(({ name }) => !gone.has(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = new Set<string>([...OWN_EVENTS, ...wantedEvents(wishes, operations).map(({ ami }) => ami)]);
  const readOf = () => new Set(catalogue().flatMap(({ ami, class: classes }) => (names.has(ami) ? classes : [])));
  const read = readOf();
  if (read.has('agent')) for (const name of QUEUE_EVENTS) names.add(name);
  return {
    write: smallestClasses(actions),
    read: [...read].sort(),
    actions,
    events: isAll(names, read) ? null : [...names].sort(),
    queuesUnknown: !read.has('agent'),
    absent: [...all].map(({ name }) => name).filter((name) => gone.has(name)).sort(), // prettier-ignore
  };
};
