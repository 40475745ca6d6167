import { closeSync, fstatSync, openSync, readFileSync, statSync, type Stats } from 'node:fs';
import { isUtf8 } from 'node:buffer';
import { globPaths, isGlob } from './glob.ts';

const MAX_FILE_BYTES = 4 << 20;

export type FileText = { kind: 'text'; text: string } | { kind: 'absent' } | { kind: 'unusable'; reason: string };

export interface ConfFiles {
  read(path: string): FileText;
  has(path: string): boolean;
  /** Paths that stand for the pattern. */
  find(pattern: string): string[];
  /** Whether anything that was read, found or missed is no longer as it was then. */
  changed(): boolean;
  /** How all of that is now, for comparing one moment with the next. */
  state(): string;
  /** Paths that were read. */
  readonly paths: readonly string[];
}

const stampOf = (stats: Stats): string => `${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}`;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';

const stampAt = (path: string): string => {
  try {
    return stampOf(statSync(path));
  } catch (error) {
    return codeOf(error);
  }
};

const isAbsent = (code: string) => code === 'ENOENT' || code === 'ENOTDIR';

/** Old files hold Latin-1. Bytes that are no UTF-8 are taken for that, so that none of them is lost. */
const decode = (bytes: Buffer): string =>
  isUtf8(bytes) ? bytes.toString('utf8').replace(/^\uFEFF/, '') : bytes.toString('latin1').replace(/^\u00EF\u00BB\u00BF/, ''); // prettier-ignore

const joined = (paths: readonly string[]) => paths.join('\0');
const matchesOf = (pattern: string) => joined(globPaths(pattern));

/** One reading of a set of files, which remembers what it has seen of the file system. */
export const createConfFiles = (): ConfFiles => {
  const stamps = new Map<string, string>();
  const found = new Map<string, string>();
  const paths = new Set<string>();

  const open = (path: string): FileText => {
    // Opening a named pipe would wait for its writer.
    if (!statSync(path).isFile()) {
      stamps.set(path, stampAt(path));
      return { kind: 'unusable', reason: 'it is no regular file' };
    }
    const descriptor = openSync(path, 'r');
    try {
      const stats = fstatSync(descriptor);
      stamps.set(path, stampOf(stats));
      if (stats.size > MAX_FILE_BYTES) return { kind: 'unusable', reason: `it is larger than ${MAX_FILE_BYTES} bytes` };
      paths.add(path);
      return { kind: 'text', text: decode(readFileSync(descriptor)) };
    } finally {
      closeSync(descriptor);
    }
  };

  return {
    read(path) {
      try {
        return open(path);
      } catch (error) {
        const code = codeOf(error);
        stamps.set(path, code);
        return isAbsent(code) ? { kind: 'absent' } : { kind: 'unusable', reason: `it cannot be read (${code})` };
      }
    },
    has(path) {
      const stamp = stampAt(path);
      stamps.set(path, stamp);
      return !isAbsent(stamp);
    },
    find(pattern) {
      const matches = globPaths(pattern);
      if (isGlob(pattern)) found.set(pattern, joined(matches));
      return matches;
    },
    changed: () =>
      [...stamps].some(([path, stamp]) => stampAt(path) !== stamp) ||
      [...found].some(([pattern, matches]) => matchesOf(pattern) !== matches),
    state: () => [...[...stamps.keys()].map(stampAt), ...[...found.keys()].map(matchesOf)].join('\n'),
    get paths() {
      return [...paths];
    },
  };
};
