import type { Channel } from './channel.ts';
import type { World } from './world.ts';

export interface Dialplan {
  /** Steps of an extension: the exact one first, then the first pattern that fits. */
  find(context: string, extension: string): readonly string[] | undefined;
  /** Runs a channel from a place on. False where there is no such place. */
  run(channel: Channel, context: string, extension: string, priority?: number): boolean;
  /** Starts one application, as Originate with Application does; the channel ends with it. */
  runApplication(channel: Channel, name: string, data: string): void;
}

/** The whole simulated server: its world and what moves in it. */
export interface Box extends World {
  readonly dialplan: Dialplan;
}

/** Runs one application; calls `next` when it is done, or never where it lasts. */
export type Application = (box: Box, channel: Channel, data: string, next: () => void) => void;
