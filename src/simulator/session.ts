import { createHash, randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Answer, SimulatedAction } from './actions/define.ts';
import type { Box } from './box.ts';
import { parseClasses, parseMask } from './classes.ts';
import { createReader, type Fields, format, header, headersNamed, type Message } from './wire.ts';

export interface SessionOptions {
  socket: Socket;
  box: Box;
  actions: ReadonlyMap<string, SimulatedAction>;
  /** Sends text to the client; faults come in between here. */
  send: (text: string) => void;
}

export interface Session {
  /** A message read in full. Sessions are serial: the next waits for the answer to this one. */
  receive: (bytes: Buffer) => void;
  /** A live event, if this session is to see it. */
  notify: (eventClass: string, text: string) => void;
}

const REFUSAL_MS = 1_000;
const LONGEST_MESSAGE = 511;

/** One AMI connection: login, classes, event mask, dispatch. */
export const createSession = ({ socket, box, actions, send }: SessionOptions): Session => {
  let read: ReadonlySet<string> = new Set();
  let write: ReadonlySet<string> = new Set();
  let mask: ReadonlySet<string> = new Set();
  let user: string | null = null;
  let challenge = '';
  let queue = Promise.resolve();

  const respond = (actionId: string, kind: string, fields: Fields) => {
    send(format([['Response', kind], ...(actionId === '' ? [] : [['ActionID', actionId] as const]), ...fields]));
  };
  const fail = (actionId: string, message: string) => {
    respond(actionId, 'Error', [['Message', message]]);
  };

  const deliver = (actionId: string, answer: Answer) => {
    const id = actionId === '' ? [] : [['ActionID', actionId] as const];
    if (answer.kind !== 'list') {
      const message = answer.message === undefined ? [] : [['Message', answer.message] as const];
      respond(actionId, answer.kind === 'success' ? 'Success' : 'Error', [...message, ...(answer.fields ?? [])]);
      return;
    }
    respond(actionId, 'Success', [['EventList', 'start'], ['Message', answer.message]]); // prettier-ignore
    for (const item of answer.items) {
      const [first, ...rest] = item;
      // Some lists have it behind the rest: see atTheEnd.
      const placed = item.some(([name]) => name === 'ActionID');
      if (first) send(format(placed ? item : [first, ...id, ...rest]));
    }
    const end: Fields = [['EventList', 'Complete'], ['ListItems', answer.count ?? answer.items.length]]; // prettier-ignore
    send(format([['Event', answer.complete], ...id, ...end, ...(answer.more ?? [])]));
  };

  const login = async (message: Message, actionId: string) => {
    if (user !== null) {
      respond(actionId, 'Success', [['Message', 'Already authenticated']]);
      return;
    }
    const name = header(message, 'Username');
    const [known, account] =
      Object.entries(box.scenario.users).find(([id]) => id.toLowerCase() === name.toLowerCase()) ?? [];
    const expected = createHash('md5').update(`${challenge}${account?.secret ?? ''}`).digest('hex'); // prettier-ignore
    const md5 = header(message, 'AuthType').toUpperCase() === 'MD5';
    const proven = md5
      ? challenge !== '' && header(message, 'Key') === expected
      : header(message, 'Secret') === account?.secret;
    if (!account || known === undefined || !proven) {
      await new Promise<void>((resolve) => {
        box.clock.setTimeout(resolve, REFUSAL_MS);
      });
      fail(actionId, 'Authentication failed');
      socket.end();
      return;
    }
    user = known;
    read = parseClasses(account.read);
    write = parseClasses(account.write);
    mask = parseMask(header(message, 'Events')) ?? read;
    respond(actionId, 'Success', [['Message', 'Authentication accepted']]);
    if (!read.has('system') || !mask.has('system')) return;
    const uptime = Math.floor((box.clock.now() - box.startedAt) / 1_000);
    send(format([['Event', 'FullyBooted'], ['Privilege', 'system,all'], ['Uptime', uptime], ['LastReload', uptime], ['Status', 'Fully Booted']])); // prettier-ignore
  };

  const listCommands = (actionId: string) => {
    const allowed = [...actions.values()].filter(
      ({ classes }) => classes.length === 0 || classes.some((name) => write.has(name)),
    );
    const lines = allowed.map(({ name, synopsis, classes }): [string, string] => {
      return [name, `${synopsis}  (Priv: ${classes.length === 0 ? '<none>' : `${classes.join(',')},all`})`];
    });
    respond(actionId, 'Success', lines.sort(([a], [b]) => a.localeCompare(b))); // prettier-ignore
  };

  /** Actions that belong to the session itself. */
  const own = async (name: string, message: Message, actionId: string): Promise<boolean> => {
    if (name === 'login') await login(message, actionId);
    else if (name === 'logoff') {
      respond(actionId, 'Goodbye', [['Message', 'Thanks for all the fish.']]);
      socket.end();
    } else if (name === 'challenge') {
      if (header(message, 'AuthType').toUpperCase() !== 'MD5') fail(actionId, 'Must specify AuthType');
      else {
        challenge = String(randomInt(100_000_000, 999_999_999));
        respond(actionId, 'Success', [['Challenge', challenge]]);
      }
    } else if (user === null) fail(actionId, 'Permission denied');
    else if (name === 'events') {
      const wanted = parseMask(header(message, 'EventMask'));
      mask = wanted ?? mask;
      if (wanted) respond(actionId, 'Success', [['Events', wanted.size > 0 ? 'On' : 'Off']]);
      else fail(actionId, 'Invalid event mask');
    } else if (name === 'listcommands') listCommands(actionId);
    else return false;
    return true;
  };

  const handle = async (message: Message): Promise<void> => {
    const actionId = header(message, 'ActionID');
    const name = headersNamed(message, 'Action').find((value) => value !== '') ?? '';
    if (message.fault !== null) {
      fail(actionId, message.fault);
      return;
    }
    if (name === '') {
      fail(actionId, 'Missing action in request');
      return;
    }
    if (await own(name.toLowerCase(), message, actionId)) return;
    const action = actions.get(name.toLowerCase());
    if (!action) {
      const known = 'Use Action: ListCommands to show available commands.';
      fail(actionId, `Invalid/unknown command: ${name}. ${known}`.slice(0, LONGEST_MESSAGE));
    } else if (action.classes.length > 0 && !action.classes.some((needed) => write.has(needed))) {
      fail(actionId, 'Permission denied');
    } else {
      const get = (field: string) => header(message, field);
      deliver(actionId, await action.run({ box, message, get, actionId, write }));
    }
  };

  const reader = createReader((message) => {
    queue = queue.then(() => handle(message));
  });

  return {
    receive: reader,
    notify(eventClass, text) {
      if (user !== null && read.has(eventClass) && mask.has(eventClass)) send(text);
    },
  };
};
