import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { labSecret } from './config.ts';
import { createInstance, installedReleases, mountProc, run, versionOf } from './tree.ts';
import type { Instance, Release } from './tree.ts';

export { installedReleases };
export type { Release };

/** What a test needs to reach a server; plain data. */
export interface LabServer {
  release: Release;
  version: string;
  host: '127.0.0.1';
  amiPort: number;
  tlsPort: number;
  httpPort: number;
  sipPort: number;
  /** Where its XMPP client looks for a server. */
  xmppPort: number;
  /** Certificate of the TLS listener, its own authority. */
  caFile: string;
  user: 'gateway';
  secret: string;
  /** Host path of the spool directory; recordings land in its `monitor` folder. */
  spoolDir: string;
}

export interface Asterisk extends LabServer {
  readonly pid: number | null;
  cli(command: string): Promise<string>;
  kill(): Promise<void>;
  start(): Promise<void>;
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

const bootLimit = 60_000;
const stopLimit = 5_000;
const living = new Map<string, ChildProcess | null>();

/** The signal is there at once; a thread that just runs may still answer. */
function awaitStopped({ pid }: ChildProcess): void {
  const threads = `/proc/${pid}/task`;
  const stopped = (thread: string) => /\) [Tt] /.test(readFileSync(`${threads}/${thread}/stat`, 'utf8'));
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < 2_000 && !readdirSync(threads).every(stopped); tries += 1) Atomics.wait(pause, 0, 0, 1);
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // Gone already.
  }
}

process.on('exit', () => {
  for (const [dir, child] of living) {
    if (child) signal(child, 'SIGKILL');
    rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  }
});

/** One try: logs in and waits for FullyBooted, which the server sends at once or when it gets there. */
function fullyBooted(port: number, limit: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const done = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(limit, () => done(false));
    socket.on('error', () => done(false)).on('close', () => done(false));
    socket.on('data', (chunk) => {
      if (text === '') socket.write(`Action: Login\r\nUsername: gateway\r\nSecret: ${labSecret}\r\n\r\n`);
      text += chunk.toString('latin1');
      if (text.includes('Event: FullyBooted')) done(true);
    });
  });
}

function logTail(instance: Instance): string {
  const files = ['log/console.log', 'log/messages.log'].map((file) => join(instance.dir, file)).filter(existsSync);
  return files
    .map((file) => `--- ${file}\n${readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n')}`)
    .join('\n');
}

class Server {
  readonly #instance: Instance;
  readonly #argv: string[];
  #child: ChildProcess | null = null;
  #exited: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(instance: Instance) {
    this.#instance = instance;
    this.#argv = [instance.tree, '/usr/sbin/asterisk', '-C', `${instance.home}/etc/asterisk.conf`];
    living.set(instance.dir, null);
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  async start(): Promise<void> {
    if (this.#stopped) throw new Error('Asterisk was stopped for good');
    if (this.#child) throw new Error('Asterisk is running already');
    const { dir, tree, ports } = this.#instance;
    mountProc(tree);
    const log = openSync(join(dir, 'log/console.log'), 'a');
    // The death signal reaches the server even when this process is itself killed without warning.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'chroot', ...this.#argv, '-f'], {
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.unref();
    this.#child = child;
    living.set(dir, child);
    this.#exited = new Promise((resolve) => {
      const gone = () => {
        this.#child = null;
        if (living.has(dir)) living.set(dir, null);
        resolve();
      };
      child.once('exit', gone).once('error', gone);
    });
    const deadline = Date.now() + bootLimit;
    while (!(await fullyBooted(ports.ami, deadline - Date.now()))) {
      if (this.#child !== child || Date.now() >= deadline) {
        await this.kill();
        throw new Error(`Asterisk did not start\n${logTail(this.#instance)}`);
      }
      await sleep(20);
    }
  }

  #gone(): Promise<void> {
    this.#child?.ref();
    return this.#exited;
  }

  async cli(command: string): Promise<string> {
    const { stdout } = await run('chroot', [...this.#argv, '-rx', command], { maxBuffer: 64 << 20 });
    return stdout;
  }

  async kill(): Promise<void> {
    if (this.#child) signal(this.#child, 'SIGKILL');
    await this.#gone();
  }

  freeze(): void {
    if (!this.#child) return;
    signal(this.#child, 'SIGSTOP');
    awaitStopped(this.#child);
  }

  thaw(): void {
    if (this.#child) signal(this.#child, 'SIGCONT');
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.thaw();
    if (this.#child) signal(this.#child, 'SIGTERM');
    await Promise.race([this.#gone(), sleep(stopLimit, undefined, { ref: false })]);
    await this.kill();
    living.delete(this.#instance.dir);
    await rm(this.#instance.dir, { recursive: true, force: true });
  }
}

export async function startAsterisk(options: { release: Release; name?: string }): Promise<Asterisk> {
  const { release, name = 'lab' } = options;
  if (!installedReleases().includes(release)) throw new Error(`Asterisk ${release} is not installed, or not root`);
  const [instance, version] = await Promise.all([createInstance(release, name), versionOf(release)]);
  const server = new Server(instance);
  try {
    await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  const { dir, ports } = instance;
  return {
    release,
    version,
    host: '127.0.0.1',
    amiPort: ports.ami,
    tlsPort: ports.tls,
    httpPort: ports.http,
    sipPort: ports.sip,
    xmppPort: ports.xmpp,
    caFile: join(dir, 'keys/cert.pem'),
    user: 'gateway',
    secret: labSecret,
    spoolDir: join(dir, 'spool'),
    get pid() {
      return server.pid;
    },
    cli: (command) => server.cli(command),
    kill: () => server.kill(),
    start: () => server.start(),
    freeze: () => server.freeze(),
    thaw: () => server.thaw(),
    stop: () => server.stop(),
  };
}
