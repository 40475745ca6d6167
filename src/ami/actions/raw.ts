import { GatewayError } from '../../lib/errors.ts';
import type { Header } from '../encoder.ts';
import type { Action } from '../types.ts';
import { declarations } from './registry.ts';

const RESERVED = new Set(['action', 'actionid']);

/** The declaration of that name, in any case, as Asterisk reads it. */
export const declarationOf = (name: string) => {
  const wanted = name.toLowerCase();
  return declarations.find((declaration) => declaration.name.toLowerCase() === wanted);
};

/**
 * An action nobody has declared: what it reaches is not known, so the guard lets few send it. Throws `invalid-request`,
 * for declared ones too: no other way leads round what is declared of them.
 */
export const rawAction = (name: string, fields: Readonly<Record<string, string | readonly string[]>>): Action => {
  if (!/^\w{1,80}$/.test(name)) throw new GatewayError('invalid-request', 'That is no name of an action');
  if (declarationOf(name)) throw new GatewayError('invalid-request', `${name} is declared`);
  const reserved = Object.keys(fields).find((field) => RESERVED.has(field.toLowerCase()));
  if (reserved !== undefined) throw new GatewayError('invalid-request', `${reserved} is the gateway's to write`);
  const headers = Object.entries(fields).flatMap(([field, value]) => [value].flat().map((one): Header => [field, one]));
  return {
    declaration: {
      name,
      reply: { kind: 'any' },
      classes: [],
      scopes: [],
      observes: false,
      changes: true,
      slow: true,
      internal: false,
      raw: true,
    },
    headers,
    touches: [],
  };
};
