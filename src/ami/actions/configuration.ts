import { z } from 'zod';
import type { Touch } from '../types.ts';
import { defineAction, numbered, optionalText, text } from './define.ts';

const onFile = ({ Filename }: { Filename: string }): Touch[] => [{ kind: 'configFile', name: Filename }];

// A regular expression to Asterisk. A few repetitions of repetitions take all the memory there is.
const filter = text.regex(/^[^{]*$/, 'must not hold {').optional();

/** Not an observing action: files hold passwords. The lines come in headers of the Response. */
export const GetConfig = defineAction({
  name: 'GetConfig',
  fields: { Filename: text, Category: optionalText, Filter: filter },
  classes: ['system', 'config'],
  touches: onFile,
});

export const GetConfigJSON = defineAction({
  name: 'GetConfigJSON',
  fields: { Filename: text, Category: optionalText, Filter: filter },
  classes: ['system', 'config'],
  touches: onFile,
});

export const ListCategories = defineAction({
  name: 'ListCategories',
  fields: { Filename: text },
  classes: ['config'],
  touches: onFile,
});

export const CreateConfig = defineAction({
  name: 'CreateConfig',
  fields: { Filename: text },
  classes: ['config'],
  changes: true,
  touches: onFile,
});

const update = z.strictObject({
  Action: z.enum(['NewCat', 'RenameCat', 'DelCat', 'EmptyCat', 'Update', 'Delete', 'Append', 'Insert']),
  Cat: text,
  // Written at the start of a line, where #include and #exec would reach other files and programs.
  Var: text.regex(/^[^\s#;[]/, 'must be a name').optional(),
  Value: z.string().optional(),
  Match: optionalText,
  Line: z.string().regex(/^\d+$/).optional(),
  // catfilter= among them is a filter.
  Options: filter,
});

const reloads = (reload: string | undefined): boolean =>
  reload !== undefined && !/^(?:no|n|false|f|0|off)$/i.test(reload);

/** Updates are carried out in their order, all or none. Reload is yes for every module, or the name of one. */
export const UpdateConfig = defineAction({
  name: 'UpdateConfig',
  fields: {
    SrcFilename: text,
    DstFilename: text,
    Reload: optionalText,
    PreserveEffectiveContext: z.boolean().optional(),
    Updates: z.array(update).max(100).optional(),
  },
  encode: { Updates: numbered((field, index) => `${field}-${String(index).padStart(6, '0')}`) },
  classes: ['config'],
  changes: true,
  slow: true,
  touches: (f) => [
    ...onFile({ Filename: f.SrcFilename }),
    ...onFile({ Filename: f.DstFilename }),
    ...(reloads(f.Reload) ? [{ kind: 'shared', what: 'the modules' } as const] : []),
  ],
});
