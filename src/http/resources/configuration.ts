import { z } from 'zod';
import { readCategories, readCategoryNames, readConfigJson } from '../../pbx/resources.ts';
import { type Resource, resource, text } from '../routes/resources.ts';

const tag = 'Configuration';
const file = z.string().min(1).max(200).describe('A file of the configuration directory').meta({ example: 'queues.conf' }); // prettier-ignore
const part = {
  category: text.optional().describe('Only categories of this name'),
  filter: text
    .optional()
    .describe('Only categories in which variables have these values: `name=value`, several with commas; both are regular expressions. `TEMPLATES=include` among them shows templates too'), // prettier-ignore
};
const partOf = ({ params, query }: { params: { file: string }; query: { category?: string | undefined; filter?: string | undefined } }) =>
  ({ Filename: params.file, Category: query.category, Filter: query.filter }); // prettier-ignore

// What stands in brackets, quotes and lists may not close them.
const categoryName = text.regex(/^[^[\]]+$/, 'takes no brackets');
const category = categoryName.meta({ example: 'support' });
const templates = text
  .regex(/^[^"',[\]]+$/, 'takes no quotes, commas and brackets')
  .array()
  .min(1)
  .max(10);
const where = text
  .regex(/^[^"]+$/, 'takes no quotes')
  .optional()
  .describe('Of categories of that name, those in which variables have these values: `type=auth`. Templates are found by `TEMPLATES=include` alone. Where absent, every category of that name is changed'); // prettier-ignore
const name = text.describe('Name of the variable');
const value = z.string().max(900).describe('One that begins with > is written behind =>, without its >');
const oldValue = text.optional().describe('Only lines with this value');
const line = z.int().min(0).describe('Place in the category, from 0');

const operation = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('newCategory'),
    category,
    template: z.boolean().optional(),
    inherits: templates.optional().describe('Templates, which have to be in the file'),
    allowDuplicate: z.boolean().optional().describe('Also where there is one of that name'),
  }),
  z.strictObject({ op: z.literal('renameCategory'), category, to: categoryName, where }),
  z.strictObject({ op: z.literal('deleteCategory'), category, where }),
  z.strictObject({ op: z.literal('emptyCategory'), category, where }),
  z.strictObject({ op: z.literal('update'), category, name, value, oldValue, where }),
  z.strictObject({ op: z.literal('delete'), category, name, oldValue, line: line.optional(), where }),
  z.strictObject({ op: z.literal('append'), category, name, value, where }),
  z.strictObject({ op: z.literal('insert'), category, name, value, line, where }),
]);
type Operation = z.output<typeof operation>;

const ACTIONS: Readonly<Record<Operation['op'], string>> = {
  newCategory: 'NewCat',
  renameCategory: 'RenameCat',
  deleteCategory: 'DelCat',
  emptyCategory: 'EmptyCat',
  update: 'Update',
  delete: 'Delete',
  append: 'Append',
  insert: 'Insert',
};

const optionsOf = (one: Operation): string | undefined => {
  if (one.op !== 'newCategory') return one.where === undefined ? undefined : `catfilter="${one.where}"`;
  const options = [
    ...(one.allowDuplicate === true ? ['allowdups'] : []),
    ...(one.template === true ? ['template'] : []),
    ...(one.inherits ? [`inherit="${one.inherits.join(',')}"`] : []),
  ];
  return options.length > 0 ? options.join(',') : undefined;
};

/** As a record of headers, each of them numbered when it is sent. */
const toUpdate = (one: Operation) => ({
  Action: ACTIONS[one.op],
  Cat: one.category,
  Var: 'name' in one ? one.name : undefined,
  Value: 'value' in one ? one.value : 'to' in one ? one.to : undefined,
  Match: 'oldValue' in one ? one.oldValue : undefined,
  Line: 'line' in one && one.line !== undefined ? String(one.line) : undefined,
  Options: optionsOf(one),
});

/** Files of Asterisk's configuration directory. */
export const configurationResources: readonly Resource[] = [
  resource({
    route: 'GET /config/:file',
    id: 'config.get',
    tag,
    summary: 'Categories of a configuration file, with their lines in order',
    notes:
      'Needs the file in the limit `configFiles`, as do all of these. Passwords are not left out: who may read a file reads all of it. ' +
      'What a template gives stands among the lines. A category that is not there is an empty list.',
    action: 'GetConfig',
    params: { file },
    query: part,
    fields: partOf,
    read: readCategories,
    gives: 'list',
    statuses: [409],
  }),
  resource({
    route: 'GET /config/:file/json',
    id: 'config.json',
    tag,
    summary: 'A configuration file as one object',
    notes:
      'Of several lines, or categories, of one name only the last is in it: lists such as `member` need GET /config/{file}.',
    action: 'GetConfigJSON',
    params: { file },
    query: part,
    fields: partOf,
    read: readConfigJson,
    gives: 'one',
    statuses: [409],
  }),
  resource({
    route: 'GET /config/:file/categories',
    id: 'config.categories',
    tag,
    summary: 'Names of the categories of a configuration file',
    action: 'ListCategories',
    params: { file },
    fields: ({ params }) => ({ Filename: params.file }),
    read: readCategoryNames,
    gives: 'list',
    statuses: [409],
  }),
  resource({
    route: 'POST /config',
    id: 'config.create',
    tag,
    summary: 'Create an empty configuration file',
    action: 'CreateConfig',
    body: { file },
    example: { file: 'queues-added.conf' },
    fields: ({ body }) => ({ Filename: body.file }),
    gives: 'done',
    statuses: [409],
  }),
  resource({
    route: 'PATCH /config/:file',
    id: 'config.update',
    tag,
    summary: 'Change a configuration file, by operations in their order, all or none',
    notes:
      '`409 config-not-changed` where an operation finds no such category or line. Comments stay, but the file is written ' +
      'anew by Asterisk. What it says takes effect with `reload`, and a Success says nothing of the reload. About 20 operations ' +
      'fit into one request.',
    action: 'UpdateConfig',
    params: { file },
    body: {
      operations: operation.array().min(1).max(100),
      writeTo: file.optional().describe('Another file to write the result to; it has to exist'),
      reload: z
        .union([z.literal(true), text])
        .optional()
        .describe('true for every module, or the name of one'),
      preserveEffectiveContext: z
        .boolean()
        .optional()
        .describe('Whether what a category has of a template stays when the template changes: true where absent'),
    },
    example: {
      operations: [
        { op: 'newCategory', category: 'support' },
        { op: 'append', category: 'support', name: 'strategy', value: 'ringall' },
      ],
      reload: 'app_queue',
    },
    fields: ({ params, body }) => ({
      SrcFilename: params.file,
      DstFilename: body.writeTo ?? params.file,
      Reload: body.reload === true ? 'yes' : body.reload,
      PreserveEffectiveContext: body.preserveEffectiveContext,
      Updates: body.operations.map(toUpdate),
    }),
    gives: 'done',
    statuses: [409],
  }),
];
