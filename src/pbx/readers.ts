import type { Frame } from '../ami/frame.ts';
import { GatewayError } from '../lib/errors.ts';
import { type ReplyReader, type ResourceItem, toItem } from './resources.ts';

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
  complete ? [{ ...toItem(complete), channels: items.map(toItem) }] : [];
