import { z } from 'zod';
import { defineAction, text } from './define.ts';
import { shared } from './touches.ts';

const cacheAction = (name: string) =>
  defineAction({
    name,
    fields: { Cache: text },
    classes: ['system'],
    changes: true,
    touches: shared('a cache'),
  });

export const SorceryMemoryCacheExpire = cacheAction('SorceryMemoryCacheExpire');
export const SorceryMemoryCachePopulate = cacheAction('SorceryMemoryCachePopulate');
export const SorceryMemoryCacheStale = cacheAction('SorceryMemoryCacheStale');

export const SorceryMemoryCacheExpireObject = defineAction({
  name: 'SorceryMemoryCacheExpireObject',
  fields: { Cache: text, Object: text },
  classes: ['system'],
  changes: true,
  touches: shared('a cache'),
});

export const SorceryMemoryCacheStaleObject = defineAction({
  name: 'SorceryMemoryCacheStaleObject',
  fields: { Cache: text, Object: text, Reload: z.boolean().optional() },
  classes: ['system'],
  changes: true,
  touches: shared('a cache'),
});
