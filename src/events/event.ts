export type FieldValue = string | number | boolean | null | readonly FieldValue[] | { readonly [name: string]: FieldValue }; // prettier-ignore

export interface ChannelReference {
  id: string;
  name: string | null;
}

/** Everything an event reaches, for judging who may see it; never shown. */
export interface EventReferences {
  channels: readonly ChannelReference[];
  contexts: readonly string[];
  queues: readonly string[];
  /** Variable or function name, for VarSet. */
  variable: string | null;
  /** Subject that placed the call it belongs to. */
  owner: string | null;
  /** Headers as Asterisk sent them, but for that of the name; only where somebody's event filters ask for them. */
  headers?: readonly (readonly [name: string, value: string])[] | undefined;
}

/** An event in its public form, but for `at`, which is in milliseconds since the epoch here. */
export interface GatewayEvent {
  /** `epoch-sequence`. Empty until the log has taken it in. */
  id: string;
  pbx: string;
  at: number;
  /** AMI class that a token needs as `read:<class>`; of each where there are several. */
  class: readonly string[];
  /** Public name: `channel.created`, `call.ended`, `queue.caller-joined`. */
  name: string;
  /** Asterisk's name of it; null for events the gateway derives. */
  ami: string | null;
  channel: ChannelReference | null;
  /** Id of the call under /calls. */
  call: string | null;
  queue: string | null;
  fields: Readonly<Record<string, FieldValue>>;
  refs: EventReferences;
}

/** What a reader is told in place of events that it cannot be given. */
export interface EventGap {
  pbx: string;
  /** Why: `expired`, `too-slow`, `restart`, `unknown-id`. */
  reason: 'expired' | 'too-slow' | 'restart' | 'unknown-id';
  /** Id of the last event before the gap; null where that is not known. */
  after: string | null;
  /** Id of the first event behind it; null where none has come yet. */
  before: string | null;
  /** How many are missing; null where that is not known. */
  missed: number | null;
}

/** As clients get it, by SSE, WebSocket, webhook and history alike. */
export const publicForm = (event: GatewayEvent) => ({
  id: event.id,
  pbx: event.pbx,
  at: new Date(event.at).toISOString(),
  class: event.class,
  name: event.name,
  ami: event.ami,
  channel: event.channel,
  call: event.call,
  queue: event.queue,
  fields: event.fields,
});

/** As the store keeps it: what is shown, and what rules who may see it. */
export const encodeStored = ({ refs }: GatewayEvent, json: string): string =>
  `{"refs":${JSON.stringify(refs)},"event":${json}}`;

export const decodeStored = (body: string): { event: GatewayEvent; json: string } => {
  const { refs, event } = JSON.parse(body) as { refs: EventReferences; event: ReturnType<typeof publicForm> };
  return { event: { ...event, at: Date.parse(event.at), refs }, json: JSON.stringify(event) };
};
