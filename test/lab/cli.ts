import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installedReleases, startAsterisk } from './asterisk.ts';
import type { Release } from './asterisk.ts';
import { instances, releases, versionOf } from './tree.ts';

const usage = `Usage: provision [16] [22]   install into the cache (root)
       start [16] [22]       run in the foreground until Ctrl-C
       status                what is installed, what runs`;

async function start(wanted: Release[]): Promise<void> {
  const chosen = wanted.length > 0 ? wanted : installedReleases();
  if (chosen.length === 0) throw new Error('No Asterisk installed (or not root): run provision first.');
  // Before the servers are up, so that an early Ctrl-C runs the exit handler which ends them.
  const interrupted = new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => resolve());
  });
  const started = Promise.all(chosen.map((release) => startAsterisk({ release, name: 'cli' })));
  const servers = await Promise.race([started, interrupted]);
  if (!servers) process.exit(130);
  for (const server of servers) {
    console.log(`Asterisk ${server.version}`);
    console.log(`  AMI_URL=ami://${server.user}:${server.secret}@${server.host}:${server.amiPort}`);
    console.log(`  AMI over TLS: port ${server.tlsPort}, certificate ${server.caFile}`);
    console.log(`  HTTP (/rawman, /ari): port ${server.httpPort}; SIP: port ${server.sipPort}`);
  }
  console.log('Ctrl-C ends them.');
  const keepAlive = setInterval(() => {}, 1 << 30);
  await interrupted;
  clearInterval(keepAlive);
  await Promise.all(servers.map((server) => server.stop()));
}

async function status(): Promise<void> {
  const installed = installedReleases();
  for (const release of releases) {
    const version = installed.includes(release) ? await versionOf(release) : 'not installed, or not root';
    const running = instances(release).filter((instance) => instance.alive);
    console.log(`Asterisk ${release}: ${version}; running: ${running.map(({ name }) => name).join(', ') || 'none'}`);
  }
}

function provision(names: string[]): void {
  const script = fileURLToPath(new URL('provision.sh', import.meta.url));
  process.exitCode = spawnSync(script, names, { stdio: 'inherit' }).status ?? 1;
}

const [command, ...names] = process.argv.slice(2);
const wanted = releases.filter((release) => names.includes(String(release)));
try {
  if (wanted.length !== names.length) throw new Error(usage);
  if (command === 'provision') provision(names);
  else if (command === 'start') await start(wanted);
  else if (command === 'status') await status();
  else throw new Error(usage);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
