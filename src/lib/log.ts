type Write = (fields: object, message: string) => void;

/** What the inner layers need of pino. */
export interface Log {
  debug: Write;
  info: Write;
  warn: Write;
  error: Write;
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Says a warning or error once a window: several connections to one server meet the same fault at once. */
export const withoutRepeats = (log: Log, now: () => number, windowMs = 30_000): Log => {
  const said = new Map<string, number>();
  const once =
    (level: 'warn' | 'error'): Write =>
    (fields, message) => {
      const key = `${level} ${message} ${JSON.stringify(fields)}`;
      for (const [old, at] of said) if (at <= now() - windowMs) said.delete(old);
      if (said.has(key)) return;
      said.set(key, now());
      log[level](fields, message);
    };
  return {
    debug: (fields, message) => {
      log.debug(fields, message);
    },
    info: (fields, message) => {
      log.info(fields, message);
    },
    warn: once('warn'),
    error: once('error'),
  };
};
