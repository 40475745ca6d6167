type Write = (fields: object, message: string) => void;

/** What the inner layers need of pino. */
export interface Log {
  debug: Write;
  info: Write;
  warn: Write;
  error: Write;
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
