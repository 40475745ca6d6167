import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loadManagerConf, type ManagerConf } from '../../../src/auth/manager-conf/load.ts';

export interface Tree {
  path: string;
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  remove(name: string): void;
  load(): ManagerConf;
}

/** A folder of configuration files, removed behind the test. */
export const createTree = (files: Readonly<Record<string, string | Uint8Array>>): Tree => {
  const folder = mkdtempSync(join(tmpdir(), 'manager-conf-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const path = join(folder, 'manager.conf');
  const write: Tree['write'] = (more) => {
    for (const [name, content] of Object.entries(more)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
  };
  write(files);
  return {
    path,
    write,
    remove: (name) => {
      rmSync(join(folder, name), { recursive: true });
    },
    load: () => loadManagerConf({ path }),
  };
};

/** The users of a manager.conf that consists of this text. */
export const loadText = (text: string): ManagerConf => createTree({ 'manager.conf': text }).load();
