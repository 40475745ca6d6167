import type { Frame } from '../frame.ts';
import type { ItemReference, Touch } from '../types.ts';
import { z } from 'zod';
import { defineAction, list, optionalText, text } from './define.ts';

const onFamily = ({ Family }: { Family?: string | undefined }): Touch[] => [
  { kind: 'databaseFamily', name: Family ?? '' },
];

export const DBGet = defineAction({
  name: 'DBGet',
  fields: { Family: text, Key: text },
  reply: list('DBGetComplete'),
  classes: ['system', 'reporting'],
  touches: onFamily,
});

export const DBPut = defineAction({
  name: 'DBPut',
  fields: { Family: text, Key: text, Val: z.string() },
  classes: ['system'],
  changes: true,
  touches: onFamily,
});

export const DBDel = defineAction({
  name: 'DBDel',
  fields: { Family: text, Key: text },
  classes: ['system'],
  changes: true,
  touches: onFamily,
});

// Asterisk finds a tree with SQL's LIKE: % stands for anything there, _ for any one character, and case does not matter.
const treeFamily = text.regex(/^[^%]*$/, 'must not hold %, which stands for anything');

/** Items of families that are no more than like the one asked for are left out. */
const familyOf = (item: Frame): ItemReference => ({
  databaseFamily: (item.get('Key') ?? '').split('/').slice(1, -1).join('/'),
});

/** Without Family, the whole database. */
export const DBGetTree = defineAction({
  name: 'DBGetTree',
  fields: { Family: treeFamily.optional(), Key: optionalText },
  reply: list('DBGetTreeComplete'),
  classes: ['system', 'reporting'],
  touches: onFamily,
  itemReference: familyOf,
});

export const DBDelTree = defineAction({
  name: 'DBDelTree',
  fields: { Family: treeFamily, Key: optionalText },
  classes: ['system'],
  changes: true,
  touches: ({ Family, Key }) => [{ kind: 'databaseTree', family: Family, key: Key }],
});
