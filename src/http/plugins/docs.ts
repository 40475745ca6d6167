import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

const tags = [
  { name: 'Calls', description: 'Calls placed by this gateway, from first ring to hangup cause' },
  { name: 'Channels', description: 'Live channels of the PBX' },
  { name: 'Variables', description: 'Channel and global variables, dialplan functions' },
  { name: 'Recordings', description: 'Recording of live channels' },
  { name: 'Queues', description: 'Queues, their members and callers' },
  { name: 'Commands', description: 'The Asterisk CLI, by allowed prefixes' },
  { name: 'PBX', description: 'The servers behind this gateway' },
  { name: 'Health', description: 'Probes and figures' },
  { name: 'Problems', description: 'Error codes' },
];

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
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
    transform: (document) => {
      const { schema, url } = jsonSchemaTransform(document);
      const scopes = document.route.config?.scopes;
      const description = [schema.description, scopes && `Scopes: ${scopes.join(' or ')}`].filter(Boolean).join('\n\n');
      return { url, schema: { ...schema, description, security: scopes ? [{ bearer: [] }] : [] } };
    },
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(async (open) => {
    open.addHook('onRoute', (route) => {
      route.config = { ...route.config, public: true };
    });
    await open.register(fastifySwaggerUi, {
      routePrefix: '/docs',
      staticCSP: true,
      uiConfig: {
        persistAuthorization: true,
        tryItOutEnabled: true,
        displayRequestDuration: true,
        docExpansion: 'list',
      },
    });
  });
  app.get('/openapi.json', { config: { public: true }, schema: { hide: true } }, () => app.swagger());
};
