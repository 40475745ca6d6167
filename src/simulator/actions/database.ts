import { keyOf, keysBelow } from '../database.ts';
import type { Fields } from '../wire.ts';
import { type Answer, atTheEnd, type Call, error, type SimulatedAction, success } from './define.ts';

const LONGEST_KEY_16 = 255;
const NOT_FOUND = 'Database entry not found';

/** Runs an action that needs family and key, or says which is missing: DBPut without the full stop. */
const withPlace =
  (stop: '.' | '', act: (call: Call, family: string, key: string) => Answer) =>
  (call: Call): Answer => {
    const [family, key] = [call.get('Family'), call.get('Key')];
    if (family === '') return error(`No family specified${stop}`);
    return key === '' ? error(`No key specified${stop}`) : act(call, family, key);
  };

export const databaseActions: SimulatedAction[] = [
  {
    name: 'DBPut',
    classes: ['system'],
    synopsis: 'Put DB entry.',
    run: withPlace('', ({ box, get }, family, key) => {
      const full = keyOf(family, key);
      if (box.release === 16 && full.length > LONGEST_KEY_16) return error('Failed to update entry');
      box.database.set(full, get('Val'));
      return success('Updated database successfully');
    }),
  },
  {
    name: 'DBGet',
    classes: ['system', 'reporting'],
    synopsis: 'Get DB Entry.',
    run: withPlace('.', ({ box, actionId }, family, key) => {
      const value = box.database.get(keyOf(family, key));
      if (value === undefined) return error(NOT_FOUND);
      const item: Fields = [['Event', 'DBGetResponse'], ['Family', family], ['Key', key], ['Val', value], ...atTheEnd(actionId)]; // prettier-ignore
      return { kind: 'list', message: 'Result will follow', complete: 'DBGetComplete', items: [item] };
    }),
  },
  {
    name: 'DBGetTree',
    classes: ['system', 'reporting'],
    synopsis: 'Get DB entries, optionally at a particular family/key',
    run: ({ box, get, actionId }) => {
      // A key without a family is not looked at.
      const key = get('Family') === '' ? '' : get('Key');
      const items = keysBelow(box.database, get('Family'), key).map((full): Fields => [
        ['Event', 'DBGetTreeResponse'],
        ['Key', full],
        ['Val', box.database.get(full) ?? ''],
        ...atTheEnd(actionId),
      ]);
      const answer = { kind: 'list', message: 'Result will follow', complete: 'DBGetTreeComplete', items } as const;
      // Asterisk 16 says one, however many there are.
      return box.release === 16 ? { ...answer, count: 1 } : answer;
    },
  },
  {
    name: 'DBDel',
    classes: ['system'],
    synopsis: 'Delete DB entry.',
    run: withPlace('.', ({ box }, family, key) =>
      box.database.delete(keyOf(family, key))
        ? success('Key deleted successfully')
        : error('Database entry could not be deleted'),
    ),
  },
  {
    name: 'DBDelTree',
    classes: ['system'],
    synopsis: 'Delete DB Tree.',
    run: ({ box, get }) => {
      if (get('Family') === '') return error('No family specified.');
      const keys = keysBelow(box.database, get('Family'), get('Key'));
      for (const key of keys) box.database.delete(key);
      return keys.length > 0 ? success('Key tree deleted successfully') : error(NOT_FOUND);
    },
  },
];
