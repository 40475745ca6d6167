import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import type { GatewayError } from '../lib/errors.ts';

interface Kind {
  status: number;
  title: string;
}

/** Every error code a client can meet, with its status. The only place that maps one to the other. */
export const PROBLEMS: Readonly<Record<string, Kind>> = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'not-a-number': { status: 400, title: 'That is no number to dial' },
  'forbidden-character': { status: 400, title: 'A value holds a character AMI cannot carry' },
  'leading-blank': { status: 400, title: 'A value starts with a blank, which Asterisk would drop' },
  'line-too-long': { status: 400, title: 'A value is longer than an AMI line can be' },
  'too-many-headers': { status: 400, title: 'The request needs more headers than an AMI action can have' },
  'url-not-allowed': { status: 400, title: 'Webhooks may not be sent to this URL' },
  unauthorized: { status: 401, title: 'A valid token is needed' },
  'invalid-client': { status: 401, title: 'The user or its secret is not right' },
  'invalid-scope': { status: 400, title: 'The user has no such scope' },
  'insufficient-scope': { status: 403, title: 'The token lacks a scope' },
  'limit-exceeded': { status: 403, title: 'A limit of the token, or of Asterisk, refuses this' },
  'not-found': { status: 404, title: 'There is no such route' },
  'no-such-call': { status: 404, title: 'There is no such call' },
  'no-such-channel': { status: 404, title: 'There is no such channel' },
  'no-such-queue': { status: 404, title: 'There is no such queue' },
  'no-such-recording': { status: 404, title: 'There is no such recording' },
  'no-such-pbx': { status: 404, title: 'The gateway has no such server' },
  'no-such-webhook': { status: 404, title: 'There is no such webhook' },
  'no-such-delivery': { status: 404, title: 'The webhook has no such delivery' },
  'no-such-conference': { status: 404, title: 'There is no such conference' },
  'no-such-participant': { status: 404, title: 'The conference has no such participant' },
  'no-such-parking-lot': { status: 404, title: 'There is no such parking lot' },
  'no-such-notification': { status: 404, title: 'There is no such notification' },
  'no-such-client': { status: 404, title: 'There is no such XMPP client' },
  'no-such-span': { status: 404, title: 'There is no such span' },
  'no-such-bridge': { status: 404, title: 'There is no such bridge' },
  'no-such-bridge-technology': { status: 404, title: 'There is no such bridge technology' },
  'no-such-key': { status: 404, title: 'The database has no such entry' },
  'no-such-endpoint': { status: 404, title: 'There is no such endpoint' },
  'no-such-registration': { status: 404, title: 'There is no such registration' },
  'no-such-caller': { status: 404, title: 'No such caller waits there' },
  'no-such-member': { status: 404, title: 'The queue has no such member' },
  'no-such-module': { status: 404, title: 'There is no such module' },
  'no-such-agent': { status: 404, title: 'There is no such agent' },
  'no-such-fax-session': { status: 404, title: 'There is no such fax session' },
  'no-such-file': { status: 404, title: 'There is no such configuration file' },
  'no-such-object': { status: 404, title: 'The cache has no such object' },
  'no-such-peer': { status: 404, title: 'There is no such peer' },
  'no-such-mailbox': { status: 404, title: 'There is no such mailbox' },
  'no-such-message': { status: 404, title: 'The mailbox has no such message' },
  'no-such-cache': { status: 404, title: 'There is no such cache' },
  'no-such-presence': { status: 404, title: 'There is no such presence provider' },
  'nothing-found': { status: 404, title: 'There are none' },
  'no-such-action': { status: 404, title: 'There is no such action' },
  'no-such-token': { status: 404, title: 'There is no such token' },
  'no-such-problem': { status: 404, title: 'There is no such problem code' },
  'method-not-allowed': { status: 405, title: 'The route does not take this method' },
  'request-timeout': { status: 408, title: 'The request did not come in time' },
  'already-member': { status: 409, title: 'It is a member of the queue already' },
  'member-not-dynamic': { status: 409, title: 'The member cannot be removed' },
  'already-withdrawn': { status: 409, title: 'The caller is about to leave the queue' },
  'already-recording': { status: 409, title: 'It is recorded already' },
  'extension-exists': { status: 409, title: 'The dialplan has such a line already' },
  'module-not-changed': { status: 409, title: 'The state of the module does not allow it' },
  'malformed-file': { status: 409, title: 'The configuration file cannot be read' },
  'file-exists': { status: 409, title: 'There is such a file already' },
  'config-not-changed': { status: 409, title: 'The configuration file does not fit the change' },
  'wrong-kind-of-cache': { status: 409, title: 'The cache is not of the kind for this' },
  'no-address': { status: 409, title: 'The endpoint has no address a message could go to' },
  'not-in-agi': { status: 409, title: 'The channel waits for no AGI command' },
  'not-bridged': { status: 409, title: 'The channel talks to nobody' },
  'not-bridgeable': { status: 409, title: 'The channels cannot be bridged' },
  'not-transferred': { status: 409, title: 'The party was not transferred' },
  'not-redirected': { status: 409, title: 'The channel was not redirected' },
  'not-parked': { status: 409, title: 'The channel was not parked' },
  'not-reachable': { status: 409, title: 'It cannot be reached' },
  'wrong-kind-of-line': { status: 409, title: 'The line is not of the kind, or in the state, for this' },
  'call-ended': { status: 409, title: 'The call has already ended' },
  'too-many-recordings': { status: 409, title: 'The channel cannot have more recordings' },
  'too-many-webhooks': { status: 409, title: 'The subject cannot have more webhooks' },
  'webhook-disabled': { status: 409, title: 'The webhook is disabled' },
  'delivery-pending': { status: 409, title: 'The message is still on its way' },
  'no-such-extension': { status: 409, title: 'The dialplan has no such place' },
  'variable-not-set': { status: 409, title: 'Asterisk did not set the variable' },
  'idempotency-in-progress': { status: 409, title: 'The first request with the key still runs' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key belongs to another request' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be application/json' },
  'command-failed': { status: 422, title: 'Asterisk did not carry the command out' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'too-many-attempts': { status: 429, title: 'Too many wrong secrets' },
  'too-many-calls': { status: 429, title: 'Too many calls' },
  'internal-error': { status: 500, title: 'The gateway failed' },
  'no-accounts': { status: 501, title: 'The gateway has no manager.conf' },
  'action-unavailable': { status: 501, title: 'This Asterisk cannot do that' },
  'ami-permission-denied': { status: 502, title: 'The AMI account of the gateway lacks a class' },
  'ami-error': { status: 502, title: 'Asterisk refused the action' },
  'ami-desync': { status: 502, title: 'The answer of Asterisk could not be trusted' },
  'value-not-transferable': { status: 502, title: 'AMI cannot carry the value' },
  'list-too-long': { status: 502, title: 'Asterisk gave a longer list than the gateway holds' },
  'pbx-unavailable': { status: 503, title: 'Asterisk is not connected' },
  'pool-saturated': { status: 503, title: 'Too much work waits for Asterisk' },
  'issuer-unavailable': { status: 503, title: "The keys of the token's issuer cannot be had" },
  'store-unavailable': { status: 503, title: 'The store cannot be used' },
  'ami-timeout': { status: 504, title: 'Asterisk did not answer in time' },
  'outcome-unknown': { status: 504, title: 'It is not known whether Asterisk carried the action out' },
};

/** Undefined for codes that do not exist, those of Object's own properties too. */
export const problemKind = (code: string): Kind | undefined =>
  Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code] : undefined;

export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe('One of GET /problems, and what to decide by'),
    requestId: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
    scopes: z.array(z.string()).optional().describe('`insufficient-scope`: any one of these is wanted'),
    limit: z.string().optional().describe('`limit-exceeded` and others: the limit that refused'),
    callId: z.string().optional().describe('`outcome-unknown`: the call it is about'),
    amiMessage: z.string().optional().describe('What Asterisk said'),
    alternative: z.string().optional().describe('`action-unavailable`: what to do instead, where there is anything'),
  })
  .meta({
    id: 'Problem',
    description: 'An error, as RFC 9457 has it.',
    examples: [
      {
        type: '/problems/no-such-channel',
        title: 'There is no such channel',
        status: 404,
        detail: 'No such channel',
        code: 'no-such-channel',
        requestId: '8d7f2b1e5c1d4a529a530f6f4e7b9d10',
        amiMessage: 'No such channel',
      },
    ],
  });

export type Problem = z.output<typeof problemSchema>;

/** Where a retry makes sense but the error does not say when. Seconds. */
const RETRY_AFTER: Readonly<Record<number, number>> = { 429: 5, 503: 2 };

export const toProblem = (
  error: GatewayError,
  requestId: string,
): { problem: Problem; status: number; retryAfter: number | undefined } => {
  const known = problemKind(error.code);
  const code = known ? error.code : 'internal-error';
  const { status, title } = known ?? { status: 500, title: STATUS_CODES[500] ?? '' };
  const { retryAfter, output, ...details } = error.details;
  const problem = {
    type: `/problems/${code}`,
    title,
    status,
    detail: known ? error.message : 'See the log under the request id',
    code,
    requestId,
    ...(known ? details : {}),
    ...(known && Array.isArray(output) ? { output: output as string[] } : {}),
  };
  return { problem, status, retryAfter: typeof retryAfter === 'number' ? retryAfter : RETRY_AFTER[status] };
};
