import { eventually } from './asterisk.ts';

export interface SseMessage {
  id: string;
  /** Parsed; `name` tells what it is. */
  data: Record<string, unknown> & { name: string };
}

export interface SseClient {
  readonly status: number;
  readonly messages: readonly SseMessage[];
  readonly closed: boolean;
  names(): string[];
  /** The first message that fits. */
  until(look: (message: SseMessage) => boolean, timeoutMs?: number): Promise<SseMessage>;
  gone(timeoutMs?: number): Promise<void>;
  close(): void;
}

/** Reads Server-Sent Events by the letter of the specification, as far as it is needed. */
export const openSse = async (url: string, headers: Record<string, string> = {}): Promise<SseClient> => {
  const abort = new AbortController();
  const response = await fetch(url, { headers, signal: abort.signal });
  const messages: SseMessage[] = [];
  let closed = false;
  const read = async () => {
    const decoder = new TextDecoder();
    let rest = '';
    let id = '';
    for await (const chunk of response.body ?? []) {
      rest += decoder.decode(chunk as Uint8Array, { stream: true });
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const lines = block.split('\n');
        for (const line of lines) if (line.startsWith('id: ')) id = line.slice(4);
        const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
        if (data.length > 0) messages.push({ id, data: JSON.parse(data.join('\n')) as SseMessage['data'] });
      }
    }
  };
  const done = read()
    .catch(() => {})
    .finally(() => {
      closed = true;
    });
  return {
    status: response.status,
    messages,
    get closed() {
      return closed;
    },
    names: () => messages.map(({ data }) => data.name),
    until: (look, timeoutMs = 10_000) =>
      eventually(() => {
        const found = messages.find(look);
        if (!found) throw new Error(`Not among ${messages.map(({ data }) => data.name).join(' ')}`);
        return found;
      }, timeoutMs),
    gone: async (timeoutMs = 5_000) => {
      await Promise.race([
        done,
        new Promise((_resolve, reject) => setTimeout(() => { reject(new Error('Still open')); }, timeoutMs)), // prettier-ignore
      ]);
    },
    close: () => {
      abort.abort();
    },
  };
};
