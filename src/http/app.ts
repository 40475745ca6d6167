import fastifyCors from '@fastify/cors';
import fastifyWebsocket from '@fastify/websocket';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { type Clock, systemClock } from '../lib/clock.ts';
import { GatewayError } from '../lib/errors.ts';
import { createIds } from '../lib/ids.ts';
import { silentLog } from '../lib/log.ts';
import type { Webhooks } from '../events/webhooks/webhooks.ts';
import type { Audit } from '../auth/audit.ts';
import type { Accounts } from '../auth/accounts.ts';
import { createAttempts } from '../auth/attempts.ts';
import { createIssuing } from '../auth/issuing.ts';
import { classesOf, createRates, type RateLimits } from '../auth/rates.ts';
import { createRevocations } from '../auth/revocation.ts';
import { matchesAnyGlob } from '../lib/glob.ts';
import type { ClickToDialSettings } from '../pbx/click-to-dial.ts';
import type { Gateway } from '../pbx/index.ts';
import type { Store } from '../store/store.ts';
import { refuseClient, registerErrorHandling, sendProblem } from './error-handler.ts';
import type { Metrics } from './metrics.ts';
import { MAX_WAIT_SECONDS } from './prefer.ts';
import { principalFor, registerAuth } from './plugins/auth.ts';
import type { AuthOptions } from './plugins/verify.ts';
import { createTickets } from './plugins/tickets.ts';
import { registerConnections } from './plugins/connections.ts';
import { createNoteCall, registerIdempotency } from './plugins/idempotency.ts';
import { registerDryRun } from './plugins/dry-run.ts';
import { registerAudit } from './plugins/audit.ts';
import { registerRates, tellBudget } from './plugins/rates.ts';
import { registerDocs } from './plugins/docs.ts';
import { resources } from './resources/index.ts';
import { actionRoutes } from './routes/actions.ts';
import { auditRoutes } from './routes/audit.ts';
import { callRoutes } from './routes/calls.ts';
import { channelRoutes } from './routes/channels.ts';
import { eventSocketRoutes } from './routes/event-socket.ts';
import { eventRoutes } from './routes/events.ts';
import { commandRoutes } from './routes/commands.ts';
import { healthRoutes } from './routes/health.ts';
import type { RouteOptions } from './routes/index.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { permissionRoutes } from './routes/permissions.ts';
import { pbxRoutes } from './routes/pbx.ts';
import { oauthRoutes } from './routes/oauth.ts';
import { problemRoutes } from './routes/problems.ts';
import { queueRoutes } from './routes/queues.ts';
import { recordingRoutes } from './routes/recordings.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { variableRoutes } from './routes/variables.ts';
import { webhookRoutes } from './routes/webhooks.ts';

export interface AppOptions {
  gateway: Gateway;
  metrics: Metrics;
  webhooks: Webhooks;
  audit: Audit;
  /** For Idempotency-Keys, tokens and what was audited. */
  store: Pick<Store, 'idempotency' | 'tokens' | 'audit'>;
  auth: AuthOptions;
  /** Users of manager.conf. */
  accounts?: Accounts | undefined;
  version: string;
  logger?: FastifyBaseLogger | undefined;
  clickToDial?: ClickToDialSettings;
  /** For tokens that bring no limits of their own. */
  rateLimits?: RateLimits | undefined;
  corsOrigins?: readonly string[];
  trustProxy?: boolean | string;
  metricsPublic?: boolean;
  draining?: () => boolean;
  https?: { cert: string; key: string } | undefined;
  clock?: Clock;
  /** Checks each answer against its schema; for tests. */
  validateResponses?: boolean;
}

const operationOf = (request: FastifyRequest): string =>
  request.routeOptions.schema?.operationId ?? request.routeOptions.url ?? 'not-found';

/** A child a request would be the dearest thing about it; the request's id is named where something is logged. */
const withoutChildren = (logger: FastifyBaseLogger): FastifyBaseLogger => {
  const one = Object.create(logger, { child: { value: () => one } }) as FastifyBaseLogger;
  return one;
};

/** The HTTP side, with no port opened yet. */
export const buildApp = async (options: AppOptions): Promise<FastifyInstance> => {
  const { gateway, metrics } = options;
  const nextId = createIds();
  const app = Fastify({
    ...(options.logger ? { loggerInstance: withoutChildren(options.logger) } : { logger: false }),
    ...(options.https ? { https: options.https } : {}),
    trustProxy: options.trustProxy ?? false,
    // A path that cannot be decoded, or a parameter that is too long, never reaches a route.
    frameworkErrors: (error, request, reply) => {
      reply.header('x-request-id', request.id);
      sendProblem(request, reply, error);
    },
    clientErrorHandler: (error, socket) => {
      refuseClient(options.logger ?? silentLog, error, socket, nextId());
    },
    bodyLimit: 64 * 1_024,
    // Silence on a connection: longer than the longest wait a client may ask for.
    connectionTimeout: (MAX_WAIT_SECONDS + 10) * 1_000,
    requestTimeout: 15_000,
    routerOptions: { maxParamLength: 512 },
    // One line a request, ours, below: without headers, so without tokens.
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: false,
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && /^[\w.:-]{1,80}$/.test(given) ? given : nextId();
    },
  }).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(options.validateResponses ? serializerCompiler : () => JSON.stringify);
  registerErrorHandling(app);
  registerConnections(app);
  // Many clients say application/json also where they send nothing, as on DELETE.
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body === '') done(null, undefined);
    else void parseJson(request, body, done);
  });

  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const operation = operationOf(request);
    const ms = reply.elapsedTime;
    metrics.httpRequest(operation, request.method, reply.statusCode, ms / 1_000);
    request.log.info(
      {
        reqId: request.id,
        operation,
        status: reply.statusCode,
        ms: Math.round(ms * 10) / 10,
        sub: request.principal?.sub,
      },
      `${request.method} ${operation} ${reply.statusCode}`,
    );
    done();
  });

  const clock = options.clock ?? systemClock;
  registerRates(app);
  registerAudit(app, { audit: options.audit, clock, operationOf });
  if (options.corsOrigins?.length) {
    await app.register(fastifyCors, {
      origin: [...options.corsOrigins],
      methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: [
        'idempotent-replayed',
        'location',
        'preference-applied',
        'ratelimit',
        'ratelimit-policy',
        'retry-after',
        'x-request-id',
      ],
    });
  }

  const closing = new AbortController();
  app.addHook('preClose', async () => {
    closing.abort();
  });

  const { accounts } = options;
  const tickets = createTickets({ clock });
  const rates = createRates({ clock, defaults: options.rateLimits });
  const revocations = await createRevocations({ store: options.store, clock });
  // Before the token is checked: it is what closes the socket of a refused upgrade.
  await app.register(fastifyWebsocket, { options: { maxPayload: 64 * 1_024 } });
  app.addHook('preValidation', (request, _reply, done) => {
    const { schema, config } = request.routeOptions;
    // Where every field is optional, no body at all is a body too.
    if (schema?.body !== undefined) request.body ??= {};
    // It would be opened, closed, and logged with its whole URL, ticket and all.
    const elsewhere = request.ws && !config.socket;
    done(elsewhere ? new GatewayError('invalid-request', 'There is no WebSocket here, but at /events/ws') : undefined);
  });
  // Before a scope is asked for: that is part of the verdict.
  registerDryRun(app);
  const verifyToken = await registerAuth(app, { ...options.auth, tickets, revocations, accounts, rates });
  const pbxFor: RouteOptions['pbxFor'] = (request, name) =>
    gateway.open(name, principalFor(request), {
      requestId: request.id,
      address: request.ip,
      onBudget: (budget) => {
        tellBudget(request, budget);
      },
      operation: operationOf(request),
      dryRun: request.dryRun,
      judgeOnly: request.judgeOnly,
    });
  const routeOptions: RouteOptions = {
    gateway,
    clock,
    tickets,
    revocations,
    takeRate: (request, scopes) => {
      rates.take(principalFor(request), classesOf(scopes), (budget) => {
        tellBudget(request, budget);
      });
    },
    accounts,
    attempts: createAttempts({ clock }),
    issuing: createIssuing({
      ...options.auth,
      rateLimits: options.rateLimits,
      store: options.store,
      revocations,
      disown: options.webhooks.disown,
      clock,
    }),
    verifyToken,
    pbxFor,
    webhooks: options.webhooks,
    clickToDial: options.clickToDial ?? {
      endpoint: 'PJSIP/{extension}',
      region: null,
      format: '{digits}',
      context: null,
      callerId: null,
    },
    noteCall: createNoteCall(options.store),
    closing: closing.signal,
    pbxOfCall: async (request, callId) => pbxFor(request, await gateway.locateCall(callId)),
    namesFor: (request, name) => {
      if (name !== undefined) return [name];
      const allowed = principalFor(request).limits.pbx;
      return gateway.names.filter((known) => !allowed || matchesAnyGlob(known, allowed));
    },
  };

  registerIdempotency(app, { store: options.store, clock });
  await registerDocs(app, options.version);
  await app.register(healthRoutes, { gateway, draining: options.draining ?? (() => false) });
  await app.register(metricsRoutes, { metrics, public: options.metricsPublic ?? false });
  await app.register(problemRoutes);
  await app.register(callRoutes, routeOptions);
  await app.register(eventRoutes, routeOptions);
  await app.register(eventSocketRoutes, routeOptions);
  await app.register(channelRoutes, routeOptions);
  await app.register(variableRoutes, routeOptions);
  await app.register(recordingRoutes, routeOptions);
  await app.register(queueRoutes, routeOptions);
  await app.register(commandRoutes, routeOptions);
  await app.register(webhookRoutes, routeOptions);
  await app.register(oauthRoutes, { ...routeOptions, auth: options.auth });
  await app.register(tokenRoutes, routeOptions);
  await app.register(auditRoutes, { store: options.store });
  await app.register(permissionRoutes, routeOptions);
  for (const register of resources) register(app, routeOptions);
  await app.register(actionRoutes, routeOptions);
  await app.register(pbxRoutes, routeOptions);
  return app;
};
