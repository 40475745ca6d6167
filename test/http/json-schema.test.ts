import { expect, it } from 'vitest';
import { z } from 'zod';
import { eventFieldSchema, forClients, headerSchema } from '../../src/http/json-schema.ts';

const convert = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any', override: forClients }); // prettier-ignore

it('lets answers gain members, and keeps strict what was said to be', () => {
  expect(convert(z.object({ a: z.string() }))).not.toHaveProperty('additionalProperties');
  expect(convert(z.strictObject({ a: z.string() }))).toHaveProperty('additionalProperties', false);
  expect(convert(z.looseObject({ a: z.string() }))).toHaveProperty('additionalProperties', {});
});

it('leaves out what says nothing more', () => {
  expect(convert(z.iso.datetime())).toMatchObject({ format: 'date-time' });
  expect(convert(z.iso.datetime())).not.toHaveProperty('pattern');
  expect(convert(z.string().regex(/^a$/))).toHaveProperty('pattern', '^a$');
  expect(convert(z.record(z.string(), z.string()))).not.toHaveProperty('propertyNames');
  expect(convert(z.record(z.string().max(80), z.string()))).toHaveProperty('propertyNames.maxLength', 80);
});

it('describes values that it does not look at', () => {
  expect(convert(z.record(z.string(), headerSchema))).toHaveProperty('additionalProperties.anyOf.1.items.type');
  const fields = { from: { number: '1', name: null }, legs: [{ id: 'x' }], held: false };
  expect(z.record(z.string(), eventFieldSchema).parse(fields)).toEqual(fields);
});
