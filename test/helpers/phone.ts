import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { eventually } from './asterisk.ts';

interface Message {
  start: string;
  get(name: string): string;
  via: string[];
  body: string;
}

/** One call of a phone. */
export interface PhoneCall {
  /** What the other side answered to our INVITE, or we to theirs; 0 while it rings. */
  readonly status: number;
  readonly over: boolean;
  /** What another dialogue's REFER names this one by. */
  readonly replaces: string;
  hold(): Promise<void>;
  resume(): Promise<void>;
  /** Transfers the other side: to a number, or with what `replaces` gives to the other side of that call. */
  refer(number: string, replaces?: string): Promise<void>;
  /** Hangs up, or gives up where the other side has not answered. */
  hangUp(): void;
}

export interface Phone {
  readonly port: number;
  /** The number the dialplan of the lab rings it under. */
  readonly number: string;
  /** What it does with calls: `ring` waits, 200 answers, any other status refuses. */
  onCall: 'ring' | number;
  call(number: string): PhoneCall;
  /** A call of its own that is up, once there is one. */
  talking(): Promise<PhoneCall>;
  close(): void;
}

const parse = (text: string): Message => {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const [start = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]); // prettier-ignore
  const all = (name: string) => headers.filter(([known]) => known === name).map(([, value]) => value ?? '');
  return { start, body, get: (name) => all(name)[0] ?? '', via: all('via') };
};
const tag = () => randomBytes(6).toString('hex');
const tagOf = (header: string) => /;tag=([^;]+)/.exec(header)?.[1] ?? '';

/** A SIP phone without sound, for the endpoint `phone` of the lab: UDP on loopback, where nothing gets lost. */
export const openPhone = async (sipPort: number, user = 'phone'): Promise<Phone> => {
  const socket = createSocket('udp4');
  await once(socket.bind(0, '127.0.0.1'), 'listening');
  const { port } = socket.address();
  const server = `127.0.0.1:${sipPort}`;
  const calls = new Map<string, PhoneCall & { take(message: Message): void }>();
  let version = 0;

  const send = (start: string, headers: string[], sdp = '') => {
    const kind = sdp === '' ? [] : ['Content-Type: application/sdp'];
    const all = [
      start,
      ...headers,
      `Contact: <sip:${user}@127.0.0.1:${port}>`,
      ...kind,
      `Content-Length: ${sdp.length}`,
    ];
    socket.send(`${all.join('\r\n')}\r\n\r\n${sdp}`, sipPort, '127.0.0.1');
  };
  // Sound would come to the port of SIP, where nobody listens to it.
  const sdpFor = (mode: string) =>
    ['v=0', `o=- ${port} ${(version += 1)} IN IP4 127.0.0.1`, 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${port} RTP/AVP 0`, `a=${mode}`, ''].join('\r\n'); // prettier-ignore

  const createCall = (invite: Message | undefined, number = '') => {
    const id = invite?.get('call-id') ?? `${tag()}@127.0.0.1`;
    const mine = tag();
    const local = invite ? `${invite.get('to')};tag=${mine}` : `<sip:${user}@${server}>;tag=${mine}`;
    let remote = invite?.get('from') ?? `<sip:${number}@${server}>`;
    let target = invite ? (/<([^>]+)>/.exec(invite.get('contact'))?.[1] ?? '') : `sip:${number}@${server}`;
    let status = 0;
    let over = false;
    let sequence = 0;
    let answered: (message: Message) => void = () => {};

    const request = (method: string, headers: string[] = [], sdp = '', cseq = (sequence += 1), branch = tag()) => {
      const via = `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${branch};rport`;
      send(`${method} ${target} SIP/2.0`, [via, 'Max-Forwards: 70', `From: ${local}`, `To: ${remote}`, `Call-ID: ${id}`, `CSeq: ${cseq} ${method}`, ...headers], sdp); // prettier-ignore
      return branch;
    };
    const ask = (method: string, headers: string[] = [], sdp = '') =>
      new Promise<Message>((resolve) => {
        answered = resolve;
        request(method, headers, sdp);
      });
    const reply = (to: Message, code: number, sdp = '') => {
      const toHeader = tagOf(to.get('to')) === '' ? local : to.get('to');
      send(`SIP/2.0 ${code} ${code < 300 ? 'OK' : 'No'}`, [...to.via.map((one) => `Via: ${one}`), `From: ${to.get('from')}`, `To: ${toHeader}`, `Call-ID: ${id}`, `CSeq: ${to.get('cseq')}`], sdp); // prettier-ignore
    };
    const invited = invite ? '' : request('INVITE', [], sdpFor('sendrecv'));
    const takeReply = (message: Message) => {
      const code = Number(message.start.split(' ')[1]);
      const [cseq = '', method] = message.get('cseq').split(' ');
      if (code < 200) return;
      if (method === 'INVITE') {
        if (tagOf(remote) === '') remote = message.get('to');
        if (status === 0) status = code;
        over ||= code >= 300;
        target = /<([^>]+)>/.exec(message.get('contact'))?.[1] ?? target;
        request('ACK', [], '', Number(cseq), code >= 300 ? invited : tag());
      }
      if (method !== 'CANCEL') answered(message);
    };
    const takeRequest = (message: Message) => {
      const [method] = message.start.split(' ');
      if (method === 'ACK') return;
      if (method !== 'INVITE') reply(message, 200);
      else if (status === 200) reply(message, 200, sdpFor('sendrecv'));
      else {
        reply(message, 180);
        if (phone.onCall === 'ring') return;
        status = phone.onCall;
        over = status !== 200;
        reply(message, status, status === 200 ? sdpFor('sendrecv') : '');
      }
      if (method === 'CANCEL' && invite && status === 0) reply(invite, (status = 487));
      if (method === 'BYE' || method === 'CANCEL') over = true;
    };
    const reinvite = async (mode: string) => {
      const { start } = await ask('INVITE', [], sdpFor(mode));
      if (!start.includes(' 200 ')) throw new Error(start);
    };

    const call = {
      get status() {
        return status;
      },
      get over() {
        return over;
      },
      get replaces() {
        return `${encodeURIComponent(id)}%3Bto-tag%3D${tagOf(remote)}%3Bfrom-tag%3D${mine}`;
      },
      hold: () => reinvite('sendonly'),
      resume: () => reinvite('sendrecv'),
      async refer(to: string, replaces?: string) {
        const query = replaces === undefined ? '' : `?Replaces=${replaces}`;
        const { start } = await ask('REFER', [`Refer-To: <sip:${to}@${server}${query}>`, `Referred-By: <sip:${user}@${server}>`]); // prettier-ignore
        if (!start.includes(' 202 ')) throw new Error(start);
      },
      hangUp() {
        if (over) return;
        if (status === 200) request('BYE');
        else if (invite) reply(invite, (status = 603));
        else request('CANCEL', [], '', 1, invited);
        over = status !== 0;
      },
      take(message: Message) {
        if (message.start.startsWith('SIP/')) takeReply(message);
        else takeRequest(message);
      },
    };
    calls.set(id, call);
    return call;
  };

  socket.on('message', (data) => {
    // Anything else is sound.
    if (!/^[A-Z]/.test(data.toString('latin1', 0, 1))) return;
    const message = parse(data.toString('utf8'));
    const known = calls.get(message.get('call-id'));
    if (known) known.take(message);
    else if (message.start.startsWith('INVITE')) createCall(message).take(message);
  });

  const phone: Phone = {
    port,
    number: String(port),
    onCall: 200,
    call: (number) => createCall(undefined, number),
    talking: () =>
      eventually(() => {
        const call = [...calls.values()].find(({ status, over }) => status === 200 && !over);
        if (!call) throw new Error('Nobody talks on the phone');
        return call;
      }),
    close() {
      for (const call of calls.values()) call.hangUp();
      // What is closed sends nothing more, not even what waits to be sent.
      socket.send('\r\n', sipPort, '127.0.0.1', () => socket.close());
    },
  };
  return phone;
};
