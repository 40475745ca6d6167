import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/lib/log.ts';
import { createKeeper } from '../../src/store/keeper.ts';
import { openStore } from '../../src/store/open.ts';
import { createSqliteStore } from '../../src/store/sqlite/store.ts';
import type { StoredEvent } from '../../src/store/store.ts';

const event = (sequence: number): StoredEvent => ({ pbx: 'a', epoch: 'e', sequence, at: sequence, name: 'n', call: null, body: 'x'.repeat(500) }); // prettier-ignore

describe('a store in a file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'store-'));
    file = join(folder, 'gateway.db');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is there again when it is opened again, for its owner alone', async () => {
    const first = createSqliteStore(file);
    await first.write({ events: [event(1)] });
    await first.close();
    expect(statSync(file).mode & 0o077).toBe(0);
    const again = createSqliteStore(file);
    expect((await again.events.read({ pbx: 'a', limit: 5 })).items).toEqual([event(1)]);
    await again.close();
  });

  it('loses nothing that was written, and half of no batch, when its process is killed', async () => {
    const code = `
      import { createSqliteStore } from ${JSON.stringify(new URL('../../src/store/sqlite/store.ts', import.meta.url).href)};
      const store = createSqliteStore(${JSON.stringify(file)});
      for (let n = 1; ; n += 2) {
        const of = (sequence) => ({ pbx: 'a', epoch: 'e', sequence, at: 1, name: 'n', call: null, body: 'x' });
        await store.write({ events: [of(n), of(n + 1)] });
        process.stdout.write(String(n + 1) + '\\n');
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        told += chunk.toString();
        if (told.length > 500) child.kill('SIGKILL');
      });
      child.on('close', () => {
        resolve();
      });
    });
    const written = Number(told.slice(0, told.lastIndexOf('\n')).split('\n').at(-1));
    expect(written).toBeGreaterThan(50);
    const store = createSqliteStore(file);
    const [epoch] = await store.events.epochs('a');
    expect(epoch?.last).toBeGreaterThanOrEqual(written);
    expect((epoch?.last ?? 1) % 2).toBe(0);
    await store.close();
    // A busy disk can hold up a checkpoint for many seconds.
  }, 60_000);

  it.each([
    ['is no database', () => { writeFileSync(file, 'not a database, but long enough to be looked at'.repeat(50)); }],
    ['was written by a newer version', () => { const newer = new DatabaseSync(file); newer.exec('PRAGMA user_version = 999'); newer.close(); }],
  ])('that %s gives a clear fault, stays as it is, and memory stands in', async (_what, spoil) => {
    spoil();
    const { store, fault } = openStore(`sqlite:${file}`, silentLog);
    expect(fault).toContain('The store cannot be opened');
    expect(store.kind).toBe('memory');
    expect(createKeeper({ store, log: silentLog, now: () => 0, fault }).health().status).toBe('failing');
    await store.close();
    expect(existsSync(file)).toBe(true);
  }); // prettier-ignore

  it('that is locked refuses, counts what it could not keep, and goes on when it is free', async () => {
    const store = createSqliteStore(file);
    const keeper = createKeeper({ store, log: silentLog, now: () => 0 });
    const other = new DatabaseSync(file);
    other.exec('BEGIN EXCLUSIVE');
    expect(await keeper.write({ events: [event(1), event(2)] })).toBe(false);
    expect(keeper.health()).toMatchObject({ status: 'failing', lost: { events: 2, calls: 0 }, lastError: expect.stringContaining('locked') }); // prettier-ignore
    await expect(store.idempotency.begin({ sub: 's', key: 'k', fingerprint: 'f', instance: 'i', createdAt: 1, callId: null, answer: null })).rejects.toMatchObject({ code: 'store-unavailable' }); // prettier-ignore
    other.exec('COMMIT');
    other.close();
    expect(await keeper.write({ events: [event(3)] })).toBe(true);
    expect(keeper.health()).toMatchObject({ status: 'ok', lost: { events: 2 } });
    await store.close();
  });

  it('on a full disk refuses, and is whole afterwards', async () => {
    const store = createSqliteStore(file);
    await store.write({ events: [event(1)] });
    await store.close();
    const limited = new DatabaseSync(file);
    const { page_count: pages } = limited.prepare('PRAGMA page_count').get() as { page_count: number };
    limited.close();
    // As no disk can be filled here, the database is given a size it may not pass.
    const full = createSqliteStore(file, { maxPages: pages + 2 });
    const keeper = createKeeper({ store: full, log: silentLog, now: () => 0 });
    const many = Array.from({ length: 500 }, (_none, index) => event(index + 2));
    expect(await keeper.write({ events: many })).toBe(false);
    expect(keeper.health().lastError).toContain('full');
    expect((await full.events.read({ pbx: 'a', limit: 9 })).items).toEqual([event(1)]);
    await full.close();
  });
});
