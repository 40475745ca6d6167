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

/** No Asterisk of the lab has these to show, or the answer is a stream or a text. */
const WITHOUT_EXAMPLE = [
  'contacts.list', 'dahdi.channels', 'dahdi.status', 'events.stream', 'fax.session', 'fax.sessions',
  'iax.registrations', 'mailboxes.messages', 'meetme.list', 'meetme.participants', 'metrics.get', 'mwi.get', 'pri.spans',
  'registrations.inbound', 'registrations.inboundContacts', 'sip.registrations', 'skinny.devices', 'skinny.lines',
  'subscriptions.inbound', 'subscriptions.outbound',
]; // prettier-ignore

it('openapi.json shows an answer of each read, as `npm run answers` had it from real Asterisks', () => {
  interface Schema { $ref?: string; examples?: unknown[]; properties?: Record<string, Schema>; items?: Schema } // prettier-ignore
  interface Media { schema: Schema; example?: unknown; examples?: unknown } // prettier-ignore
  interface Operation { operationId: string; responses: Record<string, { content?: Record<string, Media> }> } // prettier-ignore
  const { paths, components } = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as {
    paths: Record<string, { get?: Operation }>;
    components: { schemas: Record<string, Schema> };
  };
  const shown = (schema: Schema | undefined): boolean =>
    schema !== undefined &&
    (schema.examples !== undefined ||
      shown(components.schemas[schema.$ref?.split('/').at(-1) ?? '']) ||
      [...Object.values(schema.properties ?? {}), schema.items].some(shown));
  const reads = Object.values(paths).flatMap(({ get }) => get ?? []);
  const without = reads.filter(({ responses }) =>
    Object.values(responses['200']?.content ?? {}).some(
      ({ schema, example, examples }) => example === undefined && examples === undefined && !shown(schema),
    ),
  );
  expect(without.map(({ operationId }) => operationId).sort()).toEqual(WITHOUT_EXAMPLE);
});

it('openapi.json shows a body for each write that takes one', () => {
  interface Schema { $ref?: string; examples?: unknown[]; required?: string[] } // prettier-ignore
  interface Operation { operationId: string; requestBody?: { content: Record<string, { schema: Schema; example?: unknown; examples?: unknown }> } } // prettier-ignore
  const { paths, components } = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, Schema> };
  };
  const writes = Object.values(paths).flatMap((methods) => Object.values(methods)).filter((one) => one.requestBody); // prettier-ignore
  const without = writes.filter(({ requestBody }) =>
    Object.values(requestBody?.content ?? {}).some(({ schema, example, examples }) => {
      const named = components.schemas[schema.$ref?.split('/').at(-1) ?? ''];
      return (example ?? examples ?? schema.examples ?? named?.examples) === undefined;
    }),
  );
  expect(writes.length).toBeGreaterThan(50);
  expect(without.map(({ operationId }) => operationId)).toEqual([]);
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
