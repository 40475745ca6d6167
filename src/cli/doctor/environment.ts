import { isIP } from 'node:net';
import { type Config, type Environment, type PbxConfig, unknownNames } from '../../config.ts';
import { addressList } from '../../lib/addresses.ts';
import { error, type Finding, notice, ok, warning } from './finding.ts';
import type { Settings } from './settings.ts';

const loopback = addressList(['127.0.0.0/8', '::1']);

export const isLoopback = (host: string): boolean => host === 'localhost' || (isIP(host) > 0 && loopback(host));

/** Secrets of examples, books and distributions: the first that are tried. */
const WELL_KNOWN = new Set([
  'amp111', 'secret', 'password', 'passw0rd', 'asterisk', 'mysecret', 'secret5', 'admin', 'manager', 'letmein', 'changeme',
  'change-me', 'freepbx', 'elastix456', 'issabel', 'vicidial', 'gateway', 'test', 'ami', 'simulated', '1234', '12345',
  '123456', '12345678',
]); // prettier-ignore

const MIN_AMI_SECRET = 16;
/** A random key of 32 letters has more by far; sentences and rows of keys have less. */
const MIN_BITS = 100;

const bitsOf = (text: string): number => {
  const counts = Map.groupBy(text, (letter) => letter);
  const parts = [...counts.values()].map(({ length }) => length / text.length);
  return -parts.reduce((sum, part) => sum + part * Math.log2(part), 0) * text.length;
};

const repeats = (text: string): boolean => (text + text).indexOf(text, 1) < text.length;

/** Steps between neighbouring letters: a row such as `abcdefgh` has one kind of them. */
const isRow = (text: string): boolean =>
  new Set(Array.from(text.slice(1), (letter, index) => letter.charCodeAt(0) - text.charCodeAt(index))).size <= 3;

const RANDOM = 'make a random one, such as `openssl rand -base64 48` prints';

export const variableOf = ({ name }: PbxConfig): string =>
  name === 'default' ? 'AMI_URL' : `AMI_URL_${name.toUpperCase()}`;

const keyFindings = (environment: Environment, pbx: readonly PbxConfig[]): Finding[] => {
  const { JWT_SECRET: secret = '', JWT_KEY_FILE: file = '' } = environment;
  const findings: Finding[] = [];
  if (file !== '' && secret !== '')
    findings.push(notice('JWT_SECRET is set beside JWT_KEY_FILE', 'it is not used: remove one of the two'));
  for (const name of ['JWT_SECRET', 'JWT_SECRET_PREVIOUS']) {
    const value = environment[name] ?? '';
    if (value === '') continue;
    const same = pbx.find((server) => server.secret === value);
    if (same) findings.push(error(`${name} is the AMI secret of ${variableOf(same)} too`, RANDOM));
    else if (repeats(value) || isRow(value))
      findings.push(error(`${name} is a repetition or a row of letters`, RANDOM));
    else if (bitsOf(value) < MIN_BITS) findings.push(warning(`${name} holds little chance`, RANDOM));
  }
  if ((environment['JWT_SECRET_PREVIOUS'] ?? environment['JWT_KEY_FILE_PREVIOUS'] ?? '') !== '')
    findings.push(
      notice(
        'a previous key is still taken',
        'remove JWT_SECRET_PREVIOUS or JWT_KEY_FILE_PREVIOUS once its tokens have expired',
      ),
    );
  return findings;
};

const secretFindings = (pbx: readonly PbxConfig[]): Finding[] =>
  pbx.flatMap((server, index) => {
    const { secret, username } = server;
    const variable = variableOf(server);
    const twin = pbx.find((other, at) => at < index && other.secret === secret);
    const findings: Finding[] = [];
    if (twin)
      findings.push(error(`${variable} has the secret of ${variableOf(twin)}`, 'give each server a secret of its own'));
    if (WELL_KNOWN.has(secret.toLowerCase()) || secret.toLowerCase() === username.toLowerCase())
      findings.push(
        error(
          `the secret of ${variable} is one of the first to be guessed`,
          'make a random one, such as `openssl rand -base64 24` prints',
        ),
      );
    else if (secret.length < MIN_AMI_SECRET)
      findings.push(
        warning(
          `the secret of ${variable} has less than ${MIN_AMI_SECRET} characters`,
          'make a random one, such as `openssl rand -base64 24` prints',
        ),
      );
    return findings;
  });

const httpFindings = (config: Config): Finding[] => {
  const { host, tls, metricsPublic, trustProxy, production, pbx, corsOrigins } = config;
  if (isLoopback(host)) return [ok('HOST', `${host}: only this machine reaches the service`)];
  const findings: Finding[] = [];
  if (tls) findings.push(ok('HOST', `${host}, by HTTPS`));
  else
    findings.push(
      warning(
        `HOST is ${host} without TLS: tokens go over the network in clear`,
        'set TLS_CERT_FILE and TLS_KEY_FILE, or bind to 127.0.0.1 behind a proxy with TLS',
      ),
    );
  if (metricsPublic)
    findings.push(
      warning(
        'METRICS_PUBLIC opens /metrics to all who reach the port',
        'set it to false and give the collector a token with gateway:metrics',
      ),
    );
  if (trustProxy === true)
    findings.push(
      warning(
        'TRUST_PROXY is true: whoever reaches the port can claim any address',
        'name the addresses of the proxies',
      ),
    );
  if (!production && pbx.length > 0)
    findings.push(notice('NODE_ENV is not production', 'set NODE_ENV=production where a network reaches the service'));
  if (corsOrigins.includes('*'))
    findings.push(warning('CORS_ORIGINS lets every page call the service', 'name the origins that may'));
  return findings;
};

/** What the environment alone tells. Pure: nothing is opened. */
export const environmentFindings = (environment: Environment, { config, faults }: Settings): Finding[] => {
  const findings = faults.map((fault) => error('configuration', fault));
  for (const name of unknownNames(environment))
    findings.push(warning(`${name} is no variable of the gateway`, 'is it misspelt? It changes nothing'));
  if (faults.length === 0) findings.push(ok('configuration', 'the service would start with it'));
  const pbx = config?.pbx ?? [];
  findings.push(...keyFindings(environment, pbx), ...secretFindings(pbx));
  if (!config) return findings;
  if (config.demo && faults.length === 0)
    findings.push(
      notice('AMI_URL is not set: this is the demo, against a simulator', 'set AMI_URL=ami://user:secret@host:5038'),
    );
  if (config.storeUrl === 'memory:' && !config.demo)
    findings.push(
      warning(
        'STORE_URL is memory:, so calls, events and revocations end with the process',
        'set STORE_URL=sqlite:./data/gateway.db',
      ),
    );
  findings.push(...httpFindings(config));
  return findings;
};
