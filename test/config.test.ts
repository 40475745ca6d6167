import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError, type Environment, parseConfig, parseKeyConfig, unknownNames } from '../src/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'gateway-config-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const env = {
  AMI_URL: 'ami://gateway:s3cr3t@pbx.example:5038',
  JWT_SECRET: 'q9XbV2mKfT7wRzLs8YpNcD4hGj6uAe3E',
};

const faultsOf = (change: Environment): readonly string[] => {
  try {
    parseConfig({ ...env, ...change });
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
};

const pem = (type: 'rsa' | 'ec' | 'ed25519' | 'x25519', name: string): string => {
  const { privateKey } = {
    rsa: () => generateKeyPairSync('rsa', { modulusLength: 2_048 }),
    ec: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    ed25519: () => generateKeyPairSync('ed25519'),
    x25519: () => generateKeyPairSync('x25519'),
  }[type]();
  const file = join(folder, name);
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return file;
};

describe('configuration', () => {
  it('needs one server and one secret, and knows the rest', () => {
    expect(parseConfig(env)).toEqual({
      production: false,
      demo: false,
      pbx: [{ name: 'default', host: 'pbx.example', port: 5_038, tls: false, username: 'gateway', secret: 's3cr3t' }],
      amiPoolSize: 4,
      amiTimeoutMs: 5_000,
      amiTlsCa: undefined,
      host: '127.0.0.1',
      port: 3_000,
      tls: undefined,
      key: { algorithm: 'HS256', secret: env.JWT_SECRET },
      jwtIssuer: undefined,
      jwtAudience: undefined,
      logLevel: 'info',
      corsOrigins: [],
      trustProxy: false,
      metricsPublic: false,
      webhookAllowNetworks: [],
      trunks: [],
      clickToDial: { endpoint: 'PJSIP/{extension}', region: null, format: '{digits}', context: null, callerId: null },
      storeUrl: 'sqlite:./data/gateway.db',
      keepEventsMs: 72 * 3_600_000,
      keepEventsMax: 1_000_000,
      keepCallsMs: 90 * 24 * 3_600_000,
      keepAuditMs: 365 * 86_400_000,
      rateLimits: {},
      issuers: [],
      managerConf: undefined,
    });
  });

  it('takes an empty variable for an absent one', () => {
    expect(
      parseConfig({ ...env, PORT: '', LOG_LEVEL: '', AMI_URL_B: '', JWT_KEY_FILE: '', TLS_CERT_FILE: '' }),
    ).toEqual(parseConfig(env));
  });

  it('reads what is set', () => {
    const config = parseConfig({
      ...env,
      NODE_ENV: 'production',
      PORT: '0',
      CORS_ORIGINS: 'https://a.example, https://b.example,',
      TRUST_PROXY: '10.0.0.0/8',
      METRICS_PUBLIC: 'true',
      WEBHOOK_ALLOW_NETWORKS: '10.1.0.0/16, fd00::1',
      TRUNKS: 'PJSIP/carrier-*, IAX2/*',
      CLICK_TO_DIAL_ENDPOINT: 'SIP/{extension}',
      CLICK_TO_DIAL_CONTEXT: 'from-internal',
      CLICK_TO_DIAL_CALLER_ID: '"Sales" <100>',
      DEFAULT_REGION: 'NL',
      DIAL_FORMAT: '9{national}',
      TLS_CERT_FILE: 'c',
      TLS_KEY_FILE: 'k',
    });
    expect(config).toMatchObject({
      production: true,
      port: 0,
      corsOrigins: ['https://a.example', 'https://b.example'],
      trustProxy: '10.0.0.0/8',
      metricsPublic: true,
      webhookAllowNetworks: ['10.1.0.0/16', 'fd00::1'],
      trunks: ['PJSIP/carrier-*', 'IAX2/*'],
      clickToDial: {
        endpoint: 'SIP/{extension}',
        context: 'from-internal',
        callerId: '"Sales" <100>',
        region: 'NL',
        format: '9{national}',
      },
      tls: { certFile: 'c', keyFile: 'k' },
    });
    expect(parseConfig({ ...env, TRUST_PROXY: 'true' }).trustProxy).toBe(true);
  });

  it('reads several servers, the unnamed one first, over TLS and IPv6, secrets percent-decoded', () => {
    const { pbx } = parseConfig({
      ...env,
      AMI_URL_BRANCH: 'amis://gw:p%40ss%2Fw%3Ard%25@[2001:db8::1]',
      AMI_URL_A: 'amis://gw%20x:y@10.0.0.2:15039',
    });
    expect(pbx).toEqual([
      { name: 'default', host: 'pbx.example', port: 5_038, tls: false, username: 'gateway', secret: 's3cr3t' },
      { name: 'a', host: '10.0.0.2', port: 15_039, tls: true, username: 'gw x', secret: 'y' },
      { name: 'branch', host: '2001:db8::1', port: 5_039, tls: true, username: 'gw', secret: 'p@ss/w:rd%' },
    ]);
  });

  it('never gives two servers one name', () => {
    const names = ['AMI_URL_DEFAULT', 'AMI_URL_B', 'AMI_URL_b'].map((name) => [name, env.AMI_URL]);
    const faults = faultsOf(Object.fromEntries(names));
    expect(faults.join('\n')).toMatch(/AMI_URL_DEFAULT|AMI_URL_b/);
  });

  it('is a demo without a server, on loopback and out of production alone', () => {
    const none = { ...env, AMI_URL: undefined };
    expect(parseConfig(none)).toMatchObject({ demo: true, pbx: [], host: '127.0.0.1' });
    const keys = [1, 2].map(() => parseConfig({}).key);
    expect(keys[0]).not.toEqual(keys[1]);
    expect(faultsOf({ AMI_URL: undefined, HOST: '0.0.0.0' })).toHaveLength(1);
    expect(faultsOf({ AMI_URL: undefined, NODE_ENV: 'production' })).toHaveLength(1);
  });

  it('reports every fault at once', () => {
    const faults = faultsOf({
      NODE_ENV: 'production',
      AMI_URL: undefined,
      JWT_SECRET: 'short',
      PORT: 'x',
      TLS_KEY_FILE: 'k',
    });
    expect(faults).toHaveLength(4);
  });

  it.each([
    ['AMI_URL', 'HUNTER2'],
    ['AMI_URL', 'http://u:HUNTER2@pbx'],
    ['AMI_URL', 'ami://:HUNTER2@pbx'],
    ['AMI_URL', 'ami://HUNTER2@pbx'],
    ['AMI_URL', 'ami://u:HUNTER2@pbx:99999'],
    ['AMI_URL', 'ami://u:HUN/TER2@pbx'],
    ['AMI_URL', 'ami://u:HUNTER2'],
    ['AMI_URL', 'ami://u:HUNTER2%@pbx'],
    ['AMI_URL_B', 'ami://u:HUNTER2%zz@pbx'],
    ['AMI_POOL_SIZE', '0'],
    ['AMI_POOL_SIZE', '65'],
    ['AMI_POOL_SIZE', 'HUNTER2'],
    ['AMI_TIMEOUT_MS', '99'],
    ['AMI_TIMEOUT_MS', '1e9'],
    ['PORT', '65536'],
    ['PORT', '3000.5'],
    ['LOG_LEVEL', 'HUNTER2'],
    ['METRICS_PUBLIC', 'HUNTER2'],
    ['CLICK_TO_DIAL_ENDPOINT', 'PJSIP/HUNTER2'],
    ['DEFAULT_REGION', 'HUNTER2'],
    ['DIAL_FORMAT', '{HUNTER2}'],
    ['DIAL_FORMAT', '{national}'],
    ['TLS_CERT_FILE', 'HUNTER2'],
    ['TLS_KEY_FILE', 'HUNTER2'],
    ['JWT_SECRET', undefined],
    ['JWT_SECRET', 'HUNTER2'],
    ['JWT_SECRET', 'é'.repeat(15)],
    ['JWT_SECRET', 'ab'.repeat(20)],
    ['JWT_SECRET', 'change-me-HUNTER2-0123456789-abcdef'],
    ['JWT_SECRET', 'secret-HUNTER2-0123456789-abcdefghij'],
    ['JWT_SECRET', 'my-Password-HUNTER2-0123456789-abcdef'],
    ['JWT_KEY_FILE', '-----BEGIN PRIVATE KEY-----\nHUNTER2\n-----END PRIVATE KEY-----'],
  ])('names %s and shows nothing of %j', (name, value) => {
    const faults = faultsOf({ [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(name);
    expect(faults[0]).not.toMatch(/HUN|TER2/);
  });

  it.each([
    ['rsa', 'RS256'],
    ['ec', 'ES256'],
    ['ed25519', 'EdDSA'],
  ] as const)('takes the algorithm from the key: %s makes it %s', (type, algorithm) => {
    const { key } = parseKeyConfig({ JWT_KEY_FILE: pem(type, `${type}.pem`), JWT_SECRET: 'ignored then' });
    expect(key).toMatchObject({ algorithm, publicKey: expect.stringContaining('BEGIN PUBLIC KEY') });
  });

  it('refuses a key that cannot sign, and a file that is no key', () => {
    const text = join(folder, 'text.pem');
    writeFileSync(text, 'HUNTER2');
    for (const file of [pem('x25519', 'x.pem'), text]) {
      const faults = faultsOf({ JWT_KEY_FILE: file });
      expect(faults).toEqual([expect.stringContaining('JWT_KEY_FILE')]);
      expect(faults[0]).not.toContain('HUNTER2');
    }
  });

  it('reads what signing needs without any server', () => {
    expect(parseKeyConfig({ JWT_SECRET: env.JWT_SECRET, JWT_ISSUER: 'gw' })).toEqual({
      key: { algorithm: 'HS256', secret: env.JWT_SECRET },
      jwtIssuer: 'gw',
      jwtAudience: undefined,
    });
    expect(() => parseKeyConfig({})).toThrow(ConfigError);
    // 32 bytes are enough, however few characters they make.
    expect(parseKeyConfig({ JWT_SECRET: 'žščřďťňáéíóúůýčž' }).key.algorithm).toBe('HS256');
  });

  it('finds names that look like ours and are not', () => {
    const given = { ...env, AMI_URL_EU: 'x', AMI_POOLSIZE: '1', JWT_SECRETS: 'x', PATH: '/bin', AMIGO: 'x' };
    expect(unknownNames(given)).toEqual(['AMI_POOLSIZE', 'JWT_SECRETS']);
  });

  it('has each variable in .env.example, in words that Node reads as they stand', () => {
    const example = readFileSync('.env.example', 'utf8');
    const given = new Map([...example.matchAll(/^#?([A-Z][A-Z_]+)=(.*)$/gm)].map(([line, name = '', value = '']) => [name, { line, value }])); // prettier-ignore
    const source = readFileSync('src/config/schema.ts', 'utf8');
    const known = [...source.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name = '']) => name);
    expect(known.length).toBeGreaterThan(25);
    for (const name of known) if (name !== 'NODE_ENV') expect([...given.keys()]).toContain(name);
    for (const [name, { line, value }] of given) {
      expect(parseEnv(line.replace(/^#/, ''))[name], name).toBe(value.replace(/^'(.*)'$/, '$1'));
    }
  });
});
