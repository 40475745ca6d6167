import { isSupportedCountry } from 'libphonenumber-js/min';
import { z } from 'zod';
import { RATE_CLASSES, type RateLimits } from '../auth/rates.ts';

/** A list with commas between. */
export const words = (text: string): string[] => text.split(',').map((word) => word.trim()).filter((word) => word !== ''); // prettier-ignore
const flag = z.enum(['true', 'false']).default('false').transform((text) => text === 'true'); // prettier-ignore
const whole = (min: number, max: number, fallback: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

const network = z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()]);
const networks = z
  .string()
  .default('')
  .transform(words)
  .refine(
    (list) => list.every((item) => network.safeParse(item).success),
    'takes networks such as 10.1.0.0/16, separated by commas',
  );

const rateClass = z.enum(RATE_CLASSES);

const rateLimits = z
  .string()
  .default('')
  .transform((text, context): RateLimits => {
    const pairs = words(text).map((word) => /^([a-z]+|\*)=([1-9]\d{0,6})$/.exec(word) ?? []);
    const known = pairs.every(([, name]) => rateClass.safeParse(name).success);
    if (!known) context.addIssue('takes requests a minute by class, such as *=1200,originate=60');
    return Object.fromEntries(pairs.map(([, name, rate]) => [name, Number(rate)])) as RateLimits;
  });

/** Checked here, opened later: a store that cannot be opened does not stop the service. */
const isStoreUrl = (url: string) => url === 'memory:' || /^sqlite:.+/.test(url);

/** Every variable but AMI_URL and those of other issuers. */
export const schema = z.object({
  NODE_ENV: z.string().optional(),
  AMI_POOL_SIZE: whole(1, 64, 4),
  AMI_TIMEOUT_MS: whole(100, 120_000, 5_000),
  AMI_TLS_CA: z.string().optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: whole(0, 65_535, 3_000),
  TLS_CERT_FILE: z.string().optional(),
  TLS_KEY_FILE: z.string().optional(),
  JWT_SECRET: z.string().optional(),
  JWT_KEY_FILE: z.string().optional(),
  JWT_SECRET_PREVIOUS: z.string().optional(),
  JWT_KEY_FILE_PREVIOUS: z.string().optional(),
  MANAGER_CONF: z.string().optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  CORS_ORIGINS: z.string().default(''),
  CLICK_TO_DIAL_ENDPOINT: z.string().includes('{extension}').default('PJSIP/{extension}'),
  CLICK_TO_DIAL_CONTEXT: z.string().optional(),
  CLICK_TO_DIAL_CALLER_ID: z.string().optional(),
  DEFAULT_REGION: z
    .string()
    .refine((region) => isSupportedCountry(region), 'is no country of ISO 3166, such as NL')
    .optional(),
  DIAL_FORMAT: z
    .string()
    .regex(/^[0-9*#+]*\{(?:e164|digits|national)\}$/, 'takes {e164}, {digits} or {national}, after a prefix or none')
    .default('{digits}'),
  TRUNKS: z.string().default(''),
  STORE_URL: z
    .string()
    .refine(isStoreUrl, 'write sqlite:./data/gateway.db, or memory: (Redis is not there yet)')
    .optional(),
  EVENTS_KEEP_HOURS: whole(1, 24 * 366, 72),
  EVENTS_KEEP_MAX: z.coerce.number().int().min(1_000).max(100_000_000).optional(),
  CALLS_KEEP_DAYS: whole(1, 3_660, 90),
  AUDIT_KEEP_DAYS: whole(1, 3_660, 365),
  TRUST_PROXY: z.string().default('false'),
  RATE_LIMITS: rateLimits,
  METRICS_PUBLIC: flag,
  WEBHOOK_ALLOW_NETWORKS: networks,
});
