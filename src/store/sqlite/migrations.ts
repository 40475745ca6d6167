/** Each brings the database from its place in the list to the next; what was released is never changed. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    pbx TEXT NOT NULL, epoch TEXT NOT NULL, sequence INTEGER NOT NULL,
    at INTEGER NOT NULL, name TEXT NOT NULL, call TEXT, body TEXT NOT NULL
  );
  CREATE UNIQUE INDEX events_by_id ON events (pbx, epoch, sequence);
  CREATE INDEX events_by_call ON events (call, position) WHERE call IS NOT NULL;
  CREATE INDEX events_by_time ON events (pbx, at, position);
  CREATE TABLE epochs (pbx TEXT NOT NULL, epoch TEXT NOT NULL, began INTEGER NOT NULL, PRIMARY KEY (pbx, epoch)) WITHOUT ROWID;

  CREATE TABLE calls (
    id TEXT PRIMARY KEY, pbx TEXT NOT NULL, linked_id TEXT, status TEXT NOT NULL,
    created_at INTEGER NOT NULL, ended_at INTEGER, numbers TEXT NOT NULL, body TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX calls_by_time ON calls (created_at DESC, id);
  CREATE INDEX calls_open ON calls (pbx) WHERE ended_at IS NULL;
  CREATE INDEX calls_by_linked_id ON calls (linked_id);
  CREATE INDEX calls_by_end ON calls (ended_at) WHERE ended_at IS NOT NULL;
  CREATE TABLE numbers (reversed TEXT NOT NULL, call TEXT NOT NULL, PRIMARY KEY (reversed, call)) WITHOUT ROWID;
  CREATE INDEX numbers_by_call ON numbers (call);

  CREATE TABLE webhooks (id TEXT PRIMARY KEY, owner TEXT NOT NULL, created_at INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE deliveries (
    id TEXT PRIMARY KEY, webhook_id TEXT NOT NULL, order_key TEXT NOT NULL, ordinal INTEGER NOT NULL,
    name TEXT NOT NULL, payload TEXT NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL,
    created_at INTEGER NOT NULL, next_at INTEGER NOT NULL, finished_at INTEGER, last_status INTEGER, last_error TEXT
  ) WITHOUT ROWID;
  CREATE INDEX deliveries_by_ordinal ON deliveries (webhook_id, ordinal);
  CREATE INDEX deliveries_pending ON deliveries (webhook_id, order_key, ordinal) WHERE status = 'pending';
  CREATE INDEX deliveries_all ON deliveries (ordinal);
  CREATE INDEX deliveries_by_end ON deliveries (finished_at) WHERE finished_at IS NOT NULL;

  CREATE TABLE idempotency (
    sub TEXT NOT NULL, key TEXT NOT NULL, created_at INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (sub, key)
  ) WITHOUT ROWID;
  CREATE INDEX idempotency_by_time ON idempotency (created_at);
  `,
  // Which deliveries come first in their order key is kept, not looked for: a backlog may hold very many.
  // Calls are listed from an index by whatever they are asked for: a scan would stop the service.
  `
  ALTER TABLE deliveries ADD COLUMN head INTEGER NOT NULL DEFAULT 0;
  UPDATE deliveries SET head = 1 WHERE status = 'pending' AND ordinal = (
    SELECT min(ordinal) FROM deliveries AS other
    WHERE other.webhook_id = deliveries.webhook_id AND other.order_key = deliveries.order_key AND other.status = 'pending'
  );
  CREATE UNIQUE INDEX deliveries_head_of_key ON deliveries (webhook_id, order_key) WHERE head = 1;
  CREATE INDEX deliveries_due ON deliveries (webhook_id, next_at, ordinal) WHERE head = 1;

  DROP INDEX calls_open;
  CREATE INDEX calls_open ON calls (created_at DESC, id) WHERE ended_at IS NULL;
  CREATE INDEX calls_by_status ON calls (status, created_at DESC, id);
  CREATE INDEX calls_by_pbx ON calls (pbx, created_at DESC, id);
  CREATE INDEX calls_by_pbx_and_status ON calls (pbx, status, created_at DESC, id);
  `,
  `
  CREATE TABLE tokens (
    jti TEXT PRIMARY KEY, sub TEXT NOT NULL, maker_sub TEXT, maker_jti TEXT,
    created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, revoked_at INTEGER, body TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX tokens_by_time ON tokens (created_at DESC, jti DESC);
  CREATE INDEX tokens_by_maker ON tokens (maker_sub, created_at DESC, jti DESC);
  CREATE INDEX tokens_by_end ON tokens (expires_at);
  CREATE INDEX tokens_revoked ON tokens (expires_at) WHERE revoked_at IS NOT NULL;
  `,
  // What is searched by is taken from the body itself, which the hash is of: the two cannot differ.
  `
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY, previous TEXT NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL,
    at INTEGER AS (body ->> 'at'), sub TEXT AS (body ->> 'sub'), pbx TEXT AS (body ->> 'pbx'),
    operation TEXT AS (body ->> 'operation'), outcome TEXT AS (body ->> 'outcome')
  );
  CREATE INDEX audit_by_time ON audit (at, seq);
  CREATE INDEX audit_by_sub ON audit (sub, seq);
  CREATE INDEX audit_by_operation ON audit (operation, seq);
  CREATE INDEX audit_by_outcome ON audit (outcome, seq);
  `,
];
