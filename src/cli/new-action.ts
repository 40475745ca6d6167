import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AMI_CLASSES, type AmiClass } from '../ami/types.ts';
import { GatewayError } from '../lib/errors.ts';

export interface NewAction {
  /** As Asterisk spells it. */
  name: string;
  /** File in ami/actions it belongs to. */
  area: string;
  classes: string;
  /** Names of required fields, with commas between. */
  fields?: string;
  changes?: boolean;
}

const refuse = (message: string): never => {
  throw new GatewayError('invalid-request', message);
};

const isClass = (name: string): name is AmiClass => (AMI_CLASSES as readonly string[]).includes(name);
const camel = (area: string): string => area.replace(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase());

const DEFINE = './define.ts';
const importing = (what: string, file: string): string => `import ${what} from '${file}';\n`;

/**
 * Writes the declaration of an action, and a test that fails until it says what the action reaches. Gives the files it
 * wrote. Throws `invalid-request` for names that are none, and where the action is there already.
 */
export const newAction = (root: string, { name, area, classes, fields = '', changes = false }: NewAction): string[] => {
  if (!/^[A-Z]\w{1,60}$/.test(name)) refuse(`${name} is no name of an action`);
  if (!/^[a-z][a-z-]{1,30}$/.test(area)) refuse(`${area} is no name of a file: write it as in queue-member`);
  const named = classes.split(',').filter((one) => one !== '');
  const unknown = named.find((one) => !isClass(one));
  if (unknown !== undefined) refuse(`${unknown} is no class of manager.conf`);
  const given = fields.split(',').filter((one) => one !== '');
  const odd = given.find((one) => !/^[A-Z]\w*$/.test(one));
  if (odd !== undefined) refuse(`${odd} is no name of a field`);

  const file = join(root, `src/ami/actions/${area}.ts`);
  const registry = join(root, 'src/ami/actions/registry.ts');
  const test = join(root, `test/ami/actions/${name}.test.ts`);
  const known = existsSync(file) ? readFileSync(file, 'utf8') : importing('{ defineAction }', DEFINE);
  if (known.includes(`name: '${name}'`) || existsSync(test)) refuse(`${name} is there already`);

  const declaration = [
    `export const ${name} = defineAction({`,
    `  name: '${name}',`,
    ...(given.length > 0 ? [`  fields: { ${given.map((field) => `${field}: text`).join(', ')} },`] : []),
    `  classes: [${named.map((one) => `'${one}'`).join(', ')}],`,
    changes ? '  changes: true,' : '  observes: true,',
    '});',
  ];
  const needsText = given.length > 0 && !/import \{[^}]*\btext\b[^}]*\} from '[^']*define/.test(known);
  const imported = needsText ? known.replace(/ \} (from '[^']*define)/, ', text } $1') : known;
  writeFileSync(file, `${imported.trimEnd()}\n\n${declaration.join('\n')}\n`);
  const modules = readFileSync(registry, 'utf8');
  if (!modules.includes(`/${area}.ts'`)) {
    const last = /\n\nconst isDeclaration/;
    const added = modules
      .replace(last, `\n${importing(`* as ${camel(area)}`, `./${area}.ts`)}\nconst isDeclaration`)
      .replace(/(const modules: readonly object\[\] = \[)/, `$1\n  ${camel(area)},`);
    writeFileSync(registry, added);
  }
  const sample = given.map((field) => `${field}: 'x'`).join(', ');
  mkdirSync(dirname(test), { recursive: true });
  writeFileSync(
    test,
    `${importing('{ expect, it }', 'vitest')}${importing(`{ ${name} }`, `../../../src/ami/actions/${area}.ts`)}
it('${name} says what it reaches', () => {
  expect(${name}({${sample === '' ? '' : ` ${sample} `}}).touches).not.toEqual([]);
});
`,
  );
  return [file, test];
};
