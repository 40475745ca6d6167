import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { CALL_STATUSES } from '../../events/call.ts';
import type { CallView } from '../../events/call-view.ts';
import { callSchema, placedSchema, placeSchema, toRequest } from '../call-schemas.ts';
import { eventPage } from '../event-schemas.ts';
import { historyPage } from '../history.ts';
import { pageOf, pageQuery, pbxQuery, problems, timeQuery } from '../schemas.ts';
import { type ClickToDial, resolveClickToDial } from '../../pbx/click-to-dial.ts';
import { waitSeconds } from '../prefer.ts';
import type { RouteOptions } from './index.ts';
import { principalFor } from '../plugins/auth.ts';

const params = z.object({ id: z.string().min(1).max(64).describe('Id of the call') });
const SEE = ['read:call', 'write:call', 'write:originate'] as const;

export const callRoutes: FastifyPluginAsyncZod<RouteOptions> = async (
  app,
  { pbxFor, pbxOfCall, namesFor, closing, gateway, noteCall, clickToDial },
) => {
  app.post(
    '/calls',
    {
      config: { scopes: ['write:originate'], notesCall: true },
      schema: {
        operationId: 'calls.place',
        tags: ['Calls'],
        summary: 'Place a call',
        description:
          'AMI Originate, always asynchronous: rings the channel and, when it answers, connects it to the dialplan or an ' +
          'application. Click-to-dial: `from` and `to` in place of channel, context and extension. Answers at once; with `Prefer: wait=N` (at most 120) when the call is answered or has ended.',
        querystring: pbxQuery,
        headers: z.object({
          prefer: z
            .string()
            .optional()
            .describe('`wait=20`: answer when the call is answered or has ended, after 20 seconds at the latest'),
        }),
        body: placeSchema,
        response: { 201: placedSchema, ...problems(409, 429, 501) },
      },
    },
    async (request, reply) => {
      const pbx = pbxFor(request, request.query.pbx);
      const resolve = (wanted: ClickToDial) => resolveClickToDial(clickToDial, principalFor(request), wanted);
      const wait = waitSeconds(request.headers.prefer);
      const { statusCallback, ...placed } = await pbx.calls.place(toRequest(request.body, resolve), {
        callback: request.body.statusCallback,
        onPlacing: (id) => noteCall(request, id),
      });
      let call: CallView = placed;
      if (wait !== undefined) {
        call = await pbx.calls.settled(call.id, AbortSignal.any([AbortSignal.timeout(wait * 1_000), closing]));
        void reply.header('preference-applied', `wait=${wait}`);
      }
      return reply
        .code(201)
        .header('location', `/calls/${call.id}`)
        .send(statusCallback ? { ...call, statusCallback } : call);
    },
  );

  app.get(
    '/calls',
    {
      config: { scopes: SEE },
      schema: {
        operationId: 'calls.list',
        tags: ['Calls'],
        summary: 'Calls, placed here or elsewhere',
        description:
          'Newest first, open and ended, as long as the store keeps them. With write:originate alone: your own. A page can ' +
          'hold fewer than `limit`, as calls that the token may not see are left out.',
        querystring: pageQuery.extend({
          ...pbxQuery.shape,
          status: z.enum(CALL_STATUSES).optional().describe('In this status now'),
          linkedId: z.string().max(150).optional().describe("Asterisk's Linkedid"),
          number: z.string().max(32).optional().describe('Digits that a number of any party ends with'),
          from: timeQuery.optional().describe('Started at this time or later'),
          to: timeQuery.optional().describe('Started before this time'),
        }),
        response: { 200: pageOf(callSchema).meta({ id: 'CallPage' }), ...problems() },
      },
    },
    async (request) => {
      const { pbx, number, ...query } = request.query;
      const digits = number?.replace(/\D/g, '');
      return gateway.listCalls(principalFor(request), {
        ...query,
        pbx: namesFor(request, pbx),
        number: digits || undefined,
      });
    },
  );

  app.get(
    '/calls/:id',
    {
      config: { scopes: SEE },
      schema: {
        operationId: 'calls.get',
        tags: ['Calls'],
        summary: 'One call',
        params,
        response: { 200: callSchema, ...problems(404) },
      },
    },
    async (request) => (await pbxOfCall(request, request.params.id)).calls.get(request.params.id),
  );

  app.get(
    '/calls/:id/events',
    {
      config: { scopes: SEE },
      schema: {
        operationId: 'calls.events',
        tags: ['Calls'],
        summary: 'What happened in a call',
        description:
          'Every kept event of its channels that the token may see, oldest first, with the call events between.',
        params,
        querystring: pageQuery,
        response: { 200: eventPage, ...problems(404) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const pbx = await pbxOfCall(request, id);
      await pbx.calls.get(id);
      return historyPage(gateway.events, principalFor(request), { pbx: pbx.name, call: id, ...request.query });
    },
  );

  app.delete(
    '/calls/:id',
    {
      config: { scopes: ['write:call', 'write:system'] },
      schema: {
        operationId: 'calls.hangup',
        tags: ['Calls'],
        summary: 'End a call, ringing or answered',
        description: 'AMI Hangup of the channel that carries the call.',
        params,
        response: { 204: z.void().describe('The hangup was ordered'), ...problems(404, 409) },
      },
    },
    async (request, reply) => {
      const pbx = await pbxOfCall(request, request.params.id);
      await pbx.calls.hangup(request.params.id);
      return reply.code(204).send();
    },
  );
};
