import { z } from 'zod';
import { declarations } from '../../ami/actions/registry.ts';

/** A route, and the AMI actions it sends. */
export interface Operation {
  /** Such as `calls.place`. */
  id: string;
  /** Such as `POST /calls`. */
  route: string;
  actions: readonly string[];
  /** It gives events. */
  events: boolean;
}

const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ operationId: z.string().default(''), description: z.string().default('') })),
  ),
});

/** What a route sends besides the actions its description begins with. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  'channels.redirect': ['ShowDialPlan'],
  'channels.blindTransfer': ['ShowDialPlan'],
  'channels.attendedTransfer': ['ShowDialPlan'],
  'messages.send': ['PJSIPShowEndpoint'],
  'recordings.start': ['Getvar', 'Setvar'],
  'recordings.list': ['Getvar'],
  'recordings.mute': ['Getvar', 'Setvar'],
  'recordings.stop': ['Getvar', 'Setvar', 'StopMixMonitor'],
};

const WITH_EVENTS = /^(?:events|webhooks)\.|^calls\.events$/;

/** Actions at the beginning of a description: `AMI CoreStatus, CoreSettings and ListCommands, and …`. */
const actionsIn = (description: string): string[] => {
  const [head = ''] = /^AMI [^.]*/.exec(description) ?? [];
  const words = new Set(head.split(/\W+/));
  return declarations.map(({ name }) => name).filter((name) => words.has(name));
};

/** Every route of an OpenAPI document of the gateway. */
export const operationsOf = (openapi: string): Operation[] =>
  Object.entries(documentSchema.parse(JSON.parse(openapi)).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId: id, description }]) => ({
      id,
      route: `${method.toUpperCase()} ${path}`,
      actions: [...actionsIn(description), ...(MORE[id] ?? [])],
      events: WITH_EVENTS.test(id),
    })),
  );
