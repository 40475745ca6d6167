import { z } from 'zod';
import { readDatabase } from '../../pbx/resources.ts';
import { type Resource, resource, text } from '../routes/resources.ts';

const family = { family: text.describe('Family, percent-encoded where it has a /') };
const entry = { ...family, key: text };

/** What the dialplan and others keep in Asterisk. */
export const storageResources: readonly Resource[] = [
  resource({
    route: 'GET /database/:family',
    id: 'database.list',
    tag: 'AstDB',
    summary: 'Entries of a family',
    notes: 'Needs the family in the limit `databaseFamilies`, as do all of these.',
    action: 'DBGetTree',
    params: family,
    fields: ({ params }) => ({ Family: params.family }),
    gives: 'list',
    read: readDatabase,
  }),
  resource({
    route: 'GET /database/:family/:key',
    id: 'database.get',
    tag: 'AstDB',
    summary: 'One entry',
    action: 'DBGet',
    params: entry,
    fields: ({ params }) => ({ Family: params.family, Key: params.key }),
    gives: 'one',
    absent: 'no-such-key',
  }),
  resource({
    route: 'PUT /database/:family/:key',
    id: 'database.put',
    tag: 'AstDB',
    summary: 'Set an entry',
    action: 'DBPut',
    params: entry,
    body: { value: z.string().max(900) },
    example: { value: 'Anna' },
    fields: ({ params, body }) => ({ Family: params.family, Key: params.key, Val: body.value }),
    gives: 'done',
  }),
  resource({
    route: 'DELETE /database/:family/:key',
    id: 'database.remove',
    tag: 'AstDB',
    summary: 'Remove an entry',
    action: 'DBDel',
    params: entry,
    fields: ({ params }) => ({ Family: params.family, Key: params.key }),
    gives: 'done',
  }),
  resource({
    route: 'DELETE /database/:family',
    id: 'database.removeFamily',
    tag: 'AstDB',
    summary: 'Remove a family',
    action: 'DBDelTree',
    params: family,
    fields: ({ params }) => ({ Family: params.family }),
    gives: 'done',
  }),
];
