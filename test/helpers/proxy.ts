import { connect, createServer, type Socket } from 'node:net';

export interface Proxy {
  port: number;
  /** All that clients sent, in the order it came, over every connection. */
  sent(): string;
  forget(): void;
  /** Called with what a client sends; returns what goes on to the server, or null to cut the connection. */
  onRequest: (text: string) => string | null;
  /** Called with what the server sends; returns what goes on to the client, or null to cut. */
  onReply: (text: string) => string | null;
  /** Cuts every connection. */
  cut(): void;
  close(): Promise<void>;
}

/** A TCP relay before a real Asterisk: sees every byte, and can cut or forge where a network would. */
export const startProxy = async (target: number): Promise<Proxy> => {
  const pairs = new Set<[Socket, Socket]>();
  let recorded = '';
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    const drop = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    const relay = (from: Socket, to: Socket, change: (text: string) => string | null) => {
      from.on('data', (chunk) => {
        const text = change(chunk.toString('latin1'));
        if (text === null) drop();
        else to.write(Buffer.from(text, 'latin1'));
      });
      from.on('error', drop).on('close', drop);
    };
    relay(client, upstream, (text) => {
      recorded += text;
      return proxy.onRequest(text);
    });
    relay(upstream, client, (text) => proxy.onReply(text));
  });
  const proxy: Proxy = {
    port: 0,
    sent: () => recorded,
    forget: () => {
      recorded = '';
    },
    onRequest: (text) => text,
    onReply: (text) => text,
    cut() {
      for (const [client, upstream] of pairs) {
        client.destroy();
        upstream.destroy();
      }
    },
    close: () =>
      new Promise((resolve) => {
        proxy.cut();
        server.close(() => {
          resolve();
        });
      }),
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy.port = (server.address() as { port: number }).port;
  return proxy;
};
