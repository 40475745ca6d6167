import { createRequire } from 'node:module';
import util from 'node:util';
import { openConnection } from '../src/ami/connection.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { task } from './processes.ts';
import { createTally } from './tally.ts';

export interface ClientTask {
  client: keyof typeof CLIENTS;
  port: number;
  events: number;
}

type Count = (event: unknown, uniqueId: unknown) => void;
type Fields = Record<string, unknown>;
type Connect = (port: number, count: Count) => unknown;

const require = createRequire(import.meta.url);
const host = '127.0.0.1';

/** Each as its own documentation says, logging in and listening to every event. */
const CLIENTS = {
  gateway: (port, count) =>
    openConnection({
      address: { host, port, tls: false },
      username: 'bench',
      secret: 'bench',
      events: 'on',
      timeoutMs: 5_000,
      maxListItems: 1_000,
      clock: systemClock,
      log: silentLog,
      onEvent: (frame) => {
        count(frame.event, frame.get('Uniqueid'));
      },
      onProgress: () => {},
      onClose: () => {},
    }),
  'asterisk-manager': (port, count) => {
    const ami = new (require('asterisk-manager'))(port, host, 'bench', 'bench', true);
    ami.on('managerevent', (event: Fields) => count(event['event'], event['uniqueid']));
  },
  'ami-io': (port, count) => {
    const { createClient, SilentLogger } = require('ami-io');
    const ami = createClient({ port, host, login: 'bench', password: 'bench', logger: new SilentLogger() });
    ami.on('event', (event: Fields) => count(event['event'], event['uniqueid']));
    ami.connect();
  },
  yana: (port, count) => {
    // Not in Node any more since release 23, and yana was not changed since.
    Object.assign(util, { isArray: Array.isArray });
    const ami = new (require('yana'))({ port, host, login: 'bench', password: 'bench', events: true });
    ami.on('event', (event: Fields) => count(event['Event'], event['Uniqueid'] ?? event['UniqueID']));
    ami.connect();
  },
  'asterisk-ami-client': (port, count) => {
    const ami = new (require('asterisk-ami-client'))();
    ami.on('event', (event: Fields) => count(event['Event'], event['Uniqueid'] ?? event['UniqueID']));
    return ami.connect('bench', 'bench', { host, port });
  },
} satisfies Record<string, Connect>;

const { client, port, events } = task() as ClientTask;
const tally = createTally(events);
await CLIENTS[client](port, tally.count);
console.log(JSON.stringify(await tally.done));
process.exit(0);
