import type { Socket } from 'node:net';
import type { Clock } from '../lib/clock.ts';
import type { Active, Afflictions, Fault, FaultKind, FaultOf, LineInfo } from './faults/kinds.ts';
import { createLine, type Line } from './faults/line.ts';
import { forged, garbage } from './faults/mangle.ts';
import type { Scenario } from './scenario.ts';

export type { Fault, FaultKind, LineInfo } from './faults/kinds.ts';

export interface FaultScope {
  /** Connections it is for; all, present and future, where not said. */
  on?: (line: LineInfo) => boolean;
}

/** Cruelty: what can go wrong between a client and Asterisk, on purpose. */
export interface Faults {
  /** Switches a fault on. The function ends it; one that strikes a number of times also ends by itself. */
  inject(fault: Fault, scope?: FaultScope): () => void;
  /** Ends all of them. */
  clear(): void;
  /** Kinds that are on. */
  readonly active: readonly FaultKind[];
  readonly lines: readonly LineInfo[];
}

export interface FaultHooks {
  scenario: Scenario;
  clock: Clock;
  /** A live event for every session that wants its class. */
  emit(eventClass: string, name: string, number: number): void;
  restart(downMs: number): void;
}

export interface FaultWire extends Faults {
  /** The wire for a new connection, or nothing where the connection is not taken. */
  connect(socket: Socket): Line | undefined;
}

const FLOOD_TICK_MS = 10;

const STRIKING = ['cut-mid-frame', 'cut-before-reply', 'cut-after-write', 'duplicate-reply', 'reply-out-of-order', 'long-list', 'forged-frames', 'garbage']; // prettier-ignore

const strikes = (fault: Fault): number => {
  if (!STRIKING.includes(fault.kind)) return Infinity;
  return 'times' in fault ? (fault.times ?? 1) : 1;
};

export const createFaults = ({ scenario, clock, emit, restart }: FaultHooks): FaultWire => {
  const actives: Active[] = [];
  const lines = new Set<Line>();
  let serial = 0;

  const afflictions: Afflictions = {
    get any() {
      return actives.length > 0;
    },
    on<K extends FaultKind>(kind: K, line: LineInfo) {
      return actives.find(({ fault, hits }) => fault.kind === kind && hits(line))?.fault as FaultOf<K> | undefined;
    },
    strike<K extends FaultKind>(kind: K, line: LineInfo, action: string) {
      const active = actives.find(({ fault, hits }) => {
        const wanted = 'action' in fault ? fault.action?.toLowerCase() : undefined;
        return fault.kind === kind && hits(line) && (wanted === undefined || action.toLowerCase().startsWith(wanted));
      });
      if (!active) return undefined;
      active.left -= 1;
      if (active.left <= 0) active.end();
      return active.fault as FaultOf<K>;
    },
  };

  const flood = (perSecond: number): (() => void) => {
    let sent = 0;
    let cancel = () => {};
    const started = clock.now();
    const tick = () => {
      const due = Math.floor(((clock.now() - started) / 1_000) * perSecond);
      for (; sent < due; sent += 1) emit('call', 'Flood', sent);
      cancel = clock.setTimeout(tick, FLOOD_TICK_MS);
    };
    tick();
    return () => {
      cancel();
    };
  };

  const changePermissions = ({ user, read, write }: FaultOf<'permissions-changed'>): (() => void) => {
    const account = scenario.users[user];
    if (!account) throw new Error(`The scenario has no user ${user}`);
    const before = { ...account };
    Object.assign(account, read === undefined ? {} : { read }, write === undefined ? {} : { write });
    return () => {
      Object.assign(account, before);
    };
  };

  /** What switching on does besides being on; gives what switching off does. */
  const begin = (fault: Fault, hits: (line: LineInfo) => boolean): (() => void) | 'over' => {
    const now = (make: () => Buffer | string) => {
      for (const line of lines) if (hits(line)) line.sendRaw(make());
      return 'over' as const;
    };
    if (fault.kind === 'event-flood') return flood(fault.perSecond);
    if (fault.kind === 'permissions-changed') return changePermissions(fault);
    if (fault.kind === 'restart') {
      restart(fault.downMs);
      return 'over';
    }
    if (fault.kind === 'forged-frames' && fault.action === undefined) return now(() => forged(fault.frame));
    if (fault.kind === 'garbage' && fault.action === undefined) return now(() => garbage(fault.bytes));
    return () => {};
  };

  const refresh = () => {
    for (const line of lines) line.refresh();
  };

  return {
    inject(fault, { on: hits = () => true } = {}) {
      const undo = begin(fault, hits);
      if (undo === 'over') return () => {};
      const active: Active = {
        fault,
        hits,
        left: strikes(fault),
        end() {
          const at = actives.indexOf(active);
          if (at < 0) return;
          actives.splice(at, 1);
          undo();
          refresh();
        },
      };
      actives.push(active);
      refresh();
      return () => {
        active.end();
        if (fault.kind === 'reply-out-of-order') for (const line of lines) line.release();
      };
    },
    clear() {
      for (const active of [...actives]) active.end();
      for (const line of lines) line.release();
    },
    get active() {
      return actives.map(({ fault }) => fault.kind);
    },
    get lines() {
      return [...lines];
    },
    connect(socket) {
      serial += 1;
      const stranger: LineInfo = { id: serial, user: '', authenticated: false, events: true };
      const most = afflictions.on('authlimit', stranger)?.most ?? Infinity;
      const strangers = [...lines].filter(({ authenticated }) => !authenticated).length;
      if (afflictions.on('acl-close', stranger) || strangers >= most) {
        socket.destroy();
        return undefined;
      }
      const line = createLine({ id: serial, socket, faults: afflictions, clock });
      lines.add(line);
      socket.on('close', () => lines.delete(line));
      line.refresh();
      return line;
    },
  };
};
