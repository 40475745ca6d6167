import type { TestProject } from 'vitest/node';
import { installedReleases, startAsterisk } from './asterisk.ts';
import type { Asterisk, LabServer } from './asterisk.ts';
import { labSecret } from './config.ts';
import { startLabSimulator } from './simulators.ts';

/** What every PBX of a run has in common, real or simulated. */
export interface ContractServer {
  name: string;
  release: 16 | 22;
  version: string;
  amiPort: number;
  secret: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    asterisks: LabServer[];
    simulators: ContractServer[];
  }
}

function plain(server: Asterisk): LabServer {
  const { release, version, host, amiPort, tlsPort, httpPort, sipPort, xmppPort, caFile, user, secret, spoolDir } =
    server;
  return { release, version, host, amiPort, tlsPort, httpPort, sipPort, xmppPort, caFile, user, secret, spoolDir };
}

const missing = `
********************************************************************************
  NO ASTERISK IS INSTALLED (or this is not root):
  every test against a real server is LEFT OUT of this run.
  To install Asterisk 16 and 22 into a cache folder, as root on Debian:
    npm run asterisk -- provision
********************************************************************************
`;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const wanted = process.env.ASTERISK_RELEASES?.split(/[\s,]+/).filter(Boolean);
  const chosen = installedReleases().filter((release) => wanted?.includes(String(release)) ?? true);
  if (chosen.length === 0) {
    if (process.env.REQUIRE_ASTERISK) throw new Error(missing);
    console.warn(missing);
  }
  const results = await Promise.allSettled(chosen.map((release) => startAsterisk({ release, name: 'test' })));
  const servers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const simulators = await Promise.all(([16, 22] as const).map(startLabSimulator));
  project.provide('asterisks', servers.map(plain));
  project.provide(
    'simulators',
    simulators.map(({ release, port, box }) => ({
      name: `simulator ${release}`,
      release,
      version: box.traits.version,
      amiPort: port,
      secret: labSecret,
    })),
  );
  return async () => {
    await Promise.all([stop(), ...simulators.map((simulator) => simulator.close())]);
  };
}
