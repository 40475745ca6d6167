import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { DryRun, refused } from '../auth/dry-run.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { toProblem } from './problems.ts';

const BY_FASTIFY_CODE: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed-json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed-json',
};

/** Whatever was thrown, as one of ours. Text of errors we do not know stays in the log. */
export const normalise = (error: unknown): GatewayError => {
  if (error instanceof GatewayError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const where = (error as { validationContext?: string }).validationContext ?? 'body';
    const errors = error.validation.map(({ instancePath, message }) => ({
      // The whole of it has a pointer without the slash: `/body/` would be its member of no name.
      pointer: `/${where}${instancePath === '/' ? '' : instancePath}`,
      detail: message ?? '',
    }));
    return new GatewayError('invalid-request', `The ${where} is not valid`, { details: { errors } });
  }
  const { code, statusCode, message } = error as Partial<FastifyError>;
  const known = BY_FASTIFY_CODE[code ?? ''];
  if (known !== undefined) return new GatewayError(known, message ?? '');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new GatewayError(statusCode === 429 ? 'rate-limited' : 'invalid-request', message ?? '');
  }
  return new GatewayError('internal-error', 'Unexpected error', { cause: error });
};

export const sendProblem = (request: FastifyRequest, reply: FastifyReply, thrown: unknown): FastifyReply => {
  const error = normalise(thrown);
  const { problem, status, retryAfter } = toProblem(error, request.id);
  request.problem = problem.code;
  if (status === 500) request.log.error({ reqId: request.id, err: error.cause ?? error }, 'Unexpected error');
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="ami-gateway"');
  if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
  // Errors are not shaped by the schema of a success.
  return reply.code(status).type('application/problem+json').serializer(JSON.stringify).send(problem);
};

const BY_NODE_CODE: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
  HPE_HEADER_OVERFLOW: 'headers-too-large',
};

/** What never becomes a request, as it is no HTTP, too slow, or too much of it. */
export const refuseClient = (
  log: Log,
  { code = '', message }: Pick<NodeJS.ErrnoException, 'code' | 'message'>,
  socket: Socket,
  requestId: string,
): void => {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { problem, status } = toProblem(new GatewayError(BY_NODE_CODE[code] ?? 'invalid-request', message), requestId);
  // Never the error itself: it holds the bytes that came, tokens among them.
  log.debug({ reqId: requestId, reason: code }, 'A client was refused');
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nx-request-id: ${requestId}\r\nconnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
};

export const registerErrorHandling = (app: FastifyInstance): void => {
  app.setErrorHandler((error, request, reply) => {
    const verdict = error instanceof DryRun ? error.verdict : request.dryRun && refused(request.principal, error);
    if (!verdict) return sendProblem(request, reply, error);
    return reply.code(200).type('application/json').serializer(JSON.stringify).send(verdict);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const allowed = (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).filter((method) =>
      Boolean(app.findRoute({ url: path, method })),
    );
    if (allowed.length > 0) void reply.header('allow', allowed.join(', '));
    const error =
      allowed.length > 0
        ? new GatewayError('method-not-allowed', `${request.method} is not for ${path}`)
        : new GatewayError('not-found', `There is nothing at ${path}`);
    return sendProblem(request, reply, error);
  });
};
