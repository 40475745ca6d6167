import Fastify from 'fastify';

/** The least a Fastify route can be: a constant object, no hooks, no token, no AMI. */
const app = Fastify({ logger: false });
const answer = JSON.parse(process.argv[3] ?? '{}') as object;
app.get('/variables/:name', () => answer);
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
