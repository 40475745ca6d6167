import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { channelParams, pbxQuery, problems } from '../schemas.ts';
import type { RouteOptions } from './index.ts';

const nameShape = {
  name: z
    .string()
    .min(1)
    .max(200)
    .describe('A variable, or a function of the safe list such as CALLERID(num)')
    .meta({ example: 'CALLERID(num)' }),
};
const globalParams = z.object(nameShape);
const ofChannelParams = channelParams.extend(nameShape);

const variableSchema = z
  .object({
    name: z.string(),
    value: z.string().nullable().describe('Null where empty or not set: Asterisk does not tell these apart'),
  })
  .meta({ id: 'Variable', examples: [{ name: 'campaign_id', value: 'SALES01' }] });

const bodySchema = z.strictObject({ value: z.string() }).meta({ examples: [{ value: 'SALES01' }] });

const READ = { scopes: ['write:call', 'write:reporting'] as const };
const WRITE = { scopes: ['write:call'] as const };
const readDescription =
  'AMI Getvar. Needs write:call or write:reporting, as in Asterisk: values can be secrets. Functions beyond the safe list ' +
  'must be listed in the token.';

export const variableRoutes: FastifyPluginAsyncZod<RouteOptions> = async (app, { pbxFor }) => {
  app.get(
    '/variables/:name',
    {
      config: READ,
      schema: {
        operationId: 'variables.getGlobal',
        tags: ['Variables'],
        summary: 'Read a global variable',
        description: readDescription,
        params: globalParams,
        querystring: pbxQuery,
        response: { 200: variableSchema, ...problems() },
      },
    },
    async (request) => {
      const { name } = request.params;
      return { name, value: await pbxFor(request, request.query.pbx).variables.get(name) };
    },
  );

  app.put(
    '/variables/:name',
    {
      config: WRITE,
      schema: {
        operationId: 'variables.setGlobal',
        tags: ['Variables'],
        summary: 'Set a global variable',
        description: 'AMI Setvar without a channel.',
        params: globalParams,
        querystring: pbxQuery,
        body: bodySchema,
        response: { 200: variableSchema, ...problems(409) },
      },
    },
    async (request) => {
      const { name } = request.params;
      await pbxFor(request, request.query.pbx).variables.set(name, request.body.value);
      return { name, value: request.body.value };
    },
  );

  app.get(
    '/channels/:id/variables/:name',
    {
      config: READ,
      schema: {
        operationId: 'variables.get',
        tags: ['Variables'],
        summary: 'Read a variable of a channel',
        description: readDescription,
        params: ofChannelParams,
        querystring: pbxQuery,
        response: { 200: variableSchema, ...problems(404) },
      },
    },
    async (request) => {
      const { id, name } = request.params;
      return { name, value: await pbxFor(request, request.query.pbx).variables.get(name, id) };
    },
  );

  app.put(
    '/channels/:id/variables/:name',
    {
      config: WRITE,
      schema: {
        operationId: 'variables.set',
        tags: ['Variables'],
        summary: 'Set a variable of a channel',
        description: 'AMI Setvar.',
        params: ofChannelParams,
        querystring: pbxQuery,
        body: bodySchema,
        response: { 200: variableSchema, ...problems(404, 409) },
      },
    },
    async (request) => {
      const { id, name } = request.params;
      await pbxFor(request, request.query.pbx).variables.set(name, request.body.value, id);
      return { name, value: request.body.value };
    },
  );
};
