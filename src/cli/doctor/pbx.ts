import { type Connection, openConnection } from '../../ami/connection.ts';
import { Ping } from '../../ami/actions/system.ts';
import { discover } from '../../ami/discovery.ts';
import type { Config, PbxConfig } from '../../config.ts';
import { type Clock, sleep } from '../../lib/clock.ts';
import { type GatewayError, isGatewayError, messageOf } from '../../lib/errors.ts';
import { silentLog } from '../../lib/log.ts';
import { accountFindings, clockFinding, loginsOf, releaseFinding } from './account.ts';
import { connectFault } from './connect-fault.ts';
import { isLoopback, variableOf } from './environment.ts';
import { error, type Finding, ok, warning } from './finding.ts';

const TIMEOUT_MS = 5_000;
/** FullyBooted comes right after the login, if it comes. */
const BOOT_EVENT_MS = 1_000;

export interface PbxProbe {
  server: PbxConfig;
  config: Pick<Config, 'amiPoolSize' | 'amiTlsCa'>;
  clock: Clock;
  timeoutMs?: number;
}

interface Session {
  connection: Connection;
  /** Resolves once an event of the name has come. */
  seen: (event: string, withinMs: number) => Promise<boolean>;
}

const connect = async (probe: PbxProbe, events: string): Promise<Session> => {
  const { server, config, clock, timeoutMs = TIMEOUT_MS } = probe;
  const came = new Set<string>();
  let fault: GatewayError | undefined;
  try {
    const connection = await openConnection({
      address: { host: server.host, port: server.port, tls: server.tls, caFile: config.amiTlsCa },
      username: server.username,
      secret: server.secret,
      events,
      timeoutMs,
      maxListItems: 1_000,
      clock,
      log: silentLog,
      onEvent: (frame) => came.add(frame.event),
      onProgress() {},
      onClose: (reason) => (fault ??= reason),
    });
    const seen = async (event: string, withinMs: number) => {
      for (const end = clock.now() + withinMs; !came.has(event) && clock.now() < end;) await sleep(clock, 20);
      return came.has(event);
    };
    return { connection, seen };
  } catch (thrown) {
    // What ended the connection says more than what was waiting for it.
    throw isGatewayError(fault, 'ami-not-asterisk') ? fault : thrown;
  }
};

const clockOf = async ({ connection }: Session, variable: string, clock: Clock): Promise<Finding> => {
  const before = clock.now();
  const { response } = await connection.send(Ping({}));
  const took = clock.now() - before;
  return clockFinding(variable, before + took / 2, Number(response.get('Timestamp') ?? NaN) * 1_000, took / 2);
};

const secondLogin = async (probe: PbxProbe, variable: string): Promise<Finding[]> => {
  const logins = loginsOf(probe.config.amiPoolSize);
  let session: Session;
  try {
    session = await connect(probe, 'system');
  } catch (fault) {
    if (!isGatewayError(fault, 'ami-login-refused')) return [connectFault(fault, probe.server, variable)];
    return [
      error(
        `${variable}: Asterisk lets the account log in only once; the gateway does so ${logins} times`,
        'set allowmultiplelogin=yes in manager.conf',
      ),
    ];
  }
  const booted = await session.seen('FullyBooted', BOOT_EVENT_MS);
  await session.connection.close();
  return [
    booted
      ? ok(variable, 'it has booted, and the account reads system; what else it reads cannot be asked (call is wanted)')
      : warning(
          `${variable}: Asterisk does not say that it has booted`,
          'wait if it is starting; otherwise the account wants read=system,call',
        ),
  ];
};

/** Logs in to a server as the gateway would and looks at it; nothing there is changed. */
export const pbxFindings = async (probe: PbxProbe): Promise<Finding[]> => {
  const { server, clock } = probe;
  const variable = variableOf(server);
  const findings: Finding[] = [];
  if (!server.tls && !isLoopback(server.host))
    findings.push(
      warning(
        `${variable}: AMI goes over the network in clear`,
        'set tlsenable=yes in manager.conf and write amis://, or use a tunnel',
      ),
    );
  let session: Session;
  try {
    session = await connect(probe, 'off');
  } catch (fault) {
    return [...findings, connectFault(fault, server, variable)];
  }
  try {
    findings.push(ok(variable, `${server.host}:${server.port} is an Asterisk, and takes the login`));
    const capabilities = await discover(session.connection);
    findings.push(releaseFinding(variable, capabilities.release));
    findings.push(await clockOf(session, variable, clock));
    findings.push(...accountFindings(variable, capabilities));
    findings.push(...(await secondLogin(probe, variable)));
  } catch (fault) {
    findings.push(error(`${variable}: ${messageOf(fault)}`, 'is Asterisk overloaded? Look at what it logs'));
  } finally {
    await session.connection.close();
  }
  return findings;
};
