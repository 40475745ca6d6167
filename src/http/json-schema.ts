import { z } from 'zod';

interface Converted {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}

/** Makes of zod's JSON Schema what a client can be generated from. */
export const forClients = ({ zodSchema, jsonSchema }: Converted): void => {
  const { def } = zodSchema._zod;
  // Zod leaves them out where an input is transformed; ours are of inputs.
  const examples = z.globalRegistry.get(zodSchema)?.examples;
  if (Array.isArray(examples)) jsonSchema.examples ??= examples;
  // Answers gain members in later versions; strict clients would refuse those. Strict bodies stay strict.
  if (def.type === 'object' && !def.catchall) delete jsonSchema.additionalProperties;
  // The format says it in one word; the pattern is 300 characters, each time.
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  // Every name is a string.
  if (def.type === 'record' && Object.keys(jsonSchema.propertyNames ?? {}).join() === 'type')
    delete jsonSchema.propertyNames;
  if (def.type === 'undefined' || def.type === 'void') jsonSchema.type = 'null';
};

// What follows is written by the gateway itself: clients see the types, and nothing is looked at again on its way out.
const scalar = { type: ['string', 'number', 'boolean', 'null'] };

/** A header of Asterisk; a list where it came more than once. */
export const headerSchema = z.unknown().meta({ anyOf: [scalar, { type: 'array', items: scalar }] });

/** What a route does not tell under names of its own. */
export const fieldsSchema = z
  .record(z.string(), headerSchema)
  .describe('What else Asterisk tells of it, typed, in camelCase');

export const eventFieldSchema = z
  .unknown()
  .meta({ anyOf: [scalar, { type: 'array', items: {} }, { type: 'object', additionalProperties: {} }] });
