import { execFile, execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { labConfig } from './config.ts';
import type { LabPaths, LabPorts } from './config.ts';

export type Release = 16 | 22;
export const releases: readonly Release[] = [16, 22];
export const run = promisify(execFile);

const cache =
  process.env.ASTERISK_LAB_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ami-gateway/asterisk');

export const treeOf = (release: Release): string => join(cache, String(release));

export function installedReleases(): Release[] {
  if (process.getuid?.() !== 0) return [];
  return releases.filter((release) => existsSync(join(treeOf(release), 'usr/sbin/asterisk')));
}

/** The release's version, as CoreSettings tells it too. */
export async function versionOf(release: Release): Promise<string> {
  const { stdout } = await run('chroot', [treeOf(release), '/usr/sbin/asterisk', '-V']);
  return stdout.trim().replace(/^Asterisk /, '');
}

function moduleDir(tree: string): string {
  const triplets = readdirSync(join(tree, 'usr/lib')).map((name) => `/usr/lib/${name}/asterisk/modules`);
  const found = ['/usr/lib/asterisk/modules', ...triplets].find((dir) => existsSync(join(tree, dir, 'app_queue.so')));
  if (found === undefined) throw new Error(`No Asterisk modules in ${tree}`);
  return found;
}

export function mountProc(tree: string): void {
  if (!existsSync(join(tree, 'proc/self'))) execFileSync('mount', ['-t', 'proc', 'proc', join(tree, 'proc')]);
}

/** Takes a port, TCP and UDP; resolves to what frees it. */
async function hold(port: number): Promise<() => void> {
  const server = createServer();
  const socket = createSocket('udp4');
  const free = () => {
    server.close();
    socket.close();
  };
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    await once(socket.bind(port, '127.0.0.1'), 'listening');
  } catch (error) {
    free();
    throw error;
  }
  return free;
}

/**
 * Not port 0: what the kernel hands out it hands out again, so while a server is down for a test, some client's or
 * test server's socket would take its port (a client dialling it may even connect to itself).
 */
async function freePorts(): Promise<LabPorts> {
  const names = ['ami', 'tls', 'http', 'sip', 'chanSip', 'iax', 'skinny', 'xmpp'] as const;
  const ports: Partial<LabPorts> = {};
  const held: (() => void)[] = [];
  for (const name of names) {
    while (ports[name] === undefined) {
      const port = 20_000 + Math.floor(Math.random() * 12_000);
      try {
        held.push(await hold(port));
        ports[name] = port;
      } catch {
        continue;
      }
    }
  }
  for (const free of held) free();
  return ports as LabPorts;
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

/** Instances are named `<name>-<pid of the starter>-<number>`. */
export function instances(release: Release): { name: string; alive: boolean }[] {
  const lab = join(treeOf(release), 'lab');
  if (!existsSync(lab)) return [];
  return readdirSync(lab).map((name) => ({ name, alive: isAlive(Number(/-(\d+)-\d+$/.exec(name)?.[1])) }));
}

export interface Instance extends LabPaths {
  tree: string;
  /** The instance's folder as this process sees it. */
  dir: string;
  ports: LabPorts;
}

/** Worker threads share one pid and not this module, so only the file system can tell which name is free. */
function claimHome(tree: string, name: string): string {
  mkdirSync(join(tree, 'lab'), { recursive: true });
  for (let number = 1; ; number += 1) {
    const home = `/lab/${name}-${process.pid}-${number}`;
    if (existsSync(join(tree, home))) continue;
    mkdirSync(join(tree, home));
    return home;
  }
}

export async function createInstance(release: Release, name: string): Promise<Instance> {
  const tree = treeOf(release);
  for (const left of instances(release)) {
    if (!left.alive) rmSync(join(tree, 'lab', left.name), { recursive: true, force: true });
  }
  const home = claimHome(tree, name);
  const dir = join(tree, home);
  const ports = await freePorts();
  const instance = { tree, dir, home, modules: moduleDir(tree), ports };
  for (const sub of [
    'etc',
    'spool/monitor',
    'spool/outgoing',
    'spool/tmp',
    'log',
    'run',
    'db',
    'keys',
    'cache',
    'moh',
  ]) {
    mkdirSync(join(dir, sub), { recursive: true });
  }
  for (const [file, text] of Object.entries(labConfig(instance, ports))) writeFileSync(join(dir, 'etc', file), text);
  writeFileSync(join(dir, 'moh/silence.sln'), Buffer.alloc(160_000));
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-keyout', join(dir, 'keys/key.pem'), '-out', join(dir, 'keys/cert.pem')],
  ]);
  return instance;
}
