import type { Box } from './box.ts';
import type { Fields } from './wire.ts';
import { type Channel, snapshot, STATE } from './channel.ts';

export const PRESENTATION: Fields = [['CID-CallingPres', '0 (Presentation Allowed, Not Screened)']];

export interface Leg {
  channel: Channel;
  /** Lets the far side begin; it reports through `channel.onProgress`. */
  start: () => void;
}

export interface LegOptions {
  uniqueId?: string | undefined;
  /** Uniqueid of the far half of a Local channel. */
  otherId?: string | undefined;
  linkedId?: string | undefined;
  application: string;
  /** Of a Local pair both halves, the far one second: before the channel is told of as dialled, and after. */
  introduce?: (channel: Channel, far: boolean) => void;
  prepare?: (channel: Channel, far: boolean) => void;
}

/** A channel that was dialled runs no dialplan, and yet shows an application. */
export const tellDialled = (box: Box, channel: Channel, application: string): void => {
  Object.assign(channel, { application, data: '(Outgoing Line)' });
  const fields = [['Extension', channel.extension], ['Application', application], ['AppData', channel.data]] as const; // prettier-ignore
  box.onChannel(channel, 'Newexten', fields, 'dialplan');
};

const createLocal = (box: Box, resource: string, options: LegOptions): Leg | undefined => {
  // Options stand behind the first slash in 16, and behind the last in 22.
  const slash = box.release === 16 ? resource.indexOf('/') : resource.lastIndexOf('/');
  const place = slash < 0 ? resource : resource.slice(0, slash);
  const flags = slash < 0 ? '' : resource.slice(slash + 1);
  const [extension = 's', context = 'default'] = place.split('@').map((part) => part || undefined);
  const serial = box.serial('Local');
  const make = (half: ';1' | ';2', state: number, uniqueId: string | undefined, linkedId: string | undefined) =>
    box.addChannel({
      technology: 'Local',
      resource: place.includes('@') ? place : `${place}@${context}`,
      serial,
      suffix: half,
      state,
      uniqueId,
      linkedId,
      context,
      extension,
    });
  const one = make(';1', STATE.down, options.uniqueId, options.linkedId);
  const two = make(
    ';2',
    STATE.ring,
    options.otherId ?? (options.uniqueId === undefined ? undefined : `${options.uniqueId};2`),
    one.linkedId,
  );
  one.half = two;
  two.half = one;
  for (const channel of [one, two]) options.introduce?.(channel, channel === two);
  tellDialled(box, one, options.application);
  for (const channel of [one, two]) options.prepare?.(channel, channel === two);
  if (!box.dialplan.find(context, extension)) {
    one.half = null;
    two.half = null;
    box.hangUp(two, 0);
    box.hangUp(one, 0);
    return undefined;
  }
  box.event('call', 'LocalBridge', [
    ...snapshot(one, 'LocalOne'),
    ...snapshot(two, 'LocalTwo'),
    ['Context', context],
    ['Exten', extension],
    ['LocalOptimization', flags.includes('n') ? 'No' : 'Yes'],
  ]);
  return {
    channel: one,
    start: () => {
      box.dialplan.run(two, context, extension);
    },
  };
};

const REFUSALS = { busy: 17, reject: 21 } as const;

const createPhone = (box: Box, technology: string, resource: string, options: LegOptions): Leg | undefined => {
  const endpoint = box.scenario.endpoints[resource];
  if (!endpoint || endpoint.does === 'unregistered') return undefined;
  const channel = box.addChannel({
    technology,
    resource,
    state: STATE.down,
    uniqueId: options.uniqueId,
    linkedId: options.linkedId,
    context: 'from-internal',
    extension: '',
  });
  options.introduce?.(channel, false);
  tellDialled(box, channel, options.application);
  options.prepare?.(channel, false);
  const act = () => {
    if (channel.hungUp || endpoint.does === 'ring') return;
    if (endpoint.does === 'answer') {
      box.setState(channel, STATE.up);
      channel.onProgress?.('answered');
    } else {
      if (endpoint.does === 'busy') channel.onProgress?.('busy');
      box.hangUp(channel, REFUSALS[endpoint.does as keyof typeof REFUSALS]);
    }
  };
  return {
    channel,
    start: () => {
      box.setState(channel, STATE.ringing);
      channel.onProgress?.('ringing');
      channel.stop = box.clock.setTimeout(act, endpoint.after * 1_000);
    },
  };
};

/** A channel towards a dial string; undefined where nobody can be reached by it. */
export const createLeg = (box: Box, dialString: string, options: LegOptions): Leg | undefined => {
  const slash = dialString.indexOf('/');
  const technology = dialString.slice(0, slash);
  const resource = dialString.slice(slash + 1);
  if (technology.toLowerCase() === 'local') return createLocal(box, resource, options);
  return technology === 'PJSIP' ? createPhone(box, technology, resource, options) : undefined;
};

/** Dial events of a call from nobody (Originate) or from a channel (Dial). */
export const dialEvents = (box: Box, from: Channel | null, to: Channel, dialString: string) => {
  const who = () => [...(from ? snapshot(from) : []), ...snapshot(to, 'Dest')];
  return {
    begin: () => {
      box.event('call', 'DialBegin', [...who(), ['DialString', dialString]]);
    },
    state: (status: string) => {
      box.event('call', 'DialState', [...who(), ['DialStatus', status]]);
    },
    end: (status: string) => {
      box.event('call', 'DialEnd', [...who(), ['DialStatus', status]]);
    },
  };
};
