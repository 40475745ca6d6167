import closeWithGrace from 'close-with-grace';
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { pino } from 'pino';
import { createAccounts } from './auth/accounts.ts';
import { compose } from './compose.ts';
import { type Config, ConfigError, parseConfig, processEnvironment, unknownNames } from './config.ts';
import { demoGreeting, startDemo } from './demo.ts';
import { buildApp } from './http/app.ts';
import { systemClock } from './lib/clock.ts';
import { isGatewayError, messageOf } from './lib/errors.ts';
import { openStore } from './store/open.ts';
import { version } from './version.ts';

/** Time to finish what is in flight at a shutdown, in milliseconds. */
const GRACE_MS = 10_000;

const readTls = ({ tls }: Config) => {
  try {
    return tls && { cert: readFileSync(tls.certFile, 'utf8'), key: readFileSync(tls.keyFile, 'utf8') };
  } catch (error) {
    throw new ConfigError([`TLS_CERT_FILE, TLS_KEY_FILE: ${messageOf(error)}`]);
  }
};

const listenFault = (error: unknown, { host, port }: Config): ConfigError => {
  const faults: Record<string, string> = {
    EADDRINUSE: `PORT: something else listens on ${host}:${port} already; end it, or choose another PORT`,
    EACCES: `PORT: this user may not listen on ${port}; choose one above 1023`,
    EADDRNOTAVAIL: `HOST: ${host} is no address of this machine`,
    ENOTFOUND: `HOST: ${host} is not known`,
  };
  const { code = '' } = error as NodeJS.ErrnoException;
  return new ConfigError([faults[code] ?? `HOST, PORT: ${messageOf(error)}`]);
};

export const serve = async (): Promise<void> => {
  // At times V8 takes what belongs to one request for long-lived, and then keeps much of each request until a whole
  // collection: of seven starts one was slower by a quarter, with a p99 of 10 ms in place of 2, and thrice the memory.
  setFlagsFromString('--no-allocation-site-pretenuring');
  const environment = processEnvironment();
  const config = parseConfig(environment);
  const https = readTls(config);
  const pretty = process.stdout.isTTY && !config.production;
  const log = pino({
    level: config.logLevel,
    ...(pretty ? { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } } : {}),
  });
  for (const name of unknownNames(environment))
    log.warn({ name }, 'A variable of this name is not known; is it misspelt?');

  const demo = config.demo ? await startDemo() : undefined;
  const pbx = demo ? [demo.pbx] : config.pbx;
  const { store, fault } = await openStore(config.storeUrl, log);
  const { key, previousKey, managerConf } = config;
  const accounts =
    managerConf === undefined
      ? undefined
      : createAccounts({ path: managerConf, key, previousKey, clock: systemClock, log });
  const composed = await compose({
    ...config,
    pbx,
    store,
    storeFault: fault,
    keepHeaders: accounts?.filtersEvents,
    clock: systemClock,
    log,
  });
  const { gateway, metrics, webhooks, audit, close, destroy } = composed;
  let draining = false;
  const app = await buildApp({
    gateway,
    metrics,
    webhooks,
    audit,
    store,
    clickToDial: config.clickToDial,
    accounts,
    auth: { key, previousKey, issuer: config.jwtIssuer, audience: config.jwtAudience, issuers: config.issuers },
    version,
    logger: log,
    corsOrigins: config.corsOrigins,
    trustProxy: config.trustProxy,
    metricsPublic: config.metricsPublic,
    rateLimits: config.rateLimits,
    draining: () => draining,
    https,
  });
  const url = await app.listen({ host: config.host, port: config.port }).catch(async (error: unknown) => {
    // Nothing of it may keep the process alive.
    await app.close();
    accounts?.close();
    await destroy();
    await demo?.close();
    throw listenFault(error, config);
  });
  if (demo) console.log(demoGreeting(config, url));

  closeWithGrace({ delay: GRACE_MS, logger: false }, async ({ signal, err }) => {
    if (err) log.error({ err }, 'Stopping after an unexpected error');
    else log.info({ signal }, 'Stopping: no new requests; finishing what is in flight');
    draining = true;
    const forced = setTimeout(() => void destroy(), GRACE_MS - 1_000);
    await app.close();
    accounts?.close();
    await close();
    await demo?.close();
    clearTimeout(forced);
    log.info({}, 'Stopped');
  });
};

if (import.meta.main) {
  serve().catch((error: unknown) => {
    console.error(error instanceof ConfigError || isGatewayError(error) ? error.message : error);
    process.exit(1);
  });
}
