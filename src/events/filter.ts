import { matchesAnyGlob } from '../lib/glob.ts';
import type { GatewayEvent } from './event.ts';

/** What a reader asks for; an absent list does not narrow. */
export interface EventFilter {
  /** AMI classes. */
  class?: readonly string[] | undefined;
  /** Names, as patterns: `call.*`. */
  name?: readonly string[] | undefined;
  pbx?: readonly string[] | undefined;
  /** Uniqueids or channel names, as patterns. */
  channel?: readonly string[] | undefined;
  /** Ids of calls. */
  call?: readonly string[] | undefined;
  /** Queue names, as patterns. */
  queue?: readonly string[] | undefined;
}

/** Whether an event is among those asked for. */
export const createFilter = (filter: EventFilter): ((event: GatewayEvent) => boolean) => {
  const tests: ((event: GatewayEvent) => boolean)[] = [];
  const { class: classes, name, pbx, channel, call, queue } = filter;
  if (name) {
    const known = new Map<string, boolean>();
    tests.push((event) => {
      let matches = known.get(event.name);
      if (matches === undefined) {
        matches = matchesAnyGlob(event.name, name);
        if (known.size < 1_000) known.set(event.name, matches);
      }
      return matches;
    });
  }
  if (classes) tests.push((event) => event.class.some((one) => classes.includes(one)));
  if (pbx) tests.push((event) => pbx.includes(event.pbx));
  if (call) tests.push((event) => event.call !== null && call.includes(event.call));
  if (queue) tests.push((event) => event.queue !== null && matchesAnyGlob(event.queue, queue));
  if (channel) {
    tests.push(({ refs }) =>
      refs.channels.some(
        ({ id, name: channelName }) =>
          matchesAnyGlob(id, channel) || (channelName !== null && matchesAnyGlob(channelName, channel)),
      ),
    );
  }
  return (event) => tests.every((test) => test(event));
};
