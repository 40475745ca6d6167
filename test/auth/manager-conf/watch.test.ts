import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ManagerConf } from '../../../src/auth/manager-conf/load.ts';
import { watchManagerConf } from '../../../src/auth/manager-conf/watch.ts';
import { messageOf } from '../../../src/lib/errors.ts';
import { createFakeClock } from '../../helpers/clock.ts';
import { createTree } from './trees.ts';

const names = (conf: ManagerConf) => conf.users.map(({ name }) => name).join();

const watched = (files: Record<string, string>) => {
  const tree = createTree(files);
  const clock = createFakeClock();
  const told: string[] = [];
  const watch = watchManagerConf({
    path: tree.path,
    clock,
    onReload: (conf) => told.push(names(conf)),
    onError: (error) => told.push(messageOf(error).replace(join(tree.path, '..'), '')),
  });
  return { tree, clock, told, watch };
};

describe('watching manager.conf', () => {
  it('reads anew when a file changes, and not before', async () => {
    const { tree, clock, told, watch } = watched({ 'manager.conf': '[a]\n' });
    await clock.advance(60_000);
    expect(told).toEqual([]);
    tree.write({ 'manager.conf': '[b]\n' });
    await clock.advance(2_250);
    expect(told).toEqual(['b']);
    expect(names(watch.current)).toBe('b');
    await clock.advance(60_000);
    expect(told).toEqual(['b']);
  });

  it.each<[string, Record<string, string>, Record<string, string>, string]>([
    ['an included file', { 'x.conf': '[b]\n' }, { 'x.conf': '[c]\n' }, 'a,c'],
    ['a file that was missing', {}, { 'x.conf': '[b]\n' }, 'a,b'],
    ['one more of a pattern', {}, { 'd/1.conf': '[b]\n' }, 'a,b'],
    ['access lists that come', {}, { 'acl.conf': '[x]\n' }, 'a'],
    ['access lists that change', { 'acl.conf': '[x]\n' }, { 'acl.conf': '[y]\n' }, 'a'],
  ])('notices %s', async (_, before, after, users) => {
    const { tree, clock, told } = watched({
      'manager.conf': '[a]\n#tryinclude x.conf\n#tryinclude d/*.conf\n',
      ...before,
    });
    tree.write(after);
    await clock.advance(2_250);
    expect(told).toEqual([users]);
  });

  it('keeps the last good version', async () => {
    const { tree, clock, told, watch } = watched({ 'manager.conf': '[a]\n' });
    tree.write({ 'manager.conf': '[b\n' });
    await clock.advance(20_000);
    tree.remove('manager.conf');
    await clock.advance(20_000);
    expect(told).toEqual(['/manager.conf:1: the section has no closing ]', '/manager.conf: the file is not there']);
    expect(names(watch.current)).toBe('a');
    tree.write({ 'manager.conf': '[c]\n' });
    await clock.advance(2_250);
    expect(names(watch.current)).toBe('c');
  });

  it('waits until the files are still', async () => {
    const { tree, clock, told } = watched({ 'manager.conf': '[a]\n' });
    tree.write({ 'manager.conf': '[b]\n' });
    await clock.advance(2_000);
    for (let second = 1; second <= 10; second += 1) {
      tree.write({ 'manager.conf': '[b]\nread=all\n' });
      utimesSync(tree.path, second, second);
      await clock.advance(250);
    }
    expect(told).toEqual([]);
    await clock.advance(250);
    expect(told).toEqual(['b']);
  });

  it('ends', () => {
    const { clock, watch } = watched({ 'manager.conf': '[a]\n' });
    watch.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not begin without a file', () => {
    const tree = createTree({});
    expect(() => watchManagerConf({ path: tree.path, clock: createFakeClock() })).toThrow(/the file is not there/);
  });
});
