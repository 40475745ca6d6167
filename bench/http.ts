import type { LabServer } from '../test/lab/asterisk.ts';
import type { Figures, Load } from './load.ts';
import { measure } from './processes.ts';
import type { RawLoad } from './raw-ami.ts';
import { median } from './report.ts';
import { type AnyTarget, ariTarget, bodyOf, isHttp, openRawman, startBare, startGateway } from './targets.ts';
import { VALUE, VARIABLE } from './targets.ts';

export const CLIENTS = [1, 4, 32] as const;

export interface Row {
  name: string;
  /** Medians, by number of clients. */
  cells: Map<number, Figures>;
  /** Each round's own, for ratios: servers are compared within a round. */
  rounds: Map<number, readonly Figures[]>;
}

export interface Pace {
  rounds: number;
  seconds: number;
  warmUpSeconds: number;
  progress: (text: string) => void;
}

/** Each cell is the median of the rounds; each round goes through all servers, so that a drift hits all alike. */
export const measureRequests = async (lab: LabServer, pace: Pace): Promise<Row[]> => {
  const { rounds, seconds, warmUpSeconds, progress } = pace;
  const rawman = () => openRawman(lab, Math.max(...CLIENTS));
  const targets: AnyTarget[] = [
    await startGateway(lab),
    await rawman(),
    ariTarget(lab),
    await startBare(),
    { name: 'raw pipelined AMI over TCP', raw: true },
  ];
  const expected = new Map<AnyTarget, string>();
  for (const target of targets.filter(isHttp)) expected.set(target, await bodyOf(target));

  const measureOne = async (target: AnyTarget, clients: number): Promise<Figures> => {
    const common = { warmUpSeconds, seconds };
    if (!isHttp(target)) {
      const { amiPort: port, user, secret } = lab;
      const task: RawLoad = { ...common, port, user, secret, variable: VARIABLE, value: VALUE, inFlight: clients };
      return (await measure('raw-ami.ts', task)) as Figures;
    }
    // Sessions of AMI over HTTP end after a minute without a request.
    const headers = target.url.includes('/rawman') ? (await rawman()).headers : target.headers;
    const { url } = target;
    const task: Load = { ...common, url, headers, connections: clients, body: expected.get(target)! };
    return (await measure('load.ts', task)) as Figures;
  };

  const taken = new Map<string, Figures[]>();
  for (let round = 1; round <= rounds; round += 1) {
    for (const clients of CLIENTS) {
      for (const target of targets) {
        const figures = await measureOne(target, clients);
        const key = `${target.name} ${clients}`;
        taken.set(key, [...(taken.get(key) ?? []), figures]);
        progress(`round ${round}: ${target.name}, ${clients} clients: ${Math.round(figures.perSecond)}/s`);
      }
    }
  }
  for (const [target, body] of expected) {
    const now = isHttp(target) && (await bodyOf(target.url.includes('/rawman') ? await rawman() : target));
    if (now !== body) throw new Error(`${target.name} gives another answer than before`);
  }
  return targets.map(({ name }) => {
    const rounds = new Map(CLIENTS.map((clients) => [clients, taken.get(`${name} ${clients}`) ?? []]));
    return { name, rounds, cells: new Map(CLIENTS.map((clients) => [clients, medianOf(rounds.get(clients)!)])) };
  });
};

const medianOf = (all: readonly Figures[]): Figures => ({
  perSecond: median(all.map(({ perSecond }) => perSecond)),
  p50: median(all.map(({ p50 }) => p50)),
  p99: median(all.map(({ p99 }) => p99)),
});
