import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newAction } from '../../src/cli/new-action.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'new-action-'));
  for (const part of ['src/ami', 'src/lib', 'package.json']) cpSync(part, join(root, part), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const declared = (name: string): unknown =>
  JSON.parse(
    execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const { declarations } = await import(${JSON.stringify(join(root, 'src/ami/actions/registry.ts'))});
         const found = declarations.find(({ name }) => name === '${name}');
         console.log(JSON.stringify(found && { classes: found.classes, changes: found.changes, fields: Object.keys(found.fields.shape) }));`,
      ],
      { encoding: 'utf8' },
    ),
  );

it.each([
  ['in a file that is there', 'queue'],
  ['in a new one', 'new-thing'],
])('is declared %s, with a test that fails until it is filled in', (_what, area) => {
  const [file = '', test = ''] = newAction(root, { name: 'QueueFoo', area, classes: 'agent,call', fields: 'Queue,Member', changes: true }); // prettier-ignore
  expect(declared('QueueFoo')).toEqual({ classes: ['agent', 'call'], changes: true, fields: ['Queue', 'Member'] });
  expect(file).toContain(`${area}.ts`);
  expect(readFileSync(test, 'utf8')).toContain('not.toEqual([])');
  expect(() => newAction(root, { name: 'QueueFoo', area, classes: 'agent' })).toThrow('there already');
});

it('imports no more than it uses', () => {
  const [file = ''] = newAction(root, { name: 'QueueBar', area: 'new-thing', classes: 'agent' });
  expect(readFileSync(file, 'utf8')).toContain("import { defineAction } from './define.ts';");
  newAction(root, { name: 'QueueBaz', area: 'new-thing', classes: 'agent', fields: 'Queue' });
  expect(readFileSync(file, 'utf8')).toContain("import { defineAction, text } from './define.ts';");
});

it.each([
  [{ name: 'queueFoo', area: 'queue', classes: 'agent' }, 'no name of an action'],
  [{ name: 'QueueFoo', area: '../queue', classes: 'agent' }, 'no name of a file'],
  [{ name: 'QueueFoo', area: 'queue', classes: 'agents' }, 'no class'],
  [{ name: 'QueueFoo', area: 'queue', classes: 'agent', fields: "x'" }, 'no name of a field'],
])('is refused: %j', (wish, why) => {
  expect(() => newAction(root, wish)).toThrow(why);
});
