import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/lib/log.ts';
import { createKeeper } from '../../src/store/keeper.ts';
import { openStore } from '../../src/store/open.ts';
import { MIGRATIONS } from '../../src/store/sqlite/migrations.ts';
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

  const spawnNode = (code: string) =>
    spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });

  it('is there again when it is opened again, for its owner alone', async () => {
    const first = createSqliteStore(file);
    await first.write({ events: [event(1)] });
    // What is not in the file yet is as private.
    for (const name of readdirSync(folder))
      expect([name, statSync(join(folder, name)).mode & 0o077]).toEqual([name, 0]);
    expect(readdirSync(folder)).toContain('gateway.db-wal');
    await first.close();
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
        // A pipe that is full is written to by the event loop.
        await new Promise(setImmediate);
      }`;
    const child = spawnNode(code);
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

  it('that an older version wrote is brought up to date, with what is in it', async () => {
    const older = new DatabaseSync(file);
    older.exec(`${MIGRATIONS[0]}; PRAGMA user_version = 1`);
    const insert = older.prepare(
      "INSERT INTO deliveries VALUES (?, 'w', ?, ?, 'n', '{}', ?, 0, 1, 10, NULL, NULL, NULL)",
    );
    for (const row of [['d1', 'k', 1, 'delivered'], ['d2', 'k', 2, 'pending'], ['d3', 'k', 3, 'pending'], ['d4', 'l', 4, 'pending']]) insert.run(...row); // prettier-ignore
    older.close();
    for (let opened = 0; opened < 2; opened += 1) {
      const store = createSqliteStore(file);
      const due = await store.deliveries.due({ webhookId: 'w', now: 10, limit: 9 });
      expect(due.map(({ id }) => id)).toEqual(['d2', 'd4']);
      await store.close();
    }
  });

  it('answers at once whatever it is asked, with much in it: the service stands still meanwhile', async () => {
    const store = createSqliteStore(file);
    const body = 'x'.repeat(1_500);
    for (let start = 0; start < 20_000; start += 2_000) {
      const batch = Array.from({ length: 2_000 }, (_none, index) => start + index + 1);
      await store.write({
        events: batch.map((n) => ({ ...event(n), at: 1_000_000 + n })),
        calls: batch.map((n) => ({ id: String(n), pbx: 'a', linkedId: `l${n}`, status: n === 1 ? 'ringing' : 'ended', createdAt: n, endedAt: n === 1 ? null : n, numbers: [String(31_200_000_000 + n)], body })),
        deliveries: batch.map((n) => ({ id: `d${n}`, webhookId: 'w', orderKey: `k${n % 7_000}`, ordinal: n, name: 'n', payload: body, status: 'pending', attempts: 1, createdAt: 1, nextAt: 1_000, finishedAt: null, lastStatus: null, lastError: null })),
      });
    } // prettier-ignore
    const list = (query: object) => () => store.calls.list({ limit: 100, ...query });
    const questions: [string, () => Promise<unknown>][] = [
      ['calls of a rare status', list({ status: 'ringing' })],
      ['the same of a server', list({ pbx: ['a'], status: 'ringing' })],
      ['open calls', list({ open: true, pbx: ['a'] })],
      ['open calls at start', () => store.calls.open('a')],
      ['calls of a quiet server', list({ pbx: ['b'] })],
      ['calls with a number', list({ pbx: ['a'], status: 'ended', number: '1234' })],
      ['calls by linked id', list({ pbx: ['a'], status: 'ended', linkedId: 'l7' })],
      ['what is due', () => store.deliveries.due({ webhookId: 'w', now: 9, limit: 4 })],
      ['when something is due', () => store.deliveries.nextAt('w')],
      ['to forget what is old, where nothing is', () => store.prune({ eventsBefore: 1_000, callsBefore: 0, deliveriesBefore: 0, idempotencyBefore: 0, tokensBefore: 0, maxEvents: 1_000_000, limit: 500 })],
    ]; // prettier-ignore
    for (const [what, ask] of questions) {
      const times: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        const started = performance.now();
        await ask();
        times.push(performance.now() - started);
      }
      expect(Math.min(...times), what).toBeLessThan(10);
    }
    await store.close();
  }, 30_000);

  it('that another process is just bringing up to date is waited for', async () => {
    const child = spawnNode(`
      import { DatabaseSync } from 'node:sqlite';
      import { MIGRATIONS } from ${JSON.stringify(new URL('../../src/store/sqlite/migrations.ts', import.meta.url).href)};
      const other = new DatabaseSync(${JSON.stringify(file)});
      other.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE;' + MIGRATIONS.join(';'));
      process.stdout.write('locked');
      setTimeout(() => other.exec('PRAGMA user_version = ' + MIGRATIONS.length + '; COMMIT'), 300);`);
    await once(child.stdout, 'data');
    const { store, fault } = await openStore(`sqlite:${file}`, silentLog);
    expect([store.kind, fault]).toEqual(['sqlite', null]);
    await store.close();
  });

  it.each([
    ['is no database', () => { writeFileSync(file, 'not a database, but long enough to be looked at'.repeat(50)); }],
    ['was written by a newer version', () => { const newer = new DatabaseSync(file); newer.exec('PRAGMA user_version = 999'); newer.close(); }],
  ])('that %s gives a clear fault, stays as it is, and memory stands in', async (_what, spoil) => {
    spoil();
    const { store, fault } = await openStore(`sqlite:${file}`, silentLog);
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
    await expect(store.idempotency.begin({ sub: 's', key: 'k', fingerprint: 'f', instance: 'i', createdAt: 1, callId: null, answer: null }, 0)).rejects.toMatchObject({ code: 'store-unavailable' }); // prettier-ignore
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
