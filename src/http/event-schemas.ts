import { z } from 'zod';
import { eventFieldSchema } from './json-schema.ts';
import { pageOf, timeSchema } from './schemas.ts';

export const eventSchema = z
  .object({
    id: z.string().describe('`epoch-sequence`: unique, and in order within one server'),
    pbx: z.string(),
    at: timeSchema,
    class: z.array(z.string()).describe('AMI classes; a token needs `read:` of each'),
    name: z.string().describe('`channel.created`, `call.ended`; `other.…` for what the catalogue does not know'),
    ami: z.string().nullable().describe("Asterisk's name; null for what the gateway derives"),
    channel: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
    call: z.string().nullable().describe('Id under /calls'),
    queue: z.string().nullable(),
    fields: z.record(z.string(), eventFieldSchema).describe('Every header of the event, typed, in camelCase'),
  })
  .meta({ id: 'Event' });

export const eventPage = pageOf(eventSchema).meta({ id: 'EventPage' });

const list = (describe: string) =>
  z
    .string()
    .max(2_000)
    .optional()
    .transform((text) =>
      text
        ?.split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    ) // prettier-ignore
    .describe(describe);

export const filterQuery = z.object({
  pbx: list('Names of servers, with commas between; all the token may use where absent'),
  class: list('AMI classes: `call,agent`'),
  name: list('Names of events, `*` for any run of characters: `call.*,queue.*`'),
  channel: list('Uniqueids or names of channels, as patterns'),
  call: list('Ids of calls'),
  queue: list('Queues, as patterns'),
});
