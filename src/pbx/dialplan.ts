import { ShowDialPlan } from '../ami/actions/dialplan.ts';
import type { Frame } from '../ami/frame.ts';
import type { Sender } from '../ami/types.ts';
import type { Clock } from '../lib/clock.ts';
import { isGatewayError } from '../lib/errors.ts';

export interface Place {
  context: string;
  extension: string;
  priority: number;
}

export interface DialplanOptions {
  /** The pool itself: the gateway asks on its own behalf, after the token was judged. */
  sender: Sender;
  clock: Clock;
  /** Milliseconds an answer is good for: dialplans change by reload. */
  cacheMs?: number;
}

/** Whether a place exists, patterns and included contexts counted. */
export const createDialplan = ({ sender, clock, cacheMs = 5_000 }: DialplanOptions) => {
  const cache = new Map<string, { until: number; items: Promise<readonly Frame[]> }>();

  const contextItems = (context: string): Promise<readonly Frame[]> => {
    const known = cache.get(context);
    if (known && known.until > clock.now()) return known.items;
    const items = sender.send(ShowDialPlan({ Context: context })).then(
      (reply) => reply.items,
      (error: unknown) => {
        if (isGatewayError(error, 'no-such-extension')) return [];
        cache.delete(context);
        throw error;
      },
    );
    if (cache.size >= 1_000) cache.clear();
    cache.set(context, { until: clock.now() + cacheMs, items });
    return items;
  };

  const has = async (place: Place, seen: Set<string>): Promise<boolean> => {
    if (seen.has(place.context)) return false;
    seen.add(place.context);
    const items = await contextItems(place.context);
    // A switch (realtime, DUNDi, Lua) can hold any extension: only Asterisk can tell, so it is let through.
    if (items.some((item) => item.get('Switch') !== undefined)) return true;
    if (items.some((item) => matches(item, place))) return true;
    for (const item of items) {
      const included = item.get('IncludeContext')?.split(',', 1)[0];
      if (included && (await has({ ...place, context: included }, seen))) return true;
    }
    return false;
  };

  return (place: Place): Promise<boolean> => has(place, new Set());
};

const matches = (item: Frame, { extension, priority }: Place): boolean => {
  const pattern = item.get('Extension')?.split('/', 1)[0];
  return pattern !== undefined && Number(item.get('Priority')) === priority && matchesExtension(extension, pattern);
};

const CLASSES: Record<string, string> = { X: '[0-9]', Z: '[1-9]', N: '[2-9]', '.': '.+', '!': '.*' };

/** Asterisk's extension patterns: `_NXX`, `_[13-5]X.`, hyphens without meaning. */
export const matchesExtension = (extension: string, pattern: string): boolean => {
  if (!pattern.startsWith('_')) return pattern === extension;
  let source = '';
  for (let at = 1; at < pattern.length; at += 1) {
    const character = pattern[at] ?? '';
    const close = character === '[' ? pattern.indexOf(']', at) : -1;
    if (close > 0) {
      source += `[${pattern.slice(at + 1, close).replace(/[\\^[]/g, '\\$&')}]`;
      at = close;
    } else if (character !== '-') {
      source += CLASSES[character.toUpperCase()] ?? character.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
    }
  }
  try {
    return new RegExp(`^${source}$`, 's').test(extension);
  } catch {
    // A set that runs backwards, such as [9-1], matches nothing in Asterisk either.
    return false;
  }
};
