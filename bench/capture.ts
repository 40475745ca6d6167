import { once } from 'node:events';
import { connect } from 'node:net';
import type { LabServer } from '../test/lab/asterisk.ts';
import { until } from './processes.ts';

const END = '\r\n\r\n';

export interface Capture {
  /** Whole events, as Asterisk sent them. */
  bytes: Buffer;
  events: number;
  calls: number;
}

const logIn = async (lab: LabServer, events: 'on' | 'off') => {
  const socket = connect({ host: '127.0.0.1', port: lab.amiPort, noDelay: true });
  await once(socket, 'connect');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
  });
  socket.write(`Action: Login\r\nUsername: ${lab.user}\r\nSecret: ${lab.secret}\r\nEvents: ${events}${END}`);
  await until(async () => Buffer.concat(chunks).includes('Authentication accepted'), 'The AMI login');
  return { socket, chunks };
};

/** The events of all classes that some hundred answered and ended Local calls make. */
export const captureEvents = async (lab: LabServer, calls: number): Promise<Capture> => {
  const listener = await logIn(lab, 'on');
  const caller = await logIn(lab, 'off');
  try {
    for (let call = 1; call <= calls; call += 1) {
      caller.socket.write(
        [
          'Action: Originate',
          `ActionID: bench-${call}`,
          'Channel: Local/short@lab',
          'Application: Wait',
          'Data: 1',
          `CallerID: "Bench ${call}" <${1_000 + call}>`,
          'Async: true',
        ].join('\r\n') + END,
      );
      if (call % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    // Until it has been quiet for two seconds: every call has ended.
    for (let before = -1; before !== listener.chunks.length;) {
      before = listener.chunks.length;
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
  } finally {
    listener.socket.destroy();
    caller.socket.destroy();
  }
  const events = Buffer.concat(listener.chunks)
    .toString('latin1')
    .split(END)
    .slice(0, -1)
    .filter((frame) => frame.startsWith('Event: ') && !frame.startsWith('Event: FullyBooted'));
  const hangups = events.filter((frame) => frame.startsWith('Event: Hangup\r\n')).length;
  if (hangups < 2 * calls) throw new Error(`Of ${2 * calls} channels ${hangups} hung up`);
  return { bytes: Buffer.from(events.join(END) + END, 'latin1'), events: events.length, calls };
};
