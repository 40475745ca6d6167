import { AMI_CLASSES, type AmiClass, type Declaration } from '../ami/types.ts';

export const GATEWAY_SCOPES = [
  'gateway:tokens',
  'gateway:webhooks',
  'gateway:audit',
  'gateway:metrics',
  'gateway:raw',
] as const;

export type Scope = `${'read' | 'write'}:${AmiClass | 'all'}` | (typeof GATEWAY_SCOPES)[number];

/** Whoever may see events of some class. */
export const READ_ANY: readonly Scope[] = [...AMI_CLASSES, 'all' as const].map((name): Scope => `read:${name}`);

const known = new Set<string>([
  ...GATEWAY_SCOPES,
  ...[...AMI_CLASSES, 'all'].flatMap((name) => [`read:${name}`, `write:${name}`]),
]);

export const isScope = (text: string): text is Scope => known.has(text);

/** Words of a `scope` claim. Words nobody knows are kept apart, so that a typing error can be reported. */
export const parseScopes = (claim: string): { scopes: Set<Scope>; unknown: string[] } => {
  const words = claim.split(/\s+/).filter((word) => word !== '');
  return { scopes: new Set(words.filter(isScope)), unknown: words.filter((word) => !isScope(word)) };
};

/** True where the scopes hold any one of those wanted; `read:all` and `write:all` stand for every class. */
export const holdsAny = (scopes: ReadonlySet<Scope>, wanted: readonly Scope[]): boolean =>
  wanted.some(
    (scope) =>
      scopes.has(scope) ||
      (scope.startsWith('write:') && scopes.has('write:all')) ||
      (scope.startsWith('read:') && scopes.has('read:all')),
  );

/** Whether events of these classes may be seen: an event of several wants them all, unlike an action. */
export const mayReadClasses = (scopes: ReadonlySet<Scope>, classes: readonly string[]): boolean =>
  (classes.length > 0 ? classes : ['all']).every((name) => holdsAny(scopes, [`read:${name}` as Scope]));

/** What both have; of `all` what the other names. */
export const both = (mine: ReadonlySet<Scope>, theirs: ReadonlySet<Scope>): Set<Scope> =>
  new Set([
    ...[...mine].filter((scope) => holdsAny(theirs, [scope])),
    ...[...theirs].filter((scope) => holdsAny(mine, [scope])),
  ]);

const wanted = { observing: new WeakMap<Declaration, Scope[]>(), revealing: new WeakMap<Declaration, Scope[]>() };

/**
 * Scopes of which an action wants any one. An action that only observes also takes `read:`, unless it reveals contents
 * of variables, which can be secrets.
 */
export const scopesFor = (declaration: Declaration, reveals = false): readonly Scope[] => {
  const known = wanted[reveals ? 'revealing' : 'observing'];
  let scopes = known.get(declaration);
  if (!scopes) {
    const observes = declaration.observes && !reveals;
    scopes = declaration.scopes.flatMap((name): Scope[] =>
      observes ? [`write:${name}`, `read:${name}`] : [`write:${name}`],
    );
    known.set(declaration, scopes);
  }
  return scopes;
};
