import fastifyHelmet from '@fastify/helmet';
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { STATUS_CODES } from 'node:http';
import { asyncApi, openApiWebhooks } from '../asyncapi.ts';
import answers from '../answers.json' with { type: 'json' };
import { forClients } from '../json-schema.ts';

const tags = [
  { name: 'Calls', description: 'Calls of the PBX, placed here or elsewhere, from first ring to hangup cause' },
  { name: 'Events', description: 'What happens, as a stream that can be resumed, and what happened' },
  { name: 'Channels', description: 'Live channels of the PBX' },
  { name: 'Variables', description: 'Channel and global variables, dialplan functions' },
  { name: 'Recordings', description: 'Recording of live channels' },
  { name: 'Queues', description: 'Queues, their members and callers' },
  { name: 'Bridges', description: 'Who talks to whom, and bridges as such' },
  { name: 'Conferences', description: 'ConfBridge and MeetMe' },
  { name: 'Parking', description: 'Parking lots and parked calls' },
  { name: 'Agents', description: 'Agents of app_agent_pool' },
  { name: 'States', description: 'States of devices, extensions and presence' },
  { name: 'Endpoints', description: 'Phones and carriers: PJSIP, IAX2, and chan_sip and Skinny where they still are' },
  { name: 'DAHDI', description: 'Analogue lines and PRI spans on cards' },
  { name: 'AstDB', description: "Asterisk's own database" },
  { name: 'Mailboxes', description: 'Voicemail and message waiting' },
  { name: 'Configuration', description: 'Configuration files' },
  { name: 'Dialplan', description: 'Contexts and extensions' },
  { name: 'Messages', description: 'Text messages and user events' },
  { name: 'Fax', description: 'Fax sessions' },
  { name: 'System', description: 'Modules, reload, logs, caches' },
  { name: 'Actions', description: 'Every AMI action by its name' },
  { name: 'Commands', description: 'The Asterisk CLI, by allowed prefixes' },
  { name: 'Webhooks', description: 'Events posted to your service, signed, until it has taken them' },
  { name: 'Tokens', description: 'What your token may do; making and taking back tokens' },
  { name: 'Audit', description: 'Who did what, as a chain that shows what was changed' },
  { name: 'PBX', description: 'The servers behind this gateway' },
  { name: 'Health', description: 'Probes and figures' },
  { name: 'Problems', description: 'Error codes' },
];

/** Swagger UI sets styles of its own; all else comes from here, and no page may frame it. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'";

type Described = Record<string, unknown> & { description?: string };

const describeResponses = (response: unknown, operation: string) =>
  Object.fromEntries<object>(
    Object.entries((response ?? {}) as Record<string, Described>).map(([status, schema]) => {
      const described = { description: STATUS_CODES[status] ?? '', ...schema, ...(status === '204' ? { type: 'null' } : {}) }; // prettier-ignore
      const example = status === '200' ? (answers as Readonly<Record<string, object>>)[operation] : undefined;
      if (example === undefined) return [status, described];
      const { description, ...plain } = described;
      return [status, { description, content: { 'application/json': { schema: plain, example } } }];
    }),
  );

/** Schemas nothing refers to: each comes in an input and an output variant, and few are used as both. */
const withoutUnused = <T extends object>(document: T): T => {
  const { components } = document as { components?: { schemas?: Record<string, unknown> } };
  const schemas = components?.schemas ?? {};
  for (let before = -1; before !== Object.keys(schemas).length;) {
    before = Object.keys(schemas).length;
    const text = JSON.stringify(document);
    for (const name of Object.keys(schemas)) {
      if (!text.includes(`"#/components/schemas/${name}"`)) Reflect.deleteProperty(schemas, name);
    }
  }
  return document;
};

const zodToJsonConfig = { override: forClients };
const toJsonSchema = createJsonSchemaTransform({ zodToJsonConfig });
const toComponents = createJsonSchemaTransformObject({ zodToJsonConfig });

/** OpenAPI 3.1 from the routes themselves, and Swagger UI at /docs. Register before the routes. */
export const registerDocs = async (app: FastifyInstance, version: string): Promise<void> => {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'ami-gateway',
        version,
        description: 'REST gateway to the Asterisk Manager Interface. Errors are problem documents (RFC 9457).',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      tags,
      webhooks: openApiWebhooks(),
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          managerConf: {
            type: 'oauth2',
            description: 'Name and secret of a user of manager.conf, where the operator has set MANAGER_CONF',
            flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: {} } },
          },
        },
      },
    },
    transform: (document) => {
      const { schema, url } = toJsonSchema(document);
      const { scopes, anyToken } = document.route.config ?? {};
      const needs = anyToken ? 'Any token.' : scopes && `Scopes: ${scopes.join(' or ')}`;
      const description = [schema.description, needs].filter(Boolean).join('\n\n');
      const response = describeResponses(schema.response, schema.operationId ?? '');
      const security: Record<string, string[]>[] = needs ? [{ bearer: [] }, { managerConf: [] }] : [];
      return {
        url,
        schema: { ...schema, description, response, security },
      };
    },
    transformObject: (document) => withoutUnused(toComponents(document)),
  });
  await app.register(async (open) => {
    open.addHook('onRoute', (route) => {
      route.config = { ...route.config, public: true };
    });
    // Pages need what helmet sets; JSON answers carry nosniff and no more.
    await open.register(fastifyHelmet, { contentSecurityPolicy: false, strictTransportSecurity: false });
    await open.register(fastifySwaggerUi, {
      routePrefix: '/docs',
      staticCSP: CONTENT_SECURITY_POLICY,
      theme: { title: 'ami-gateway' },
      uiConfig: {
        persistAuthorization: true,
        tryItOutEnabled: true,
        displayRequestDuration: true,
        docExpansion: 'list',
        // Without the bar on top, whose mark and search are another project's and for other documents.
        layout: 'BaseLayout',
      },
    });
  });
  app.get('/asyncapi.json', { config: { public: true }, schema: { hide: true } }, () => asyncApi(version));
  app.get('/openapi.json', { config: { public: true }, schema: { hide: true } }, () => app.swagger());
};
