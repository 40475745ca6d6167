import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ReadOptions, scopesOf } from '../../pbx/resources.ts';
import { eventFieldSchema, headerSchema } from '../json-schema.ts';
import { listOf, pageQuery, paginate, pbxQuery, problems } from '../schemas.ts';
import type { RouteOptions } from './index.ts';

type Shape = z.ZodRawShape;
interface Input<P extends Shape, Q extends Shape, B extends Shape> {
  params: z.output<z.ZodObject<P>>;
  query: z.output<z.ZodObject<Q>>;
  body: z.output<z.ZodObject<B>>;
}

/** A route that is one AMI action: what it takes, what it sends, what it gives. */
export interface ResourceSpec<P extends Shape, Q extends Shape, B extends Shape> extends ReadOptions {
  /** `GET /bridges/:id`. */
  route: string;
  /** `bridges.get`. */
  id: string;
  tag: string;
  summary: string;
  /** What Asterisk does that one would not expect. */
  notes?: string;
  /** Name of the AMI action. */
  action: string;
  params?: P;
  query?: Q;
  body?: B;
  example?: object;
  /** Its fields, by AMI's names; those undefined are left out. */
  fields?: (input: Input<P, Q, B>) => Record<string, unknown>;
  /** Where in the dialplan it leads: asked about first, as Asterisk does not. */
  target?: (input: Input<P, Q, B>) => { context: string; extension: string };
  /** Items of a list; the one thing; or nothing, as something was done. */
  gives: 'list' | 'one' | 'done';
  /** Statuses besides the usual. */
  statuses?: readonly number[];
}

export type Resource = (app: FastifyInstance, options: Pick<RouteOptions, 'pbxFor'>) => void;

const itemSchema = z
  .record(z.string(), headerSchema)
  .meta({ id: 'Item', description: 'Every header Asterisk gave, typed, in camelCase' });
const itemListSchema = listOf(itemSchema).meta({ id: 'ItemList' });

/** What a reader has put together of several messages. */
const composedSchema = z
  .record(z.string(), eventFieldSchema)
  .meta({ id: 'ComposedItem', description: 'As Item, with lists of what belongs to it' });
const composedListSchema = listOf(composedSchema).meta({ id: 'ComposedItemList' });

export const resource =
  <P extends Shape = Shape, Q extends Shape = Shape, B extends Shape = Shape>(spec: ResourceSpec<P, Q, B>): Resource =>
  (app, { pbxFor }) => {
    const [method = 'GET', url = '/'] = spec.route.split(' ');
    const { gives, action, notes, statuses = [] } = spec;
    const body = spec.body && z.strictObject(spec.body);
    const query = z.object({ ...spec.query, ...pbxQuery.shape, ...(gives === 'list' ? pageQuery.shape : {}) });
    const [one, many] = spec.read ? [composedSchema, composedListSchema] : [itemSchema, itemListSchema];
    const answer = { list: { 200: many }, one: { 200: one }, done: { 204: z.null() } }[gives];
    app.withTypeProvider<ZodTypeProvider>().route({
      method,
      url,
      config: { scopes: scopesOf(action) },
      schema: {
        operationId: spec.id,
        tags: [spec.tag],
        summary: spec.summary,
        description: [`AMI ${action}.`, notes].filter(Boolean).join(' '),
        querystring: query,
        ...(spec.params ? { params: z.object(spec.params) } : {}),
        ...(body ? { body: spec.example ? body.meta({ examples: [spec.example] }) : body } : {}),
        response: { ...answer, ...problems(404, ...statuses, 501) },
      },
      async handler(request, reply) {
        const input = { params: request.params, query: request.query, body: request.body } as Input<P, Q, B>;
        const page = request.query as z.output<typeof pageQuery> & z.output<typeof pbxQuery>;
        const { resources } = pbxFor(request, page.pbx);
        const fields = spec.fields?.(input) ?? {};
        if (gives === 'done') {
          const target = spec.target?.(input);
          await resources.done(action, fields, target && { ...target, priority: 1 });
          return reply.code(204).send(null);
        }
        if (gives === 'one') return reply.send(await resources.one(action, fields, spec));
        const items = await resources.list(action, fields, spec);
        return reply.send(paginate(items, page));
      },
    });
  };

const name = (what: string, example: string) => z.string().min(1).max(256).describe(what).meta({ example });

/** Parameters that many routes share. */
export const by = {
  channel: { id: name('Name of the channel, percent-encoded, or its Uniqueid', '1711432800.42') },
  queue: { name: name('Name of the queue', 'support') },
  bridge: { id: name('Id of the bridge', '6b1d…') },
  room: { room: name('Name of the conference', '1000') },
  endpoint: { id: name('Name of the endpoint', 'agent001') },
};
export const text = z.string().min(1).max(900);
