import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';

export const CHUNK = 64 * 1_024;

/** Cut without regard to where an event ends, as TCP does. */
export const chunksOf = (bytes: Buffer): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, index) =>
    bytes.subarray(index * CHUNK, (index + 1) * CHUNK),
  );

export interface Feeder {
  port: number;
  close(): void;
}

/** An Asterisk that accepts any login and then sends the same events to everybody, as fast as they are taken. */
export const startFeeder = async (bytes: Buffer): Promise<Feeder> => {
  const chunks = chunksOf(bytes);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.write('Asterisk Call Manager/11.0.0\r\n');
    let asked = '';
    socket.on('data', (chunk: Buffer) => {
      const actions = (asked + chunk.toString('latin1')).split('\r\n\r\n');
      asked = actions.pop() ?? '';
      for (const action of actions) {
        const id = /^ActionID: (.*)$/im.exec(action)?.[1] ?? '';
        const name = /^Action: (\w+)/im.exec(action)?.[1]?.toLowerCase();
        if (name === 'challenge') socket.write(`Response: Success\r\nActionID: ${id}\r\nChallenge: 1\r\n\r\n`);
        if (name !== 'login') continue;
        socket.write(`Response: Success\r\nActionID: ${id}\r\nMessage: Authentication accepted\r\n\r\n`);
        setTimeout(() => Readable.from(chunks).pipe(socket, { end: false }), 200);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The feeder has no port');
  return {
    port: address.port,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};
