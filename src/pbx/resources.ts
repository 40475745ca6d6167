import type { Frame } from '../ami/frame.ts';
import { Status } from '../ami/actions/channel.ts';
import { declarationOf } from '../ami/actions/raw.ts';
import type { Action, Declaration, Reply } from '../ami/types.ts';
import type { GuardedSender } from '../auth/guard.ts';
import { type Scope, scopesFor } from '../auth/scopes.ts';
import type { FieldValue } from '../events/event.ts';
import { fieldsOf } from '../events/fields.ts';
import { GatewayError, isGatewayError } from '../lib/errors.ts';
import { type DialplanHas, type DialplanPlace, mustExist } from './shared.ts';

/** One thing as Asterisk tells of it: every header, typed, in camelCase. */
export type ResourceItem = Record<string, FieldValue>;

export type Fields = Readonly<Record<string, unknown>>;

/** Things told of otherwise than by one event each. */
export type ReplyReader = (reply: Reply) => ResourceItem[];

export interface ReadOptions {
  /** Of a list: the events that are items; all where none is named. */
  events?: readonly string[];
  /** Codes by which Asterisk says that a list is empty. */
  emptyOn?: readonly string[];
  /** Code where the one thing is not there; of a list, where no `proof` is among the events. */
  absent?: string;
  /** Event that comes of everything there is. */
  proof?: string;
  /** How a reply is read that does not tell of each thing by an event. */
  read?: ReplyReader;
  /** A field for a channel in which the action takes names alone: a Uniqueid in it is looked up. */
  byName?: string;
}

/** What most of AMI is: lists of things, and what is done to them. */
export interface Resources {
  list(action: string, fields: Fields, options?: ReadOptions): Promise<ResourceItem[]>;
  /** The only item, or the Response where the action has none. Rejects with `absent` where there is nothing. */
  one(action: string, fields: Fields, options?: Pick<ReadOptions, 'absent' | 'read'>): Promise<ResourceItem>;
  /** Rejects with `no-such-extension` before anything is done where the dialplan lacks the target. */
  done(action: string, fields: Fields, target?: DialplanPlace): Promise<void>;
}

const OF_THE_PROTOCOL = new Set(['actionID', 'eventList', 'listItems', 'response', 'message', 'objectType']);
const SECRET = /^(?:password|md5Cred|oauthSecret|refreshToken|tlsPrivKey|passwordDigest)$/i;

/** `source`: the event, or the action whose Response it is. */
const toItem = (frame: Frame, source?: string): ResourceItem => {
  const shown = Object.entries(fieldsOf(frame, { source })).filter(
    ([name]) => !OF_THE_PROTOCOL.has(name) && !SECRET.test(name),
  );
  return Object.fromEntries(shown);
};

interface Line {
  name: string;
  value: string;
}

interface Category {
  name: string;
  template: boolean;
  inherits: string[];
  lines: Line[];
}

const lineOf = (text: string): Line => {
  const at = text.indexOf('=');
  return at < 0 ? { name: text, value: '' } : { name: text.slice(0, at), value: text.slice(at + 1) };
};

const categoriesOf = (response: Frame): Category[] => {
  const categories = new Map<string, Category>();
  response.each((header, value) => {
    const [, what = '', number = ''] = /^(Category|IsTemplate|Templates|Line)-(\d+)(?:-\d+)?$/.exec(header) ?? [];
    if (what === 'Category') categories.set(number, { name: value, template: false, inherits: [], lines: [] });
    const category = categories.get(number);
    if (!category) return;
    if (what === 'Line') category.lines.push(lineOf(value));
    if (what === 'IsTemplate') category.template = value !== '0';
    if (what === 'Templates') category.inherits = value.replaceAll('"', '').split(',');
  });
  return [...categories.values()];
};

/** Of GetConfig. Two categories may have one name, and lines have an order: hence lists, not objects. */
export const readCategories: ReplyReader = ({ response }) =>
  categoriesOf(response).map((category): ResourceItem => ({ ...category, lines: category.lines.map((line) => ({ ...line })) })); // prettier-ignore

/** Of ListCategories. */
export const readCategoryNames: ReplyReader = ({ response }) => categoriesOf(response).map(({ name }) => ({ name }));

/** Of GetConfigJSON. */
export const readConfigJson: ReplyReader = ({ response }) => {
  try {
    return [JSON.parse(response.get('JSON') ?? '') as ResourceItem];
  } catch (cause) {
    throw new GatewayError('value-not-transferable', 'Asterisk wrote no proper JSON of this file', { cause });
  }
};

/** Of QueueRule: a list of rules, then its rules, then the next list. */
export const readQueueRules: ReplyReader = ({ response }) => {
  const lists: { name: string; rules: ResourceItem[] }[] = [];
  response.each((header, value) => {
    if (header === 'RuleList') lists.push({ name: value, rules: [] });
    if (header !== 'Rule') return;
    const [after = '', maxPenalty = '', minPenalty = '', raisePenalty] = value.split(',');
    lists.at(-1)?.rules.push({
      afterSeconds: Number(after),
      maxPenalty,
      minPenalty,
      ...(raisePenalty === undefined ? {} : { raisePenalty }),
    });
  });
  return lists.map((list) => ({ ...list }));
};

/** Of BridgeInfo: the bridge itself is in what completes the list of its channels. */
export const readBridge: ReplyReader = ({ items, complete }) =>
  complete ? [{ ...toItem(complete), channels: items.map((item) => toItem(item)) }] : [];

/** Of PJSIPShowEndpoint: one event is the endpoint, the others are what belongs to it, by kind. */
export const readEndpoint: ReplyReader = ({ items }) => {
  const endpoint = items.find(({ event }) => event === 'EndpointDetail');
  if (!endpoint) return [];
  const others: Record<string, ResourceItem[]> = {};
  for (const item of items) {
    if (item === endpoint) continue;
    const kind = `${item.event.charAt(0).toLowerCase()}${item.event.slice(1)}s`;
    (others[kind] ??= []).push(toItem(item));
  }
  return [{ ...toItem(endpoint), ...others }];
};

/** Of DBGetTree, which puts the family before each key. */
export const readDatabase: ReplyReader = ({ items }) =>
  items.map((item) => {
    const [, family = null, key = null] = /^\/([^/]*)\/(.*)$/s.exec(item.get('Key') ?? '') ?? [];
    return { ...toItem(item), family, key };
  });

type Factory = Declaration & ((fields: Fields) => Action);

const factoryOf = (name: string): Factory => {
  const declaration = declarationOf(name);
  if (!declaration) throw new Error(`No action ${name} is declared`);
  return declaration as Factory;
};

const nothing = (code: string) => new GatewayError(code, 'There is no such thing');

/** Scopes of which the action wants any one. */
export const scopesOf = (action: string): readonly Scope[] => scopesFor(factoryOf(action));

const withName = async (sender: GuardedSender, fields: Fields, byName: string | undefined): Promise<Fields> => {
  const ref = byName === undefined ? undefined : fields[byName];
  // Every name of a channel has a technology before a slash.
  if (byName === undefined || typeof ref !== 'string' || ref.includes('/')) return fields;
  try {
    const { items } = await sender.send(Status({ Channel: ref }));
    return { ...fields, [byName]: items[0]?.get('Channel') ?? ref };
  } catch (error) {
    // The action itself says so, or that this Asterisk does not have it.
    if (isGatewayError(error, 'no-such-channel')) return fields;
    throw error;
  }
};

export interface ResourcesOptions {
  sender: GuardedSender;
  dialplanHas: DialplanHas;
}

export const createResources = ({ sender, dialplanHas }: ResourcesOptions): Resources => ({
  async list(name, fields, { events, emptyOn = [], absent, proof, read, byName } = {}) {
    try {
      const reply = await sender.send(factoryOf(name)(await withName(sender, fields, byName)));
      if (read) return read(reply);
      if (absent && proof && !reply.items.some(({ event }) => event === proof)) throw nothing(absent);
      return reply.items.filter(({ event }) => !events || events.includes(event)).map((item) => toItem(item));
    } catch (error) {
      if (isGatewayError(error) && emptyOn.includes(error.code)) return [];
      throw error;
    }
  },
  async one(name, fields, { absent, read } = {}) {
    const action = factoryOf(name)(fields);
    const reply = await sender.send(action);
    if (!read && action.declaration.reply.kind === 'plain') return toItem(reply.response, name);
    const [item] = read ? read(reply) : reply.items.map((item) => toItem(item));
    if (!item) throw nothing(absent ?? 'not-found');
    return item;
  },
  async done(name, fields, target) {
    const action = factoryOf(name)(fields);
    if (target) {
      // Judged first: a token must not learn what stands in contexts it may not reach.
      await sender.authorize(action);
      await mustExist(target, dialplanHas);
    }
    await sender.send(action);
  },
});
