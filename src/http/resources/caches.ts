import { z } from 'zod';
import { type Resource, resource, text } from '../routes/resources.ts';

const tag = 'System';
const params = { cache: text.describe('Name of the cache').meta({ example: 'res_pjsip/endpoint' }) };
const ofObject = { ...params, object: text.describe('Name of the object in it') };
const cache = ({ params: { cache: Cache } }: { params: { cache: string } }) => ({ Cache });

/** What sorcery keeps in memory of a slower store, where sorcery.conf says so. */
export const cacheResources: readonly Resource[] = [
  resource({
    route: 'POST /sorcery-caches/:cache/expire',
    id: 'sorceryCaches.expire',
    tag,
    summary: 'Empty a cache',
    action: 'SorceryMemoryCacheExpire',
    params,
    fields: cache,
    gives: 'done',
  }),
  resource({
    route: 'POST /sorcery-caches/:cache/stale',
    id: 'sorceryCaches.stale',
    tag,
    summary: 'Have all that is in a cache read anew when it is next asked for',
    action: 'SorceryMemoryCacheStale',
    params,
    fields: cache,
    gives: 'done',
  }),
  resource({
    route: 'POST /sorcery-caches/:cache/populate',
    id: 'sorceryCaches.populate',
    tag,
    summary: 'Fill a cache from its store',
    notes: 'Of a cache with full_backend_cache: `409 wrong-kind-of-cache` of others.',
    action: 'SorceryMemoryCachePopulate',
    params,
    fields: cache,
    gives: 'done',
    statuses: [409],
  }),
  resource({
    route: 'POST /sorcery-caches/:cache/objects/:object/expire',
    id: 'sorceryCaches.expireObject',
    tag,
    summary: 'Take an object out of a cache',
    notes: 'Not of a cache with full_backend_cache: `409 wrong-kind-of-cache`.',
    action: 'SorceryMemoryCacheExpireObject',
    params: ofObject,
    fields: ({ params: { cache: Cache, object } }) => ({ Cache, Object: object }),
    gives: 'done',
    statuses: [409],
  }),
  resource({
    route: 'POST /sorcery-caches/:cache/objects/:object/stale',
    id: 'sorceryCaches.staleObject',
    tag,
    summary: 'Have an object read anew when it is next asked for, or at once',
    action: 'SorceryMemoryCacheStaleObject',
    params: ofObject,
    body: { reload: z.boolean().optional().describe('At once') },
    example: { reload: true },
    fields: ({ params: { cache: Cache, object }, body }) => ({ Cache, Object: object, Reload: body.reload }),
    gives: 'done',
  }),
];
