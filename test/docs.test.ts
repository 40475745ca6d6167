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
