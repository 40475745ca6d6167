import { z } from 'zod';
import { Command } from '../ami/actions/command.ts';
import { declarationOf, rawAction } from '../ami/actions/raw.ts';
import { declarations } from '../ami/actions/registry.ts';
import type { Frame } from '../ami/frame.ts';
import type { Action, Declaration, Sender } from '../ami/types.ts';
import type { GuardedSender } from '../auth/guard.ts';
import { requirePbx } from '../auth/policy.ts';
import type { Principal } from '../auth/principal.ts';
import type { Verdict } from '../auth/dry-run.ts';
import { type Scope, scopesFor } from '../auth/scopes.ts';
import { GatewayError, isGatewayError } from '../lib/errors.ts';

export interface ActionSummary {
  name: string;
  /** False: the gateway knows its name from Asterisk alone. */
  declared: boolean;
  /** Whether this Asterisk has it, for the gateway's account; null while it is not connected. */
  available: boolean | null;
  /** A token needs any one. */
  scopes: string[];
  changes: boolean;
  reply: 'plain' | 'list' | 'event' | 'any';
}

export interface ActionDetail extends ActionSummary {
  /** JSON Schema of the fields; null where they are not known. */
  fields: object | null;
  /** As Asterisk documents it; null where it does not tell. */
  documentation: string | null;
}

/** Headers as Asterisk wrote them; one that came more than once is a list. */
export type RawHeaders = Record<string, string | string[]>;

export interface ActionOutcome {
  action: string;
  pbx: string;
  response: RawHeaders;
  items: RawHeaders[];
}

export interface Actions {
  /** Throws `limit-exceeded` where the token may not use the server. */
  list(): ActionSummary[];
  /** Rejects with `no-such-action`. */
  get(name: string): Promise<ActionDetail>;
  /** Any action by name, with AMI's own names of fields. Rejects as the guard and Asterisk do. */
  run(name: string, fields: Readonly<Record<string, unknown>>): Promise<ActionOutcome>;
  /** Whether the token may send it, and why. */
  explain(name: string, fields: Readonly<Record<string, unknown>>): Promise<Verdict>;
}

export interface ActionsOptions {
  name: string;
  sender: GuardedSender;
  principal: Principal;
  /** Names of those Asterisk has; null while it is not connected. */
  actions: () => ReadonlySet<string> | null;
  documentation: (action: string) => Promise<string | null>;
}

/** What Asterisk itself says of its actions, remembered. The name has to be one of an action. */
export const createDocumentation = (sender: Sender): ActionsOptions['documentation'] => {
  const known = new Map<string, string | null>();
  return async (action) => {
    const before = known.get(action);
    if (before !== undefined) return before;
    try {
      const { response } = await sender.send(Command({ Command: `manager show command ${action}` }));
      const text = response.all('Output').join('\n').trim();
      known.set(action, text);
      return text;
    } catch (error) {
      if (isGatewayError(error)) return null;
      throw error;
    }
  };
};

/** Scopes of which the action wants any one, but for what it reveals. */
export const scopesOfAction = (name: string): readonly Scope[] => {
  const declaration = declarationOf(name);
  return declaration ? scopesFor(declaration) : ['gateway:raw'];
};

const SECRET = /^(?:password|md5cred|secret|oauthsecret|oauth_secret|refreshtoken|refresh_token|tlsprivkey)$/i;

/** With values that are secrets left out. */
const headersOf = (frame: Frame): RawHeaders => {
  const headers: RawHeaders = {};
  frame.each((name, value) => {
    const shown = SECRET.test(name.replaceAll('-', '')) && value !== '' ? '[hidden]' : value;
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    headers[name] = before === undefined ? shown : [before, shown].flat();
  });
  return headers;
};

const rawFields = z.record(z.string(), z.union([z.string(), z.array(z.string()).max(100)]));

/** Ids of calls that the gateway follows begin so. */
const OWN_CHANNEL = /^gw-/i;

const toAction = (name: string, fields: Readonly<Record<string, unknown>>): Action => {
  if (typeof fields['ChannelId'] === 'string' && OWN_CHANNEL.test(fields['ChannelId'])) {
    throw new GatewayError('invalid-request', "A ChannelId that begins with gw- is the gateway's to give");
  }
  const declaration = declarationOf(name) as (Declaration & ((fields: unknown) => Action)) | undefined;
  if (declaration) return declaration(fields);
  const parsed = rawFields.safeParse(fields);
  if (!parsed.success) throw new GatewayError('invalid-request', `${name}: fields are texts, or lists of texts`);
  return rawAction(name, parsed.data);
};

export const createActions = ({ name: pbx, sender, principal, actions, documentation }: ActionsOptions): Actions => {
  const available = (action: string): boolean | null => actions()?.has(action) ?? null;

  const summaryOf = (declaration: Declaration): ActionSummary => ({
    name: declaration.name,
    declared: true,
    available: available(declaration.name),
    scopes: [...scopesFor(declaration)],
    changes: declaration.changes,
    reply: declaration.reply.kind === 'twice' ? 'plain' : declaration.reply.kind,
  });
  const unknown = (name: string): ActionSummary => ({ name, declared: false, available: true, scopes: ['gateway:raw'], changes: true, reply: 'any' }); // prettier-ignore

  const known = (): ActionSummary[] => {
    requirePbx(principal, pbx);
    const declared = declarations.filter(({ internal }) => !internal).map(summaryOf);
    const others = [...(actions() ?? [])].filter((name) => !declarationOf(name)).map(unknown);
    return [...declared, ...others].sort((a, b) => (a.name < b.name ? -1 : 1));
  };

  return {
    list: known,
    async get(name) {
      const summary = known().find((one) => one.name.toLowerCase() === name.toLowerCase());
      if (!summary) throw new GatewayError('no-such-action', 'There is no such action');
      const declaration = declarationOf(summary.name) as (Declaration & { fields: z.ZodType }) | undefined;
      const fields = declaration ? z.toJSONSchema(declaration.fields, { io: 'input', unrepresentable: 'any' }) : null;
      return { ...summary, fields, documentation: await documentation(summary.name) };
    },
    explain: async (name, fields) => sender.explain(toAction(name, fields)),
    async run(name, fields) {
      const action = toAction(name, fields);
      const { response, items } = await sender.send(action);
      return { action: action.declaration.name, pbx, response: headersOf(response), items: items.map(headersOf) };
    },
  };
};
