export interface ErrorDetails {
  /** What Asterisk said, word for word. */
  amiMessage?: string;
  /** Extra members for the problem document: names of scopes, limits, headers. */
  [member: string]: unknown;
}

export interface GatewayErrorOptions {
  retryable?: boolean;
  cause?: unknown;
  details?: ErrorDetails;
}

/** The one error type of the gateway. `code` is stable and public; HTTP maps it to a status in one place. */
export class GatewayError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly details: ErrorDetails;

  constructor(code: string, message: string, options: GatewayErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'GatewayError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

export const isGatewayError = (error: unknown, code?: string): error is GatewayError =>
  error instanceof GatewayError && (code === undefined || error.code === code);

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
