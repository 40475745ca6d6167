/** The algorithm is decided by the key, never by the token. Keys are PEM texts. */
export type SigningKey =
  | { algorithm: 'HS256'; secret: string }
  | { algorithm: 'RS256' | 'ES256' | 'EdDSA'; privateKey: string; publicKey: string };
