import { createPrivateKey, X509Certificate } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Config } from '../../config.ts';
import { messageOf } from '../../lib/errors.ts';
import { fileOf } from '../../store/open.ts';
import { MIGRATIONS } from '../../store/sqlite/migrations.ts';
import { error, type Finding, notice, ok, warning } from './finding.ts';

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

/** What is the matter with the life of a certificate. Pure. */
export const lifeFinding = (variable: string, from: Date, to: Date, now: number): Finding => {
  const until = to.toISOString().slice(0, 10);
  const days = Math.floor((to.getTime() - now) / DAY_MS);
  if (to.getTime() <= now) return error(`${variable}: the certificate expired on ${until}`, 'renew it');
  if (from.getTime() > now)
    return error(
      `${variable}: the certificate is valid only from ${from.toISOString()}`,
      'look at the clock of this machine, or wait',
    );
  if (days < SOON_DAYS)
    return warning(`${variable}: the certificate expires on ${until}, in ${days} days`, 'renew it, and restart');
  return ok(variable, `the certificate is valid until ${until}`);
};

const read = (variable: string, path: string): Buffer | Finding => {
  try {
    return readFileSync(path);
  } catch (fault) {
    return error(`${variable} cannot be read: ${messageOf(fault)}`, 'correct the path, or who may read the file');
  }
};

const certificateIn = (variable: string, pem: Buffer): X509Certificate | Finding => {
  try {
    return new X509Certificate(pem);
  } catch {
    return error(`${variable} holds no certificate`, 'name a file in PEM form that begins with the certificate');
  }
};

const certificateFindings = (variable: string, path: string, now: number, keyPath?: string): Finding[] => {
  const pem = read(variable, path);
  if ('level' in pem) return [pem];
  const certificate = certificateIn(variable, pem);
  if ('level' in certificate) return [certificate];
  const findings = [lifeFinding(variable, new Date(certificate.validFrom), new Date(certificate.validTo), now)];
  if (keyPath === undefined) return findings;
  const key = read('TLS_KEY_FILE', keyPath);
  if ('level' in key) return [...findings, key];
  try {
    if (!certificate.checkPrivateKey(createPrivateKey(key)))
      findings.push(error('TLS_KEY_FILE is not the key of the certificate', 'name the key it was made with'));
  } catch {
    findings.push(error('TLS_KEY_FILE holds no key that can be used', 'name a PEM file with a key without passphrase'));
  }
  if ((statSync(keyPath).mode & 0o004) !== 0)
    findings.push(warning('TLS_KEY_FILE may be read by everybody on this machine', 'chmod 600'));
  return findings;
};

const storeFault = (file: string): string | null => {
  const path = resolve(file);
  if (!existsSync(path)) {
    let folder = dirname(path);
    while (!existsSync(folder)) folder = dirname(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
    return statSync(folder).isDirectory() ? null : `${folder} is no directory`;
  }
  accessSync(path, constants.R_OK | constants.W_OK);
  // Beside the file SQLite keeps its log.
  accessSync(dirname(path), constants.W_OK | constants.X_OK);
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const { user_version: written } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    return written > MIGRATIONS.length ? 'it was written by a newer version of the gateway' : null;
  } finally {
    database.close();
  }
};

/** Only looks: nothing is made or brought up to date, and a service may be using it meanwhile. */
const storeFindings = (url: string): Finding[] => {
  const file = fileOf(url);
  if (file === ':memory:') return [];
  const advice = 'correct STORE_URL, or who may write there: calls would go on, but nothing would be kept';
  try {
    const fault = storeFault(file);
    if (fault !== null) return [error(`STORE_URL cannot be used: ${fault}`, advice)];
  } catch (fault) {
    return [error(`STORE_URL cannot be used: ${messageOf(fault)}`, advice)];
  }
  if (!existsSync(file)) return [ok('STORE_URL', 'the file will be made at the first start')];
  if ((statSync(file).mode & 0o077) !== 0)
    return [
      warning('the file of STORE_URL may be read by others', 'chmod 600: it holds numbers and secrets of webhooks'),
    ];
  return [ok('STORE_URL', 'the file can be opened')];
};

/** What the files tell that the configuration names. */
export const fileFindings = (config: Config, now: number): Finding[] => {
  const { tls, amiTlsCa, pbx, storeUrl } = config;
  const findings = storeFindings(storeUrl);
  if (tls) findings.push(...certificateFindings('TLS_CERT_FILE', tls.certFile, now, tls.keyFile));
  if (amiTlsCa === undefined) return findings;
  if (pbx.some((server) => server.tls)) findings.push(...certificateFindings('AMI_TLS_CA', amiTlsCa, now));
  else findings.push(notice('AMI_TLS_CA is set, and no server is reached by amis://', 'write amis:// or remove it'));
  return findings;
};
