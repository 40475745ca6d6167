import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** What each folder of src may import, besides itself. `*` stands for everything. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  ami: ['lib'],
  store: ['lib'],
  auth: ['lib', 'store', 'ami'],
  events: ['lib', 'store', 'ami', 'auth'],
  pbx: ['lib', 'store', 'ami', 'auth', 'events'],
  http: ['lib', 'store', 'auth', 'events', 'pbx'],
  simulator: ['lib'],
  cli: ['*'],
  config: ['auth'],
  'config.ts': ['lib', 'auth', 'config'],
  'version.ts': [],
  'compose.ts': ['*'],
  'demo.ts': ['*'],
  'server.ts': ['*'],
};

/** The upper layers see actions, frames and types of AMI; sockets and pools are for the composition alone. */
const OPEN_AMI = /^ami\/(actions\/.*|frame\.ts|types\.ts)$/;

type Sources = Readonly<Record<string, string>>;

const filesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('node_modules'));

const read = (files: readonly string[]): Sources =>
  Object.fromEntries(files.map((file) => [file.replace(/^src\//, ''), readFileSync(join(root, file), 'utf8')]));

/** Relative imports of a file as paths below src; types and dynamic ones count. */
const importsOf = (file: string, text: string): string[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map(([, target = '']) =>
    relative('/', resolve('/', file, '..', target)),
  );

const placeOf = (file: string): string => file.split('/', 1)[0] ?? '';

const layerFaults = (sources: Sources): string[] =>
  Object.entries(sources).flatMap(([file, text]) => {
    const place = placeOf(file);
    const allowed = MAY_IMPORT[place];
    if (!allowed) return [`${file}: src has no place ${place}`];
    return importsOf(file, text).flatMap((target) => {
      const to = placeOf(target);
      const fault = `${file} imports ${target}`;
      if (!(target in sources) && !isData(target)) return [`${fault}, which is not there`];
      if (to === place) return place === 'pbx' && !pbxMayImport(file, target) ? [fault] : [];
      if (!allowed.includes('*') && !allowed.includes(to)) return [fault];
      const reachesIn = to === 'ami' && !allowed.includes('*') && !OPEN_AMI.test(target);
      return reachesIn ? [fault] : [];
    });
  });

const isData = (target: string) => target.endsWith('.json') && existsSync(join(root, 'src', target));

/** Nouns do not know each other; the index knows them all. */
const pbxMayImport = (file: string, target: string) => file === 'pbx/index.ts' || target === 'pbx/shared.ts';

const cycles = (sources: Sources): string[] => {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (path.includes(file) || done.has(file)) return;
    for (const target of importsOf(file, sources[file] ?? '')) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of Object.keys(sources)) visit(file, []);
  return found;
};

const long = (sources: Sources): string[] =>
  Object.entries(sources).flatMap(([file, text]) => (text.trimEnd().split('\n').length > 300 ? [file] : []));

const environmentReaders = (sources: Sources): string[] =>
  Object.entries(sources).flatMap(([file, text]) => (/process\s*\.\s*env/.test(text) ? [file] : []));

describe('the architecture', () => {
  const source = read(filesBelow('src'));

  it('imports from left to right only', () => {
    expect(Object.keys(source).length).toBeGreaterThan(40);
    expect(layerFaults(source)).toEqual([]);
  });

  it('has no import cycle, types counted', () => {
    expect(cycles(source)).toEqual([]);
  });

  it('reads the environment in config.ts alone', () => {
    expect(environmentReaders(source)).toEqual(['config.ts']);
  });

  it('has no file over 300 lines', () => {
    expect(long({ ...source, ...read(filesBelow('test')) })).toEqual([]);
  });

  it('names a route file as its noun', () => {
    const nouns = Object.keys(source).flatMap(
      (file) => /^pbx\/(?!index|shared|dialplan|click-to-dial)(.*)$/.exec(file)?.[1] ?? [],
    );
    expect(nouns.length).toBeGreaterThan(5);
    for (const noun of nouns) expect(source).toHaveProperty([`http/routes/${noun}`]);
  });
});

describe('the checks of the architecture', () => {
  it('see a leak, a reach into the pool, a neighbour noun and an unknown place', () => {
    const faults = layerFaults({
      'lib/a.ts': "import type { B } from '../ami/types.ts';",
      'ami/types.ts': '',
      'ami/pool.ts': '',
      'auth/guard.ts': "export { x } from '../ami/pool.ts';",
      'http/app.ts': "const x = await import('../ami/types.ts');",
      'pbx/calls.ts': "import { y } from './queues.ts';\nimport { z } from './shared.ts';",
      'pbx/queues.ts': '',
      'pbx/shared.ts': '',
      'extra/a.ts': '',
    });
    expect(faults).toHaveLength(5);
  });

  it('see a cycle', () => {
    const sources = { 'lib/a.ts': "import './b.ts';", 'lib/b.ts': "import type { A } from './a.ts';", 'lib/c.ts': '' };
    expect(cycles(sources)).toEqual(['lib/a.ts → lib/b.ts → lib/a.ts']);
  });

  it('see a long file and a reader of the environment', () => {
    expect(long({ 'lib/a.ts': 'x\n'.repeat(301) })).toEqual(['lib/a.ts']);
    expect(environmentReaders({ 'lib/a.ts': 'process.env.X' })).toEqual(['lib/a.ts']);
  });
});
