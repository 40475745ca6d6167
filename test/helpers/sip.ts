import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { eventually } from './asterisk.ts';

export interface SipPhone {
  port: number;
  /** Everything received, a message each. */
  readonly messages: readonly string[];
  /** Calls an extension as the endpoint `caller`, and takes the answer. */
  invite(extension: string): void;
  until(pattern: RegExp): Promise<string>;
  close(): void;
}

/** As little of a phone as will do: it answers every request with 200, and confirms the end of its call. */
export const openSipPhone = async (asteriskPort: number): Promise<SipPhone> => {
  const socket = createSocket('udp4');
  await once(socket.bind(0, '127.0.0.1'), 'listening');
  const { port } = socket.address();
  const messages: string[] = [];
  const tag = String(port);
  const send = (lines: string[], body = '') => {
    const text = [...lines, `Content-Length: ${body.length}`, '', body].join('\r\n');
    socket.send(text, asteriskPort, '127.0.0.1');
  };
  const header = (message: string, name: string) => new RegExp(`^${name}: .*$`, 'im').exec(message)?.[0] ?? '';
  const request = (method: string, extension: string, to: string) => [
    `${method} sip:${extension}@127.0.0.1:${asteriskPort} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${tag}`,
    'Max-Forwards: 70',
    `From: <sip:caller@127.0.0.1>;tag=${tag}`,
    to,
    `Call-ID: ${tag}@lab`,
    `CSeq: 1 ${method}`,
    `Contact: <sip:caller@127.0.0.1:${port}>`,
  ];
  let called = '';
  socket.on('message', (bytes) => {
    const message = bytes.toString();
    messages.push(message);
    if (/^SIP\/2.0 [3-6]/.test(message)) send(request('ACK', called, header(message, 'To')));
    if (message.startsWith('SIP/2.0')) return;
    send(['SIP/2.0 200 OK', ...['Via', 'From', 'To', 'Call-ID', 'CSeq'].map((name) => header(message, name))]);
  });
  return {
    port,
    messages,
    invite(extension) {
      called = extension;
      const session = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${port} RTP/AVP 0`, '']; // prettier-ignore
      const lines = request('INVITE', extension, `To: <sip:${extension}@127.0.0.1>`);
      send([...lines, 'Content-Type: application/sdp'], session.join('\r\n'));
    },
    until: (pattern) =>
      eventually(() => {
        const found = messages.find((message) => pattern.test(message));
        if (found === undefined) throw new Error(`No ${String(pattern)} in\n${messages.join('\n')}`);
        return found;
      }),
    close: () => {
      socket.close();
    },
  };
};
