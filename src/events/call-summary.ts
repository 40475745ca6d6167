import { matchesAnyGlob } from '../lib/glob.ts';
import type { Call } from './call.ts';
import type { EventReferences, FieldValue } from './event.ts';
import type { Leg } from './leg.ts';

export const CALL_DIRECTIONS = ['inbound', 'outbound', 'internal'] as const;
export type CallDirection = (typeof CALL_DIRECTIONS)[number];

/** One side of a call, as far as it is known. */
export type CallParty = {
  number: string | null;
  name: string | null;
  /** The channel's name without its serial number: `PJSIP/agent001`. */
  endpoint: string | null;
};

const time = (milliseconds: number | null): string | null =>
  milliseconds === null ? null : new Date(milliseconds).toISOString();

/** `PJSIP/agent001-00000007` is a channel of the endpoint `PJSIP/agent001`. */
export const endpointOf = (channel: string): string => channel.replace(/-[0-9a-f]{8}(;[12])?$/, '');

const isNumber = (extension: string | null): extension is string => extension !== null && /\d/.test(extension);

const from = ({ request, legs: [first] }: Call): CallParty => ({
  number: request ? null : (first?.caller.number ?? null),
  name: request ? null : (first?.caller.name ?? null),
  endpoint: first ? endpointOf(first.channel) : (request?.channel ?? null),
});

const to = ({ request, legs: [first, ...others] }: Call): CallParty => {
  const reached = others.findLast(({ answeredAt }) => answeredAt !== null) ?? others.at(-1);
  const dialled = request ? request.extension : (first?.extension ?? null);
  return {
    number: isNumber(dialled) ? dialled : (reached?.caller.number ?? null),
    name: reached?.caller.name ?? null,
    endpoint: reached ? endpointOf(reached.channel) : null,
  };
};

/** By the trunks the operator named; null where none was. */
export const directionOf = ({ legs, request }: Call, trunks: readonly string[]): CallDirection | null => {
  if (trunks.length === 0) return null;
  const isTrunk = ({ channel }: Leg) => matchesAnyGlob(channel, trunks);
  const [first, ...others] = legs;
  if (first && isTrunk(first) && !request) return 'inbound';
  return (request ? legs : others).some(isTrunk) ? 'outbound' : 'internal';
};

/** A call as events tell it and as the API shows it. */
export const summaryOf = (call: Call, trunks: readonly string[]) => ({
  linkedId: call.linkedId,
  direction: directionOf(call, trunks),
  from: from(call),
  to: to(call),
  status: call.status,
  disposition: call.disposition,
  channelId: call.channelId,
  channelName: call.channelName,
  queue: call.queue,
  agent: call.agent,
  held: call.legs.some(({ held }) => held),
  transferredFrom: call.transferredFrom,
  hangup: call.hangup && { ...call.hangup },
  reason: call.reason,
  createdAt: new Date(call.createdAt).toISOString(),
  answeredAt: time(call.answeredAt),
  bridgedAt: time(call.bridgedAt),
  endedAt: time(call.endedAt),
}) satisfies Record<string, FieldValue>; // prettier-ignore

export const legViews = ({ legs }: Call) =>
  legs.map((leg) => ({
    channelId: leg.channelId,
    channel: leg.channel,
    caller: leg.caller,
    connectedLine: leg.connectedLine,
    context: leg.context,
    extension: leg.extension,
    bridgeId: leg.bridgeId,
    talkingTo: [...(leg.talkingTo ?? [])],
    held: leg.held,
    startedAt: new Date(leg.startedAt).toISOString(),
    answeredAt: time(leg.answeredAt),
    endedAt: time(leg.endedAt),
    hangup: leg.hangup,
  }));

export const recordingViews = ({ recordings }: Call) =>
  recordings.map(({ channel, startedAt, endedAt }) => ({
    channel,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: time(endedAt),
  }));

/** Digits of every number that belongs to the call, to search by. */
export const numbersOf = (call: Call): string[] => {
  const parties = call.legs.flatMap(({ caller, connectedLine, extension }) => [caller.number, connectedLine.number, extension]); // prettier-ignore
  const digits = [...parties, call.request?.extension, call.request?.callerId].map((number) => number?.replace(/\D/g, '') ?? ''); // prettier-ignore
  return [...new Set(digits.filter((number) => number.length >= 2))];
};

export const referencesOfCall = (call: Call): EventReferences => ({
  channels: call.legs.map(({ channelId, channel }) => ({ id: channelId, name: channel })),
  contexts: [...new Set(call.legs.flatMap(({ context }) => (context === null ? [] : [context])))],
  queues: call.queue === null ? [] : [call.queue],
  variable: null,
  owner: call.owner,
});
