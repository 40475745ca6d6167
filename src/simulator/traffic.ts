import type { CancelTimer } from '../lib/clock.ts';
import type { Box } from './box.ts';
import { originate } from './originate.ts';

/** Places calls at random between the extensions and phones there are, at a given rate. Returns what stops it. */
export const startTraffic = (box: Box, callsPerMinute: number, random: () => number = Math.random): CancelTimer => {
  const places = Object.entries(box.scenario.contexts).flatMap(([context, extensions]) =>
    Object.keys(extensions)
      .filter((extension) => !extension.startsWith('_'))
      .map((extension) => ({ context, extension })),
  );
  const phones = Object.keys(box.scenario.endpoints).map((name) => `PJSIP/${name}`);
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];

  const place = () => {
    const from = pick(places);
    const to = pick(places);
    if (!from || !to) return;
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
    const newest = [...box.channels.values()].at(-1);
    if (newest) box.clock.setTimeout(() => { box.hangUp(newest, 16); }, 5_000 + random() * 60_000); // prettier-ignore
  };

  let cancel: CancelTimer = () => {};
  const next = () => {
    // Calls come at random, not by the beat.
    cancel = box.clock.setTimeout(
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
