import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The algorithm is decided by the key, never by the token. Keys are PEM texts. */
export type SigningKey =
  | { algorithm: 'HS256'; secret: string }
  | { algorithm: 'RS256' | 'ES256' | 'EdDSA'; privateKey: string; publicKey: string };

const MIN_SECRET_BYTES = 32;

const readKeyFile = (file: string): SigningKey => {
  const pem = readFileSync(file, 'utf8');
  const key = createPrivateKey(pem);
  const algorithms = { rsa: 'RS256', ec: 'ES256', ed25519: 'EdDSA' } as const;
  const algorithm = (algorithms as Record<string, 'RS256' | 'ES256' | 'EdDSA' | undefined>)[
    key.asymmetricKeyType ?? ''
  ];
  if (algorithm === undefined) throw new Error('it is neither RSA, EC P-256 nor Ed25519');
  return {
    algorithm,
    privateKey: pem,
    publicKey: createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString(),
  };
};

// The message of a failed open quotes what it was given, which may have been the key itself.
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unreadable';
  return 'syscall' in error
    ? `the file cannot be opened (${String((error as NodeJS.ErrnoException).code)})`
    : error.message;
};

/** The key of JWT_SECRET or JWT_KEY_FILE; with a suffix, of variables of those names and it. Throws with a message for the operator. */
export const parseKey = (secret: string | undefined, keyFile: string | undefined, suffix = ''): SigningKey => {
  if (keyFile !== undefined) {
    try {
      return readKeyFile(keyFile);
    } catch (error) {
      throw new Error(`JWT_KEY_FILE${suffix} cannot be used: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }
  if (secret === undefined || secret === '') {
    throw new Error(
      'JWT_SECRET is missing: at least 32 bytes, such as `openssl rand -base64 48` prints (or JWT_KEY_FILE)',
    );
  }
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) {
    throw new Error(
      `JWT_SECRET${suffix} is ${Buffer.byteLength(secret)} bytes long; ${MIN_SECRET_BYTES} are the least`,
    );
  }
  if (new Set(secret).size < 8 || /change.?me|^secret|password/i.test(secret)) {
    throw new Error(`JWT_SECRET${suffix} is guessable: make a random one, such as \`openssl rand -base64 48\` prints`);
  }
  return { algorithm: 'HS256', secret };
};
