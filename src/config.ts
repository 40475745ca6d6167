import { randomBytes } from 'node:crypto';
import { isIssuerVariable, type Issuer, parseIssuers } from './auth/issuers.ts';
import type { RateLimits } from './auth/rates.ts';
import { isAmiUrl, parseAmiUrl, type PbxConfig } from './config/ami-url.ts';
import { schema, words } from './config/schema.ts';
import { parseKey, type SigningKey } from './lib/signing-key.ts';

export type { PbxConfig };

export interface Config {
  production: boolean;
  /** No Asterisk is configured: run against the built-in simulator. */
  demo: boolean;
  pbx: PbxConfig[];
  amiPoolSize: number;
  amiTimeoutMs: number;
  amiTlsCa: string | undefined;
  host: string;
  port: number;
  tls: { certFile: string; keyFile: string } | undefined;
  key: SigningKey;
  /** Still taken, no longer signed with. */
  previousKey: SigningKey | undefined;
  /** Path of manager.conf, whose users may log in. */
  managerConf: string | undefined;
  jwtIssuer: string | undefined;
  jwtAudience: string | undefined;
  /** Others whose tokens are taken. */
  issuers: Issuer[];
  logLevel: string;
  corsOrigins: string[];
  /** Patterns of channels that lead outside. */
  trunks: string[];
  clickToDial: {
    endpoint: string;
    region: string | null;
    format: string;
    context: string | null;
    callerId: string | null;
  };
  storeUrl: string;
  keepEventsMs: number;
  keepEventsMax: number;
  keepCallsMs: number;
  keepAuditMs: number;
  trustProxy: boolean | string;
  metricsPublic: boolean;
  /** Requests a minute, for tokens that bring no limits of their own. */
  rateLimits: RateLimits;
  webhookAllowNetworks: string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Every fault of the environment at once, each with the name of its variable and never its value. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The configuration is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** Where nothing else is said, and there is something to keep. */
export const DEFAULT_STORE_URL = 'sqlite:./data/gateway.db';
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const HOUR_MS = 3_600_000;
const attempt = <T>(faults: string[], make: () => T): T | undefined => {
  try {
    return make();
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
    return undefined;
  }
};

/** Names that look like ours and are not: typing errors that would silently change nothing. */
export const unknownNames = (env: Environment): string[] =>
  Object.keys(env).filter(
    (name) =>
      /^(AMI|JWT|JWKS|WEBHOOK|CLICK_TO_DIAL)_/.test(name) &&
      !isAmiUrl(name) &&
      !isIssuerVariable(name) &&
      !(name in schema.shape),
  );

const present = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));

/** Only what signing and checking tokens needs, for commands that talk to no Asterisk. */
export const parseKeyConfig = (env: Environment): Pick<Config, 'key' | 'jwtIssuer' | 'jwtAudience'> => {
  const { JWT_SECRET, JWT_KEY_FILE, JWT_ISSUER, JWT_AUDIENCE } = present(env);
  const faults: string[] = [];
  const key = attempt(faults, () => parseKey(JWT_SECRET, JWT_KEY_FILE));
  if (!key) throw new ConfigError(faults);
  return { key, jwtIssuer: JWT_ISSUER, jwtAudience: JWT_AUDIENCE };
};

export const parseConfig = (environment: Environment): Config => {
  const env = present(environment);
  const faults: string[] = [];
  const parsed = schema.safeParse(env);
  for (const issue of parsed.error?.issues ?? []) faults.push(`${issue.path.join('.')}: ${issue.message}`);
  const pbx: PbxConfig[] = [];
  const variables = Object.keys(env).filter(isAmiUrl);
  for (const variable of variables.sort((a, b) => a.length - b.length || a.localeCompare(b))) {
    const server = attempt(faults, () => parseAmiUrl(variable, env[variable] ?? ''));
    if (!server) continue;
    if (pbx.some(({ name }) => name === server.name))
      faults.push(`${variable}: there already is a server ${server.name}`);
    pbx.push(server);
  }
  const production = env['NODE_ENV'] === 'production';
  const demo = variables.length === 0 && !production;
  if (variables.length === 0 && production) faults.push('AMI_URL is missing: ami://user:secret@host:5038');
  if (demo && !LOOPBACK.has(env['HOST'] ?? '127.0.0.1')) {
    faults.push('HOST must be 127.0.0.1, ::1 or localhost without AMI_URL: the demo is for this machine only');
  }
  const keyless = env['JWT_SECRET'] === undefined && env['JWT_KEY_FILE'] === undefined;
  const key: SigningKey | undefined =
    demo && keyless
      ? { algorithm: 'HS256', secret: randomBytes(48).toString('base64') }
      : attempt(faults, () => parseKey(env['JWT_SECRET'], env['JWT_KEY_FILE']));
  const { JWT_SECRET_PREVIOUS, JWT_KEY_FILE_PREVIOUS } = env;
  const previousKey =
    (JWT_SECRET_PREVIOUS ?? JWT_KEY_FILE_PREVIOUS) === undefined
      ? undefined
      : attempt(faults, () => parseKey(JWT_SECRET_PREVIOUS, JWT_KEY_FILE_PREVIOUS, '_PREVIOUS'));
  if (key && previousKey && JSON.stringify(key) === JSON.stringify(previousKey))
    faults.push('JWT_SECRET_PREVIOUS is the present key: nothing was rotated');
  const issuers = parseIssuers(env, (fault) => faults.push(fault));
  const values = parsed.data;
  if ((env['TLS_CERT_FILE'] === undefined) !== (env['TLS_KEY_FILE'] === undefined)) {
    faults.push('TLS_CERT_FILE and TLS_KEY_FILE go together');
  }
  if (values?.DIAL_FORMAT.includes('{national}') && values.DEFAULT_REGION === undefined)
    faults.push('DEFAULT_REGION is missing: DIAL_FORMAT {national} is the form of one country');
  if (!values || !key || faults.length > 0) throw new ConfigError(faults);
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile, TRUST_PROXY: trust } = values;
  // What the demo does is nobody's to keep.
  const storeUrl = values.STORE_URL ?? (demo ? 'memory:' : DEFAULT_STORE_URL);
  return {
    production,
    demo,
    pbx,
    amiPoolSize: values.AMI_POOL_SIZE,
    amiTimeoutMs: values.AMI_TIMEOUT_MS,
    amiTlsCa: values.AMI_TLS_CA,
    host: values.HOST,
    port: values.PORT,
    tls: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined,
    key,
    previousKey,
    managerConf: values.MANAGER_CONF,
    jwtIssuer: values.JWT_ISSUER,
    jwtAudience: values.JWT_AUDIENCE,
    issuers,
    logLevel: values.LOG_LEVEL,
    corsOrigins: words(values.CORS_ORIGINS),
    trustProxy: trust === 'true' ? true : trust === 'false' ? false : trust,
    metricsPublic: values.METRICS_PUBLIC,
    rateLimits: values.RATE_LIMITS,
    trunks: words(values.TRUNKS),
    clickToDial: {
      endpoint: values.CLICK_TO_DIAL_ENDPOINT,
      region: values.DEFAULT_REGION ?? null,
      format: values.DIAL_FORMAT,
      context: values.CLICK_TO_DIAL_CONTEXT ?? (demo ? 'from-internal' : null),
      callerId: values.CLICK_TO_DIAL_CALLER_ID ?? null,
    },
    storeUrl,
    keepEventsMs: values.EVENTS_KEEP_HOURS * HOUR_MS,
    keepEventsMax: values.EVENTS_KEEP_MAX ?? (storeUrl === 'memory:' ? 50_000 : 1_000_000),
    keepCallsMs: values.CALLS_KEEP_DAYS * 24 * HOUR_MS,
    keepAuditMs: values.AUDIT_KEEP_DAYS * 24 * HOUR_MS,
    webhookAllowNetworks: values.WEBHOOK_ALLOW_NETWORKS,
  };
};

export const processEnvironment = (): Environment => process.env;
