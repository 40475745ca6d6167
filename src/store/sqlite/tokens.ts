import type { Store, StoredToken } from '../store.ts';
import { type Database, decodeCursor, encodeCursor, type Row } from './database.ts';

const toToken = (row: Row): StoredToken => ({
  jti: row['jti'] as string,
  sub: row['sub'] as string,
  maker: row['maker_sub'] === null ? null : { sub: row['maker_sub'] as string, jti: row['maker_jti'] as string },
  createdAt: row['created_at'] as number,
  expiresAt: row['expires_at'] as number,
  revokedAt: row['revoked_at'] as number | null,
  body: row['body'] as string,
});

export const tokensIn = (database: Database): Store['tokens'] => ({
  put: ({ jti, sub, maker, createdAt, expiresAt, revokedAt, body }) =>
    database.guard(
      () =>
        void database.run(
          'INSERT OR REPLACE INTO tokens (jti, sub, maker_sub, maker_jti, created_at, expires_at, revoked_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
          jti,
          sub,
          maker?.sub ?? null,
          maker?.jti ?? null,
          createdAt,
          expiresAt,
          revokedAt,
          body,
        ),
    ),
  get: (jti) =>
    database.guard(() => {
      const row = database.one('SELECT * FROM tokens WHERE jti = ?', jti);
      return row && toToken(row);
    }),
  list: ({ maker, cursor, limit }) =>
    database.guard(() => {
      const [at, jti] =
        cursor === undefined ? [Number.MAX_SAFE_INTEGER, ''] : decodeCursor(cursor, ['number', 'string']);
      const rows = database.all(
        `SELECT * FROM tokens WHERE (created_at, jti) < (?, ?) ${maker === undefined ? '' : 'AND maker_sub = ?'} ORDER BY created_at DESC, jti DESC LIMIT ?`,
        at ?? 0,
        jti ?? '',
        ...(maker === undefined ? [] : [maker]),
        limit + 1,
      );
      const items = rows.slice(0, limit).map(toToken);
      const last = items.at(-1);
      return { items, nextCursor: rows.length > limit && last ? encodeCursor(last.createdAt, last.jti) : null };
    }),
  revoked: (now) =>
    database.guard(() =>
      database
        .all('SELECT jti, expires_at FROM tokens WHERE revoked_at IS NOT NULL AND expires_at > ?', now)
        .map((row) => ({ jti: row['jti'] as string, expiresAt: row['expires_at'] as number })),
    ),
});
