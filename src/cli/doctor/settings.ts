import { randomBytes } from 'node:crypto';
import { type Config, ConfigError, type Environment, parseConfig } from '../../config.ts';

export interface Settings {
  /** What can be made of the environment without the variables at fault; null where that is nothing. */
  config: Config | null;
  faults: readonly string[];
  /** Variables whose values are not those in `config`. */
  ignored: ReadonlySet<string>;
}

const names = (fault: string, variable: string): boolean => fault.split(/\W+/).includes(variable);

const without = (environment: Environment, dropped: ReadonlySet<string>): Environment => ({
  ...Object.fromEntries(Object.entries(environment).filter(([name]) => !dropped.has(name))),
  // Stands in for a key that cannot be used; it signs nothing.
  ...(dropped.has('JWT_SECRET') || dropped.has('JWT_KEY_FILE') ? { JWT_SECRET: randomBytes(48).toString('hex') } : {}),
});

const attempt = (environment: Environment): Config | readonly string[] => {
  try {
    return parseConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
};

/** Reads the environment as the service does, and goes on without what is at fault, so that the rest is looked at too. */
export const readSettings = (environment: Environment): Settings => {
  const ignored = new Set<string>();
  const first = attempt(environment);
  let result = first;
  while ('length' in result) {
    const before = ignored.size;
    for (const fault of result) {
      for (const name of [...Object.keys(environment), 'JWT_SECRET']) if (names(fault, name)) ignored.add(name);
    }
    if (ignored.size === before) break;
    result = attempt(without(environment, ignored));
  }
  return { config: 'length' in result ? null : result, faults: 'length' in first ? first : [], ignored };
};
