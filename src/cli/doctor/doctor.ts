import { type Environment, processEnvironment } from '../../config.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { environmentFindings } from './environment.ts';
import { fileFindings } from './files.ts';
import { type Finding, renderFindings } from './finding.ts';
import { managerConfFindings } from './manager-conf.ts';
import { pbxFindings } from './pbx.ts';
import { readSettings } from './settings.ts';

export interface DoctorArguments {
  managerConf?: string;
  json?: boolean;
}

export interface Examination {
  environment: Environment;
  managerConf?: string | undefined;
  clock: Clock;
  /** For each step with a PBX. */
  timeoutMs?: number;
}

/** Looks at everything the service would use: environment, files, manager.conf, and each PBX. */
export const examine = async (options: Examination): Promise<Finding[]> => {
  const { environment, clock, timeoutMs, managerConf = environment['MANAGER_CONF'] ?? '' } = options;
  const settings = readSettings(environment);
  const { config } = settings;
  const findings = environmentFindings(environment, settings);
  if (config) findings.push(...fileFindings(config, clock.now()));
  if (managerConf !== '') findings.push(...managerConfFindings(managerConf, config ?? { pbx: [], amiPoolSize: 0 }));
  const servers = await Promise.all(
    (config?.pbx ?? []).map((server) =>
      pbxFindings({
        server,
        config: config ?? { amiPoolSize: 0, amiTlsCa: undefined },
        clock,
        ...(timeoutMs ? { timeoutMs } : {}),
      }),
    ),
  );
  return [...findings, ...servers.flat()];
};

export const doctor = async ({ managerConf, json = false }: DoctorArguments): Promise<void> => {
  const findings = await examine({ environment: processEnvironment(), managerConf, clock: systemClock });
  process.stdout.write(renderFindings(findings, json));
  if (findings.some(({ level }) => level === 'error')) process.exitCode = 1;
};
