/** An event as it is kept. Within a PBX and an epoch sequences rise by one, without holes. */
export interface StoredEvent {
  pbx: string;
  /** One run of the log; a new one begins whenever the gateway starts. */
  epoch: string;
  sequence: number;
  /** Milliseconds since the epoch of Unix, as all times here. */
  at: number;
  /** Public name, such as `call.ended`. */
  name: string;
  /** Id of the call it belongs to. */
  call: string | null;
  /** The whole event, as JSON. */
  body: string;
}

export interface StoredCall {
  id: string;
  pbx: string;
  linkedId: string | null;
  status: string;
  createdAt: number;
  /** Null while it is open. */
  endedAt: number | null;
  /** Numbers of every party, digits only, to search by. */
  numbers: readonly string[];
  /** The whole call, as JSON. */
  body: string;
}

export type DeliveryStatus = 'pending' | 'delivered' | 'dead';

/** One message on its way to one webhook. */
export interface StoredDelivery {
  id: string;
  webhookId: string;
  /** Messages of one webhook with the same key go one after another: the call's id, or the message's own. */
  orderKey: string;
  /** Rises with every delivery made: the order within a key. */
  ordinal: number;
  /** The event's name. */
  name: string;
  /** Body to be posted. */
  payload: string;
  status: DeliveryStatus;
  attempts: number;
  createdAt: number;
  /** When it is due; meaningless unless pending. */
  nextAt: number;
  finishedAt: number | null;
  /** Of the last attempt. */
  lastStatus: number | null;
  lastError: string | null;
}

export interface StoredWebhook {
  id: string;
  /** Subject of the token that made it. */
  owner: string;
  createdAt: number;
  /** The whole subscription, secrets included, as JSON. */
  body: string;
}

export interface StoredAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** What is known under an Idempotency-Key. */
export interface IdempotencyRecord {
  /** Subject of the token and its key: nobody meets another's. */
  sub: string;
  key: string;
  /** Hash of method, path and body. */
  fingerprint: string;
  /** The process that runs the request. */
  instance: string;
  createdAt: number;
  /** Call that was about to be placed. */
  callId: string | null;
  /** Null while the request runs. */
  answer: StoredAnswer | null;
}

/** A token that was made over HTTP, or one made elsewhere that was revoked. */
export interface StoredToken {
  jti: string;
  sub: string;
  /** Token that made it; null for one made elsewhere. */
  maker: { sub: string; jti: string } | null;
  createdAt: number;
  expiresAt: number;
  revokedAt: number | null;
  /** What it may do, as JSON; never the token itself. */
  body: string;
}

/** A link of the audit chain. */
export interface StoredAudit {
  /** From 1, without gaps. */
  seq: number;
  /** Hash of the one before. */
  previous: string;
  hash: string;
  /** JSON: who did what, when, with which outcome. */
  body: string;
}

export interface AuditQuery {
  sub?: string | undefined;
  pbx?: string | undefined;
  operation?: string | undefined;
  outcome?: string | undefined;
  from?: number | undefined;
  /** Not included. */
  to?: number | undefined;
  cursor?: string | undefined;
  limit: number;
}

export interface EventQuery {
  pbx: string;
  epoch?: string | undefined;
  /** Only those behind this sequence; with `epoch`. */
  after?: number | undefined;
  from?: number | undefined;
  /** Not included. */
  to?: number | undefined;
  call?: string | undefined;
  /** Position of the last one seen, for the next page: see EventPage. */
  cursor?: string | undefined;
  limit: number;
}

export interface EventPage {
  items: StoredEvent[];
  /** Null where there is no more. */
  nextCursor: string | null;
}

export interface CallQuery {
  pbx?: readonly string[] | undefined;
  status?: string | undefined;
  linkedId?: string | undefined;
  /** Only those that have not ended. */
  open?: boolean | undefined;
  /** Of createdAt. */
  from?: number | undefined;
  to?: number | undefined;
  /** Digits that a party's number ends with. */
  number?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

export interface CallPage {
  /** Newest first. */
  items: StoredCall[];
  nextCursor: string | null;
}

/** What goes in together or not at all. Calls and deliveries replace those of the same id. */
export interface WriteBatch {
  events?: readonly StoredEvent[];
  calls?: readonly StoredCall[];
  deliveries?: readonly StoredDelivery[];
}

export interface Retention {
  /** Events, ended calls, finished deliveries and idempotency records older than this are removed. */
  eventsBefore: number;
  callsBefore: number;
  deliveriesBefore: number;
  idempotencyBefore: number;
  /** Tokens that expired before. */
  tokensBefore: number;
  /** Most events kept in all; the oldest go first. */
  maxEvents: number;
  /** Most rows removed at a time. */
  limit: number;
}

/**
 * What outlives the process. Every method rejects with `store-unavailable` where the store cannot be used, and then
 * has changed nothing.
 */
export interface Store {
  readonly kind: string;
  write(batch: WriteBatch): Promise<void>;
  readonly events: {
    read(query: EventQuery): Promise<EventPage>;
    /** Epochs of a PBX in the order they began, with their first and last sequence. */
    epochs(pbx: string): Promise<{ epoch: string; first: number; last: number }[]>;
  };
  readonly calls: {
    get(id: string): Promise<StoredCall | undefined>;
    list(query: CallQuery): Promise<CallPage>;
    /** All that have not ended. */
    open(pbx: string): Promise<StoredCall[]>;
    remove(id: string): Promise<void>;
  };
  readonly webhooks: {
    put(webhook: StoredWebhook): Promise<void>;
    get(id: string): Promise<StoredWebhook | undefined>;
    list(): Promise<StoredWebhook[]>;
    /** With its deliveries. */
    remove(id: string): Promise<void>;
  };
  readonly deliveries: {
    get(id: string): Promise<StoredDelivery | undefined>;
    /** Newest first. */
    list(query: { webhookId: string; status?: DeliveryStatus | undefined; cursor?: string | undefined; limit: number }): Promise<{ items: StoredDelivery[]; nextCursor: string | null }>; // prettier-ignore
    /** The oldest pending one of each order key of a webhook, where it is due; the longest due first. */
    due(query: { webhookId: string; now: number; limit: number }): Promise<StoredDelivery[]>;
    /** When the next pending delivery of a webhook is due. */
    nextAt(webhookId: string): Promise<number | undefined>;
    /** Largest ordinal there is, 0 without any. */
    lastOrdinal(): Promise<number>;
    countPending(webhookId: string): Promise<number>;
  };
  readonly idempotency: {
    /** Keeps the record where there is none under its key, or an expired one; or gives the one that is there. */
    begin(record: IdempotencyRecord, expiredBefore: number): Promise<IdempotencyRecord | undefined>;
    update(record: IdempotencyRecord): Promise<void>;
    /** The request never ran: its key is free again. */
    remove(sub: string, key: string): Promise<void>;
  };
  readonly tokens: {
    /** Replaces the one of the same jti. */
    put(token: StoredToken): Promise<void>;
    get(jti: string): Promise<StoredToken | undefined>;
    /** Newest first; those a subject made, where it is given. */
    list(query: { maker?: string | undefined; cursor?: string | undefined; limit: number }): Promise<{ items: StoredToken[]; nextCursor: string | null }>; // prettier-ignore
    /** Ids of those revoked that have not expired. */
    revoked(now: number): Promise<{ jti: string; expiresAt: number }[]>;
  };
  readonly audit: {
    /** All or none; rejects where a number is taken. */
    append(records: readonly StoredAudit[]): Promise<void>;
    last(): Promise<StoredAudit | undefined>;
    /** Those behind a number, oldest first. */
    after(seq: number, limit: number): Promise<StoredAudit[]>;
    /** Newest first. */
    list(query: AuditQuery): Promise<{ items: StoredAudit[]; nextCursor: string | null }>;
    /** The newest of the first `limit` that are all from before a time. */
    older(at: number, limit: number): Promise<StoredAudit | undefined>;
    removeUpTo(seq: number): Promise<void>;
  };
  /** Removes what is past its time, a bounded part at a time. True while there may be more. */
  prune(retention: Retention): Promise<boolean>;
  close(): Promise<void>;
}
