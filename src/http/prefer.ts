import { GatewayError } from '../lib/errors.ts';

/** Longest wait a client may ask for, in seconds. */
export const MAX_WAIT_SECONDS = 120;

/** `wait=N` of a Prefer header (RFC 7240). Other preferences are ignored, as the RFC wants it. */
export const waitSeconds = (prefer: string | undefined): number | undefined => {
  const text = /(?:^|[,;\s])wait\s*=\s*"?([^",;\s]*)/i.exec(prefer ?? '')?.[1];
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!/^\d+$/.test(text) || seconds < 1 || seconds > MAX_WAIT_SECONDS) {
    throw new GatewayError('invalid-request', `Prefer: wait takes whole seconds from 1 to ${MAX_WAIT_SECONDS}`);
  }
  return seconds;
};
