import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { GatewayError, isGatewayError, messageOf } from '../../lib/errors.ts';
import { MIGRATIONS } from './migrations.ts';

export type Row = Record<string, SQLInputValue>;

export interface DatabaseOptions {
  /** Pages of 4 KiB it may grow to; without bound where absent. */
  maxPages?: number;
}

export interface Database {
  /** Prepared once for each text. */
  all(sql: string, ...values: SQLInputValue[]): Row[];
  one(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** Rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /** All or nothing. */
  transaction<T>(work: () => T): T;
  /** Runs, and rejects with `store-unavailable` where the database fails. */
  guard<T>(work: () => T): Promise<T>;
  close(): void;
}

/** The whole service stands still while a lock is waited for. */
const BUSY_MS = 100;
/** Nothing is served yet; and what cannot be opened now is not tried again. */
const BUSY_AT_START_MS = 2_000;
/** Each checkpoint waits for the disk; a larger log makes them fewer. */
const CHECKPOINT_PAGES = 8_000;
const IN_MEMORY = ':memory:';

const unavailable = (error: unknown, doing: string): GatewayError =>
  new GatewayError('store-unavailable', `The store cannot be ${doing}: ${messageOf(error)}`, { retryable: true, cause: error }); // prettier-ignore

const versionOf = (database: DatabaseSync): number => {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > MIGRATIONS.length) throw new Error(`it was written by a newer version of the gateway (${version})`);
  return version;
};

const migrate = (database: DatabaseSync): void => {
  if (versionOf(database) === MIGRATIONS.length) return;
  database.exec('BEGIN IMMEDIATE');
  // Asked again: another process may have done it while the lock was waited for.
  for (const migration of MIGRATIONS.slice(versionOf(database))) database.exec(migration);
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
};

const open = (file: string): DatabaseSync => {
  if (file !== IN_MEMORY && !existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // It holds numbers people called and secrets of webhooks: for the owner alone, before anything is in it.
    writeFileSync(file, '', { mode: 0o600 });
    chmodSync(file, 0o600);
  }
  const database = new DatabaseSync(file);
  try {
    database.exec(
      `PRAGMA busy_timeout = ${BUSY_AT_START_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
    );
    migrate(database);
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
};

/** Opens a database file, or `:memory:`. Throws `store-unavailable`. */
export const openDatabase = (file: string, { maxPages }: DatabaseOptions = {}): Database => {
  let database: DatabaseSync;
  try {
    database = open(file);
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`);
  } catch (error) {
    throw unavailable(error, 'opened');
  }
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const prepare = (sql: string) => {
    let statement = statements.get(sql);
    if (!statement) statements.set(sql, (statement = database.prepare(sql)));
    return statement;
  };

  return {
    all: (sql, ...values) => prepare(sql).all(...values),
    one: (sql, ...values) => prepare(sql).get(...values),
    run: (sql, ...values) => Number(prepare(sql).run(...values).changes),
    transaction(work) {
      prepare('BEGIN IMMEDIATE').run();
      try {
        const result = work();
        prepare('COMMIT').run();
        return result;
      } catch (error) {
        // A full disk has rolled back already.
        if (database.isTransaction) prepare('ROLLBACK').run();
        throw error;
      }
    },
    async guard(work) {
      try {
        return work();
      } catch (error) {
        // A cursor that is none is the client's fault.
        if (isGatewayError(error)) throw error;
        throw unavailable(error, 'used');
      }
    },
    close() {
      database.close();
    },
  };
};

/** Where to go on: opaque to clients, a fault in it is the client's. */
export const encodeCursor = (...parts: (string | number)[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

export const decodeCursor = (cursor: string, kinds: readonly ('string' | 'number')[]): (string | number)[] => {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    parts = undefined;
  }
  if (!Array.isArray(parts) || kinds.some((kind, index) => typeof parts[index] !== kind)) {
    throw new GatewayError('invalid-request', 'The cursor is none that a page ended with');
  }
  return parts as (string | number)[];
};
