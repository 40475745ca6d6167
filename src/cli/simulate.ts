import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { GatewayError, messageOf } from '../lib/errors.ts';
import { startSimulator } from '../simulator/index.ts';
import { officeScenario, type ScenarioInput, scenarioSchema } from '../simulator/scenario.ts';
import type { TlsOptions } from '../simulator/tls.ts';
import { startTraffic } from '../simulator/traffic.ts';

export interface SimulateArguments {
  port: string;
  release: string;
  callsPerMinute: string;
  scenario?: string;
  adminPort?: string;
  tlsPort?: string;
  tlsCert?: string;
  tlsKey?: string;
}

const refuse = (message: string): never => {
  throw new GatewayError('invalid-request', message);
};

const numberOf = (option: string, text: string, min: number, max: number): number => {
  const value = Number(text);
  return Number.isFinite(value) && value >= min && value <= max
    ? value
    : refuse(`${option} takes ${min} to ${max}, not ${text}`);
};

const readScenario = (file: string | undefined): ScenarioInput => {
  if (file === undefined) return officeScenario;
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
    const parsed = scenarioSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : refuse(`${file}: ${z.prettifyError(parsed.error)}`);
  } catch (error) {
    return refuse(text === '' ? `${file} cannot be read: ${messageOf(error)}` : messageOf(error));
  }
};

const readTls = ({ tlsPort, tlsCert, tlsKey }: SimulateArguments): { tls?: TlsOptions } => {
  if (tlsPort === undefined && tlsCert === undefined && tlsKey === undefined) return {};
  if (tlsPort === undefined || tlsCert === undefined || tlsKey === undefined)
    return refuse('--tls-port, --tls-cert and --tls-key go together');
  const port = numberOf('--tls-port', tlsPort, 0, 65_535);
  try {
    return { tls: { port, cert: readFileSync(tlsCert, 'utf8'), key: readFileSync(tlsKey, 'utf8') } };
  } catch (error) {
    return refuse(`The certificate cannot be read: ${messageOf(error)}`);
  }
};

/** Runs a simulated Asterisk until it is interrupted. */
export const simulate = async (options: SimulateArguments): Promise<void> => {
  const release = options.release === '16' ? 16 : options.release === '22' ? 22 : refuse('--release takes 16 or 22');
  const scenario = readScenario(options.scenario);
  const rate = numberOf('--calls-per-minute', options.callsPerMinute, 0, 12_000);
  const portOf = (option: string, text: string) => numberOf(option, text, 0, 65_535);
  const simulator = await startSimulator({
    scenario,
    release,
    port: portOf('--port', options.port),
    adminPort: options.adminPort === undefined ? undefined : portOf('--admin-port', options.adminPort),
    ...readTls(options),
  }).catch((error: unknown) => {
    const { code, port } = error as NodeJS.ErrnoException & { port?: number };
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    return refuse(
      code === 'EACCES' ? `This user may not listen on port ${port}` : `Something else listens on port ${port} already`,
    );
  });
  const stopTraffic = rate > 0 ? startTraffic(simulator.box, rate) : () => {};
  const [user, account] = Object.entries(simulator.box.scenario.users)[0] ?? ['user', { secret: 'secret' }];
  console.log(`Simulated Asterisk ${release} on 127.0.0.1:${simulator.port}. Ctrl-C ends it.`);
  console.log(`AMI_URL=ami://${user}:${encodeURIComponent(account.secret)}@127.0.0.1:${simulator.port}`);
  const { tlsPort, adminPort } = simulator;
  if (tlsPort !== undefined)
    console.log(`AMI_URL=amis://${user}:${encodeURIComponent(account.secret)}@127.0.0.1:${tlsPort}`);
  if (adminPort !== undefined) console.log(`Faults: http://127.0.0.1:${adminPort}/faults`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopTraffic();
      void simulator.close();
    });
  }
};
