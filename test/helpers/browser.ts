import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './asterisk.ts';

/** Debian's, where it is installed. */
export const chromium: string | undefined = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);

export interface Page {
  /** Value of a JavaScript expression in the page. */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

/** A page in a browser of its own, driven by the DevTools protocol. */
export const openPage = async (url: string): Promise<Page> => {
  if (chromium === undefined) throw new Error('There is no browser');
  const profile = mkdtempSync(join(tmpdir(), 'browser-'));
  const child: ChildProcess = spawn(
    chromium,
    ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0', `--user-data-dir=${profile}`, url],
    { stdio: 'ignore' },
  );
  const page = await eventually(async () => {
    const [port] = readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n');
    const pages = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as { type: string; webSocketDebuggerUrl: string }[]; // prettier-ignore
    const found = pages.find(({ type }) => type === 'page');
    if (!found) throw new Error('The browser has no page yet');
    return found;
  }, 20_000);
  const socket = new WebSocket(page.webSocketDebuggerUrl);
  await new Promise((resolve) => {
    socket.addEventListener('open', resolve, { once: true });
  });
  let last = 0;
  return {
    evaluate: (expression) =>
      new Promise((resolve, reject) => {
        const id = (last += 1);
        const onMessage = ({ data }: MessageEvent) => {
          const reply = JSON.parse(String(data)) as { id?: number; result?: { result?: { value?: unknown }; exceptionDetails?: { text: string } } }; // prettier-ignore
          if (reply.id !== id) return;
          socket.removeEventListener('message', onMessage);
          if (reply.result?.exceptionDetails) reject(new Error(reply.result.exceptionDetails.text));
          else resolve(reply.result?.result?.value);
        };
        socket.addEventListener('message', onMessage);
        socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params: { expression, returnByValue: true, awaitPromise: true } })); // prettier-ignore
      }),
    async close() {
      socket.close();
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      // Its helpers may still be writing.
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
};
