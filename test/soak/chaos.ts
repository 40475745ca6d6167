import type { Fault, FaultScope } from '../../src/simulator/faults.ts';
import type { Simulator } from '../../src/simulator/index.ts';

export type Random = () => number;

/** The same numbers for the same seed (mulberry32). */
export const seeded = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

export const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const toActions: FaultScope = { on: ({ events, authenticated }) => authenticated && !events };
const ACTIONS = ['Originate', 'Getvar', 'Setvar', 'Hangup', undefined] as const;

interface Cruelty {
  fault: Fault;
  scope?: FaultScope;
  /** Followed by one that makes it felt: what strikes new connections alone needs some. */
  then?: Fault;
}

const recipes = (random: Random): (() => Cruelty)[] => {
  const strike = () => {
    const action = pick(random, ACTIONS);
    return { ...(action === undefined ? {} : { action }), times: 1 + Math.floor(random() * 3) };
  };
  const restart = (): Fault => ({ kind: 'restart', downMs: 50 + Math.floor(random() * 500) });
  return [
    () => ({ fault: { kind: 'delay', ms: 50 + Math.floor(random() * 1_500) } }),
    () => ({ fault: { kind: 'freeze' } }),
    () => ({ fault: { kind: 'half-open' }, then: { kind: 'cut-before-reply', times: 2 } }),
    () => ({ fault: { kind: 'cut-mid-frame', ...strike() } }),
    () => ({ fault: { kind: 'cut-before-reply', ...strike() } }),
    () => ({ fault: { kind: 'cut-after-write', ...strike() } }),
    () => ({ fault: { kind: 'duplicate-reply', ...strike() }, scope: toActions }),
    () => ({ fault: { kind: 'reply-out-of-order', ...strike() }, scope: toActions }),
    () => ({ fault: { kind: 'forged-frames', frame: pick(random, ['response', 'event'] as const) }, scope: toActions }),
    () => ({ fault: { kind: 'garbage', bytes: 10 + Math.floor(random() * 2_000) }, scope: toActions }),
    () => ({ fault: { kind: 'byte-by-byte' } }),
    () => ({ fault: { kind: 'long-list', bytes: 1_000_000 } }),
    () => ({ fault: { kind: 'event-flood', perSecond: 500 } }),
    () => ({ fault: { kind: 'permissions-changed', user: 'gateway', write: 'system,reporting' }, then: restart() }),
    () => ({ fault: restart() }),
    () => ({ fault: { kind: 'acl-close' }, then: { kind: 'cut-before-reply', times: 2 } }),
    () => ({ fault: { kind: 'authlimit', most: 1 }, then: restart() }),
    () => ({ fault: { kind: 'login-refused' }, then: { kind: 'cut-before-reply', times: 2 } }),
  ];
};

export interface ChaosOptions {
  simulator: Simulator;
  random: Random;
  running: () => boolean;
  /** Resolves when the pool is full, with false where it did not become so in time. */
  full: (withinMs: number) => Promise<boolean>;
}

export interface ChaosReport {
  /** How often each came, and the longest time until the pool was full again, in milliseconds. */
  faults: Map<string, { times: number; slowestMs: number }>;
  restarts: number;
  neverFull: string[];
}

/** One fault after another, each for a while, with the pool to be full again in between. */
export const unleash = async ({ simulator, random, running, full }: ChaosOptions, report: ChaosReport) => {
  let bag: (() => Cruelty)[] = [];
  while (running()) {
    await sleep(200 + random() * 800);
    // Each comes before any comes again.
    if (bag.length === 0) bag = recipes(random).sort(() => random() - 0.5);
    const { fault, scope, then } = (bag.pop() as () => Cruelty)();
    for (const one of [fault, then]) if (one?.kind === 'restart') report.restarts += 1;
    const end = simulator.faults.inject(fault, scope);
    if (then) simulator.faults.inject(then);
    await sleep(200 + random() * 1_800);
    end();
    simulator.faults.clear();
    // The account has its old classes back only where it logs in again.
    if (fault.kind === 'permissions-changed') {
      report.restarts += 1;
      simulator.faults.inject({ kind: 'restart', downMs: 50 });
    }
    const ended = performance.now();
    // What was cut just now is noticed by then.
    await sleep(20);
    const recovered = await full(30_000);
    const known = report.faults.get(fault.kind) ?? { times: 0, slowestMs: 0 };
    known.times += 1;
    known.slowestMs = Math.max(known.slowestMs, Math.round(performance.now() - ended));
    report.faults.set(fault.kind, known);
    if (!recovered) report.neverFull.push(fault.kind);
  }
};
