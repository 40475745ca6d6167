import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentFindings } from '../../../src/cli/doctor/environment.ts';
import { fileFindings, lifeFinding } from '../../../src/cli/doctor/files.ts';
import { renderFindings } from '../../../src/cli/doctor/finding.ts';
import { readSettings } from '../../../src/cli/doctor/settings.ts';
import { openThreadedStore } from '../../../src/store/sqlite/threaded.ts';

const AMI_URL = 'ami://gateway:Xk3vT9qLw2ZbR8mN@127.0.0.1:5038';
const JWT_SECRET = 'q9XbV2mKfT7wRzLs8YpNcD4hGj6uAe3E';
const sound = { AMI_URL, JWT_SECRET, NODE_ENV: 'production' };

const told = (environment: Record<string, string>): string[] =>
  environmentFindings(environment, readSettings(environment))
    .filter(({ level }) => level !== 'ok')
    .map(({ level, what }) => `${level} ${what}`);

describe('an environment', () => {
  it('that is sound has nothing to be told of', () => {
    expect(told(sound)).toEqual([]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a misspelt variable', { AMI_POLSIZE: '3' }, 'warning AMI_POLSIZE is no variable'],
    ['a key that is a row', { JWT_SECRET: 'abcdefghijklmnopqrstuvwxyzabcdef' }, 'error JWT_SECRET is a repetition'],
    ['a key that repeats', { JWT_SECRET: 'k3T9qLw2Zb'.repeat(4) }, 'error JWT_SECRET is a repetition'],
    [
      'a key of few letters',
      { JWT_SECRET: 'aabacadaaeafagahaaabcaaadaaeaafa' },
      'warning JWT_SECRET holds little chance',
    ],
    ['a weak previous key', { JWT_SECRET_PREVIOUS: 'k3T9qLw2Zb'.repeat(4) }, 'error JWT_SECRET_PREVIOUS is'],
    ['a previous key', { JWT_SECRET_PREVIOUS: `${JWT_SECRET}x` }, 'notice a previous key is still taken'],
    ['a secret of the books', { AMI_URL: 'ami://gateway:amp111@127.0.0.1' }, 'error the secret of AMI_URL is one of'],
    [
      'the name as a secret',
      { AMI_URL: 'ami://frontdesk:FrontDesk@127.0.0.1' },
      'error the secret of AMI_URL is one of',
    ],
    ['a short secret', { AMI_URL: 'ami://gateway:hT5dQ9@127.0.0.1' }, 'warning the secret of AMI_URL has less than 16'],
    ['a shared secret', { AMI_URL_BERLIN: AMI_URL }, 'error AMI_URL_BERLIN has the secret of AMI_URL'],
    ['a network without TLS', { HOST: '0.0.0.0' }, 'warning HOST is 0.0.0.0 without TLS'],
    ['open metrics', { HOST: '::', METRICS_PUBLIC: 'true' }, 'warning METRICS_PUBLIC'],
    ['any proxy', { HOST: '10.0.0.5', TRUST_PROXY: 'true' }, 'warning TRUST_PROXY is true'],
    ['no production', { HOST: '10.0.0.5', NODE_ENV: 'development' }, 'notice NODE_ENV is not production'],
    ['a store that forgets', { STORE_URL: 'memory:' }, 'warning STORE_URL is memory:'],
  ])('with %s', (_what, more, expected) => {
    expect(told({ ...sound, ...more }).join('\n')).toContain(expected);
  });

  it('has the key for Asterisk for its own', () => {
    const secret = encodeURIComponent(JWT_SECRET);
    expect(told({ ...sound, AMI_URL: `ami://gateway:${secret}@127.0.0.1` })).toEqual([
      'error JWT_SECRET is the AMI secret of AMI_URL too',
    ]);
  });

  it('tells open metrics on loopback to nobody', () => {
    expect(told({ ...sound, METRICS_PUBLIC: 'true', HOST: '127.0.0.1' })).toEqual([]);
  });

  it('is the demo without a server', () => {
    expect(told({ JWT_SECRET })).toEqual(['notice AMI_URL is not set: this is the demo, against a simulator']);
  });
});

describe('faults of the configuration', () => {
  it('are all told, and the servers without one are looked at all the same', () => {
    const environment = {
      'BASH_FUNC_x(': 'a name that is no pattern',
      AMI_URL,
      AMI_URL_BERLIN: 'ami://gateway@berlin',
      PORT: '99999',
      JWT_SECRET: 'short',
      HOST: '10.0.0.5',
      TLS_CERT_FILE: '/nowhere',
    };
    const settings = readSettings(environment);
    expect(settings.faults).toHaveLength(4);
    expect(settings.config?.pbx.map(({ name }) => name)).toEqual(['default']);
    expect([...settings.ignored].sort()).toEqual(['AMI_URL_BERLIN', 'JWT_SECRET', 'PORT', 'TLS_CERT_FILE']);
    const findings = told(environment);
    expect(findings.filter((line) => line === 'error configuration')).toHaveLength(4);
    expect(findings).toContain('warning HOST is 10.0.0.5 without TLS: tokens go over the network in clear');
  });

  it('leave something to look at even where nothing is set', () => {
    expect(readSettings({ NODE_ENV: 'production' }).faults).toHaveLength(2);
    expect(told({ NODE_ENV: 'production' })).toContain('error configuration');
  });
});

it('never prints a secret', () => {
  const environment = { ...sound, JWT_SECRET_PREVIOUS: 'k3T9qLw2Zb'.repeat(4), AMI_URL_B: AMI_URL, AMI_URL_C: 'ami://x:amp111@h', HOST: '::' }; // prettier-ignore
  const findings = environmentFindings(environment, readSettings(environment));
  for (const text of [renderFindings(findings), renderFindings(findings, true)])
    expect(text).not.toMatch(/Xk3vT9|amp111|k3T9q|q9XbV2/);
});

it('keeps a finding on its line, whatever is in it', () => {
  const text = renderFindings([{ level: 'error', what: 'x\r\nok  y\u001b[2J', advice: 'z\u2028' }]);
  expect(text).toBe('error    x ok  y [2J: z\n0 ok, 0 notice, 0 warning, 1 error\n');
});

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  const path = (name: string) => join(folder, name);
  const day = 86_400_000;

  beforeAll(() => {
    for (const name of ['one', 'two'])
      execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '40', '-subj', '/CN=localhost', '-keyout', path(`${name}.key`), '-out', path(`${name}.pem`)], { stdio: 'ignore' }); // prettier-ignore
    writeFileSync(path('no.pem'), 'no certificate');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const of = (environment: Record<string, string>, now = Date.now()): string[] => {
    const { config } = readSettings({ ...sound, STORE_URL: 'memory:', ...environment });
    if (!config) throw new Error('the environment cannot be used');
    return fileFindings(config, now).map(({ level, what }) => `${level} ${what}`);
  };
  const tls = (cert: string, key: string) => ({ TLS_CERT_FILE: path(cert), TLS_KEY_FILE: path(key) });

  it('of TLS that are sound', () => {
    expect(of(tls('one.pem', 'one.key'))).toEqual(['ok TLS_CERT_FILE']);
  });

  it.each<[string, string, string, number, string]>([
    ['near its end', 'one.pem', 'one.key', 20 * day, 'warning TLS_CERT_FILE: the certificate expires on'],
    ['past its end', 'one.pem', 'one.key', 41 * day, 'error TLS_CERT_FILE: the certificate expired on'],
    ['of tomorrow', 'one.pem', 'one.key', -2 * day, 'error TLS_CERT_FILE: the certificate is valid only from'],
    ['that is none', 'no.pem', 'one.key', 0, 'error TLS_CERT_FILE holds no certificate'],
    ['that is not there', 'absent.pem', 'one.key', 0, 'error TLS_CERT_FILE cannot be read'],
    ['with the key of another', 'one.pem', 'two.key', 0, 'error TLS_KEY_FILE is not the key'],
    ['with a key that is none', 'one.pem', 'no.pem', 0, 'error TLS_KEY_FILE holds no key'],
    ['without a key', 'one.pem', 'absent.key', 0, 'error TLS_KEY_FILE cannot be read'],
  ])('of TLS, a certificate %s', (_what, cert, key, later, expected) => {
    expect(of(tls(cert, key), Date.now() + later).join('\n')).toContain(expected);
  });

  it('of TLS, a key for all to read', () => {
    chmodSync(path('two.key'), 0o644);
    expect(of(tls('two.pem', 'two.key'))).toContain('warning TLS_KEY_FILE may be read by everybody on this machine');
  });

  it('of an authority nobody asks', () => {
    expect(of({ AMI_TLS_CA: path('one.pem') })).toEqual(['notice AMI_TLS_CA is set, and no server is reached by amis://']); // prettier-ignore
    expect(of({ AMI_TLS_CA: path('no.pem'), AMI_URL: AMI_URL.replace('ami:', 'amis:') })).toEqual(['error AMI_TLS_CA holds no certificate']); // prettier-ignore
  });

  it('of the store: not yet there, there, open to others, of a newer gateway, no database, below a file', async () => {
    const url = (name: string) => ({ STORE_URL: `sqlite:${path(name)}` });
    expect(of(url('deep/er/new.db'))).toEqual(['ok STORE_URL']);
    const store = await openThreadedStore(path('gateway.db'));
    expect(of(url('gateway.db'))).toEqual(['ok STORE_URL']);
    await store.close();
    chmodSync(path('gateway.db'), 0o644);
    expect(of(url('gateway.db'))).toEqual(['warning the file of STORE_URL may be read by others']);
    const newer = new DatabaseSync(path('newer.db'));
    newer.exec('PRAGMA user_version = 9999');
    newer.close();
    for (const name of ['newer.db', 'no.pem', 'no.pem/gateway.db'])
      expect(of(url(name)).join()).toContain('error STORE_URL cannot be used');
  });

  it('says on which day', () => {
    const to = new Date('2030-05-06T07:08:09Z');
    expect(lifeFinding('X', new Date(0), to, to.getTime() - 29.5 * day).what).toContain('2030-05-06, in 29 days');
  });
});
