import { Validator } from '@seriousme/openapi-schema-validator';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { actionsTable } from './helpers/actions-table.ts';

it('docs/actions.md lists every action with its scopes and routes', async () => {
  await expect(await actionsTable()).toMatchFileSnapshot('../docs/actions.md');
});

it('docs/client.md shows what npm run client:test runs', () => {
  const shown = readFileSync('docs/client.md', 'utf8').match(/(?<=^```ts\n)[^]*?(?=^```$)/gm);
  expect(shown).toEqual(['gateway', 'first-call'].map((name) => readFileSync(`client/${name}.ts`, 'utf8')));
});

it('openapi.json is OpenAPI 3.1', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(readFileSync('openapi/openapi.json', 'utf8')));
  expect([valid, errors, validator.version]).toEqual([true, undefined, '3.1']);
});

it('the typed client runs every example of the README', () => {
  const { paths } = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as { paths: Record<string, object> };
  const client = ['examples', 'first-call', 'readme'].map((name) => readFileSync(`client/${name}.ts`, 'utf8')).join('');
  const run = new Set([...client.matchAll(/\.(GET|POST|PUT|PATCH|DELETE)\(\s*'([^']+)'/g)].map(([, method, path]) => `${method} ${path}`)); // prettier-ignore
  const commands = [...readFileSync('README.md', 'utf8').matchAll(/`gw ([^`]+)`/g)].map(([, command = '']) => command);
  const asked = commands.map((command) => {
    const method = /-X (\w+)/.exec(command)?.[1] ?? (command.includes(' -d ') ? 'POST' : 'GET');
    const path = /\$G([^\s"'?]*)/.exec(command)?.[1] ?? '';
    const known = Object.entries(paths).find(([known, methods]) => method.toLowerCase() in methods && new RegExp(`^${known.replace(/\{\w+\}/g, '[^/]+')}$`).test(path)); // prettier-ignore
    return `${method} ${known?.[0] ?? path}`;
  });
  expect(asked.length).toBeGreaterThan(40);
  // The descriptions themselves are read by the generator, and fetched as they are.
  const fetched = ['GET /openapi.json', 'GET /asyncapi.json'];
  expect(asked.filter((one) => !run.has(one) && !fetched.includes(one))).toEqual([]);
});
