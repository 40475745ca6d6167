import type { CancelTimer, Clock } from '../lib/clock.ts';
import type { Box } from './box.ts';
import { originate } from './originate.ts';

/**
 * Places calls at random between the extensions and phones there are, at a given rate. Returns what stops it.
 * A restart puts another box in the place of the first.
 */
export const startTraffic = (
  simulator: { readonly box: Box; readonly clock: Clock },
  callsPerMinute: number,
  random: () => number = Math.random,
): CancelTimer => {
  const { clock } = simulator;
  const { scenario } = simulator.box;
  const places = Object.entries(scenario.contexts).flatMap(([context, extensions]) =>
    Object.keys(extensions)
      .filter((extension) => !extension.startsWith('_'))
      .map((extension) => ({ context, extension })),
  );
  const phones = Object.keys(scenario.endpoints).map((name) => `PJSIP/${name}`);
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];

  const place = () => {
    const from = pick(places);
    const to = pick(places);
    if (!from || !to) return;
    const { box } = simulator;
    const there = box.channels.size;
    const channels = [...phones, `Local/${from.extension}@${from.context}`];
    void originate(box, {
      actionId: '',
      dialString: pick(channels) ?? '',
      application: '',
      data: '',
      context: to.context,
      extension: to.extension,
      priority: 1,
      timeoutMs: 15_000,
      callerNumber: String(Math.floor(2_000_000_000 + random() * 7_999_999_999)),
      callerName: '',
      accountCode: '',
      channelId: undefined,
      variables: [],
      async: true,
    });
    // Most extensions would talk for an hour.
    const placed = [...box.channels.values()][there];
    if (placed) box.clock.setTimeout(() => { box.hangUp(placed, 16); }, 5_000 + random() * 60_000); // prettier-ignore
  };

  let cancel: CancelTimer = () => {};
  const next = () => {
    // Calls come at random, not by the beat.
    cancel = clock.setTimeout(
      () => {
        place();
        next();
      },
      (-Math.log(1 - random()) * 60_000) / callsPerMinute,
    );
  };
  next();
  return () => {
    cancel();
  };
};
