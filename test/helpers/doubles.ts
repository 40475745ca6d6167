import { Frame } from '../../src/ami/frame.ts';
import type { Action, Reply, Sender, SendOptions } from '../../src/ami/types.ts';
import type { Limits } from '../../src/auth/limits.ts';
import type { Principal } from '../../src/auth/principal.ts';
import { parseScopes } from '../../src/auth/scopes.ts';
import { GatewayError } from '../../src/lib/errors.ts';

/** A frame from its headers, in their order; a list stands for a repeated header. */
export const frame = (headers: Record<string, string | number | readonly string[]>): Frame =>
  new Frame(
    Object.entries(headers)
      .flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`))
      .join('\r\n'),
  );

export const success = (actionId: string, headers: Record<string, string> = {}): Frame =>
  frame({ Response: 'Success', ActionID: actionId, ...headers });

export const reply = (items: readonly Frame[] = [], headers: Record<string, string> = {}): Reply => ({
  actionId: 'id',
  response: success('id', headers),
  items,
});

export interface RecordingSender extends Sender {
  readonly sent: Action[];
  readonly options: (SendOptions | undefined)[];
  /** Names of the actions sent, in their order. */
  readonly names: string[];
}

/** A Sender that keeps what it was given and answers as told. */
export const recordingSender = (answer: (action: Action) => Reply | Promise<Reply>): RecordingSender => {
  const sent: Action[] = [];
  const given: (SendOptions | undefined)[] = [];
  return {
    sent,
    options: given,
    get names() {
      return sent.map(({ declaration }) => declaration.name);
    },
    async send(action, options) {
      sent.push(action);
      given.push(options);
      return answer(action);
    },
  };
};

export const principal = (scope: string, limits: Limits = {}, sub = 'anna'): Principal => {
  const { scopes, unknown } = parseScopes(scope);
  if (unknown.length > 0) throw new Error(`The test names unknown scopes: ${unknown.join(' ')}`);
  return { sub, jti: 'token-1', expiresAt: Infinity, scopes, limits };
};

export const header = (action: Action, name: string): string | undefined =>
  action.headers.find(([own]) => own === name)?.[1];

/** What became of a promise, watched from the start, so that a rejection is never unhandled. */
export const outcomeOf = (promise: Promise<unknown>) => {
  const outcome: { value: unknown; code: string | undefined; state: 'pending' | 'resolved' | 'rejected' } = {
    value: undefined,
    code: undefined,
    state: 'pending',
  };
  promise.then(
    (value) => Object.assign(outcome, { value, state: 'resolved' }),
    (error: unknown) =>
      Object.assign(outcome, {
        value: error,
        code: error instanceof GatewayError ? error.code : String(error),
        state: 'rejected',
      }),
  );
  return outcome;
};

/** The code of the GatewayError thrown; 'allowed' where nothing is; anything else goes through. */
export const verdictOf = (attempt: () => unknown): { code: string; about: string[] } => {
  try {
    attempt();
    return { code: 'allowed', about: [] };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { limit, scopes, header: named } = error.details;
    return { code: error.code, about: [limit, scopes, named].flat().filter((word) => typeof word === 'string') };
  }
};
