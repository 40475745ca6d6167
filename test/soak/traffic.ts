import { pick, type Random, sleep } from './chaos.ts';

export interface Answer {
  status: number;
  // Bodies are looked into as they come; the suites hold them against their schemas.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

export type Ask = (method: string, path: string, body?: object) => Promise<Answer>;

export interface Books {
  answers: Map<string, number>;
  /** Calls taken on and not yet seen to have ended. */
  open: Set<string>;
  /** Ended ones, with how and when. */
  ended: Map<string, string>;
  accepted: number;
  violations: string[];
}

export interface WorkerOptions {
  id: number;
  ask: Ask;
  random: Random;
  running: () => boolean;
  restarts: () => number;
  books: Books;
}

const EXTENSIONS = ['answer', 'answer', 'busy', 'congestion', 'reject', 'ring', 'ringanswer', 'short'];

/** A key for the end of a call, which must never change any more. */
export const endOf = (call: { disposition: string; endedAt: string }): string => `${call.disposition} ${call.endedAt}`;

/** Looks at a call taken on; moves it to the ended ones when it has. */
export const lookAt = async (ask: Ask, books: Books, id: string): Promise<void> => {
  const { status, body } = await ask('GET', `/calls/${id}`);
  if (status === 404) books.violations.push(`call ${id} was taken on and is not known`);
  if (status === 404 || (status === 200 && body.status === 'ended')) {
    books.open.delete(id);
    if (status === 200) books.ended.set(id, endOf(body));
  }
};

/** One client of the gateway: does this and that until told to stop. */
export const work = async ({ id, ask, random, running, restarts, books }: WorkerOptions): Promise<void> => {
  const mine: string[] = [];
  /** What each variable of this worker may hold. */
  const held = new Map<string, { values: Set<string>; restarts: number; sure: boolean }>();
  /** Read all at once: in flight on one connection, where a reply could go to the wrong one of them. */
  const variables = [0, 1, 2, 3, 4, 5].map((number) => `SOAK_${id}_${number}`);
  let turn = 0;

  const place = async () => {
    const channel = `Local/${pick(random, EXTENSIONS)}@lab/n`;
    const request = { channel, application: 'Wait', data: '2', ringTimeoutSeconds: 3 };
    const { status, body } = await ask('POST', '/calls', request);
    const callId = status === 201 ? body.id : body.callId;
    if (typeof callId !== 'string') return;
    books.accepted += 1;
    books.open.add(callId);
    mine.push(callId);
  };

  const hangup = async () => {
    const call = mine.splice(Math.floor(random() * mine.length), 1)[0];
    if (call) await ask('DELETE', `/calls/${call}`);
  };

  const write = async (name: string) => {
    const value = `${name}=${turn}`;
    const known = held.get(name) ?? { values: new Set<string>(), restarts: 0, sure: false };
    held.set(name, known);
    const before = restarts();
    const { status } = await ask('PUT', `/variables/${name}`, { value });
    // A write that failed may be carried out at any time later, even behind newer ones.
    if (status !== 200) known.values.add(value);
    else {
      if (known.sure) known.values.clear();
      known.values.add(value);
      known.restarts = before;
    }
    known.sure = status === 200 && known.values.size === 1;
  };

  const readBack = async (name: string) => {
    const known = held.get(name);
    const { status, body } = await ask('GET', `/variables/${name}`);
    if (status !== 200) return;
    const empty = known === undefined || known.restarts < restarts() || !known.sure;
    if (body.value === null ? empty : known?.values.has(body.value)) return;
    books.violations.push(`${name} was read as ${body.value}, not one of ${[...(known?.values ?? [])].join(' ')}`);
  };

  const list = async (path: string, field: string) => {
    const { status, body } = await ask('GET', path);
    if (status !== 200) return;
    const wrong = body.items.find((item: Record<string, unknown>) => !(field in item));
    if (wrong) books.violations.push(`${path} gave ${JSON.stringify(wrong)}`);
  };

  while (running()) {
    turn += 1;
    const name = pick(random, variables);
    const dice = random();
    if (dice < 0.15) await place();
    else if (dice < 0.25) await hangup();
    else if (dice < 0.5) await write(name);
    else if (dice < 0.8) await Promise.all(variables.map(readBack));
    else if (dice < 0.87) await list('/channels?limit=50', 'id');
    else if (dice < 0.94) await list('/queues', 'membersLoggedIn');
    else await list('/calls?limit=50', 'disposition');
    await sleep(50 + random() * 150);
  }
};
