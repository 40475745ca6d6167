import { lookup as systemLookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { messageOf } from '../../lib/errors.ts';
import { type AddressRule, parseReceiverUrl } from './addresses.ts';

export interface ResolvedAddress {
  address: string;
  family: number;
}

export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export const systemResolve: Resolve = (hostname) => systemLookup(hostname, { all: true });

export interface PostLimits {
  /** From the start to the last byte of the answer that is read. */
  totalMs: number;
  /** Until connected; for https until the handshake is over. */
  connectMs: number;
}

export interface PostResult {
  /** Null where no answer came. */
  status: number | null;
  /** Why it does not count as delivered. */
  error: string | null;
  /** What the receiver's Retry-After asks for. */
  retryAfterMs: number | null;
  milliseconds: number;
}

export interface Posting {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  signal: AbortSignal;
}

export type Post = (posting: Posting) => Promise<PostResult>;

const MAX_ANSWER_BYTES = 64 * 1_024;

const retryAfterOf = (value: string | undefined): number | null => {
  if (value === undefined) return null;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(milliseconds) && milliseconds > 0 ? milliseconds : null;
};

/** Every address a name has must be allowed, and the socket connects to those looked at here: no second look-up. */
const guardedLookup =
  (rule: AddressRule, resolve: Resolve): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        const bad = addresses.find(({ address }) => !rule.mayConnect(address));
        if (!first) callback(new Error(`${hostname} has no address`), '');
        else if (bad) callback(new Error(`${hostname} resolves to an address outside the public networks`), '');
        else if (options.all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(messageOf(error)), '');
      },
    );
  };

/** Posts once. Never rejects; redirects are not followed, and what the receiver answers is thrown away. */
export const createPost = (rule: AddressRule, resolve: Resolve, limits: PostLimits): Post => {
  const lookup = guardedLookup(rule, resolve);
  return ({ url: text, headers, body, signal }) =>
    new Promise((settle) => {
      const started = performance.now();
      let status: number | null = null;
      let retryAfterMs: number | null = null;
      const finish = (error: string | null) => {
        clearTimeout(total);
        clearTimeout(connecting);
        settle({ status, error, retryAfterMs, milliseconds: Math.round(performance.now() - started) });
      };
      const giveUp = (reason: string) => () => {
        request.destroy(new Error(reason));
      };
      const total = setTimeout(giveUp(`no answer within ${limits.totalMs} ms`), limits.totalMs);
      const connecting = setTimeout(giveUp(`no connection within ${limits.connectMs} ms`), limits.connectMs);
      const fail = (error: unknown) => {
        finish(messageOf(error));
      };

      let url: URL;
      try {
        url = parseReceiverUrl(text, rule);
      } catch (error) {
        fail(error);
        return;
      }
      const secure = url.protocol === 'https:';
      const request = (secure ? https : http).request(url, {
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        // One connection a message: what was allowed when a socket was opened is not taken to be allowed later.
        agent: false,
        lookup,
        signal,
      });
      request.on('socket', (socket) => {
        socket.once(secure ? 'secureConnect' : 'connect', () => {
          clearTimeout(connecting);
        });
      });
      request.on('error', fail);
      request.on('upgrade', (_response, socket) => {
        socket.destroy();
        fail(new Error('the receiver answered with an upgrade'));
      });
      request.on('response', (response) => {
        status = response.statusCode ?? 0;
        retryAfterMs = retryAfterOf(response.headers['retry-after']);
        const done = () => {
          response.destroy();
          finish(status !== null && status >= 200 && status < 300 ? null : `the receiver answered ${status}`);
        };
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > MAX_ANSWER_BYTES) done();
        });
        response.on('end', done);
        response.on('error', fail);
      });
      request.end(body);
    });
};
