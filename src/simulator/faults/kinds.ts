/** What one connection shows of itself to whoever chooses the victims of a fault. */
export interface LineInfo {
  readonly id: number;
  /** Name it logged in with; empty before. */
  readonly user: string;
  readonly authenticated: boolean;
  /** False where Login said `Events: off`. */
  readonly events: boolean;
}

/** Strikes at an action of this name, or at any; so many times, once where not said. */
interface Strike {
  action?: string;
  times?: number;
}

export type Fault =
  /** Every reply comes so much later. */
  | { kind: 'delay'; ms: number }
  /** Takes nothing and says nothing until it ends, then goes on where it was. */
  | { kind: 'freeze' }
  /** New connections are taken, never greeted and never heard. */
  | { kind: 'half-open' }
  /** Half of the reply, then the end of the connection. */
  | ({ kind: 'cut-mid-frame' } & Strike)
  /** Carried out, but the connection ends instead of the reply. */
  | ({ kind: 'cut-before-reply' } & Strike)
  /** Received and thrown away; the connection ends. */
  | ({ kind: 'cut-after-write' } & Strike)
  | ({ kind: 'duplicate-reply' } & Strike)
  /** The reply waits until another has overtaken it. */
  | ({ kind: 'reply-out-of-order' } & Strike)
  /** A message that nobody asked for: behind the reply to `action`, or now where none is named. */
  | { kind: 'forged-frames'; frame: 'response' | 'event'; action?: string }
  /** Random bytes: before the reply to `action`, or now where none is named. */
  | { kind: 'garbage'; bytes?: number; action?: string }
  | { kind: 'byte-by-byte' }
  /** List replies grow to this many bytes by repeating their last item. */
  | ({ kind: 'long-list'; bytes?: number } & Strike)
  | { kind: 'event-flood'; perSecond: number }
  /** Other classes for a user, from the next login on. */
  | { kind: 'permissions-changed'; user: string; read?: string; write?: string }
  /** Drops all, forgets all, and listens again on the same port after a while. */
  | { kind: 'restart'; downMs: number }
  /** Every login gets `Authentication failed`. */
  | { kind: 'login-refused' }
  /** New connections are closed before the greeting. */
  | { kind: 'acl-close' }
  /** The same beyond so many connections that have not logged in. */
  | { kind: 'authlimit'; most: number };

export type FaultKind = Fault['kind'];
export type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;

/** A fault that is on. */
export interface Active {
  readonly fault: Fault;
  readonly hits: (line: LineInfo) => boolean;
  /** Strikes left; Infinity for those that last. */
  left: number;
  end(): void;
}

/** What a line asks of the faults that are on. */
export interface Afflictions {
  readonly any: boolean;
  /** The fault of this kind that is on for the line, if any. */
  on<K extends FaultKind>(kind: K, line: LineInfo): FaultOf<K> | undefined;
  /** The same for one that strikes at an action; one of its strikes is used up. */
  strike<K extends FaultKind>(kind: K, line: LineInfo, action: string): FaultOf<K> | undefined;
}
