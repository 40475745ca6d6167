import type { Box } from './box.ts';
import { type Channel, type Progress, snapshot, STATE } from './channel.ts';

export interface Leg {
  channel: Channel;
  /** Lets the far side begin; it reports through `channel.onProgress`. */
  start: () => void;
}

export interface LegOptions {
  uniqueId?: string | undefined;
  linkedId?: string | undefined;
  application: string;
  /** Of a Local pair both halves, the far one second. */
  prepare?: (channel: Channel, far: boolean) => void;
}

const createLocal = (box: Box, resource: string, options: LegOptions): Leg | undefined => {
  // Options stand behind the first slash in 16, and behind the last in 22.
  const slash = box.release === 16 ? resource.indexOf('/') : resource.lastIndexOf('/');
  const place = slash < 0 ? resource : resource.slice(0, slash);
  const flags = slash < 0 ? '' : resource.slice(slash + 1);
  const [extension = '', context = 'default'] = place.split('@');
  const serial = box.serial('Local');
  const make = (half: ';1' | ';2', state: number, uniqueId: string | undefined, linkedId: string | undefined) =>
    box.addChannel({
      technology: 'Local',
      resource: place,
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
    options.uniqueId === undefined ? undefined : `${options.uniqueId};2`,
    one.linkedId,
  );
  one.half = two;
  two.half = one;
  box.onChannel(one, 'Newexten', [['Extension', extension], ['Application', options.application], ['AppData', '(Outgoing Line)']], 'dialplan'); // prettier-ignore
  if (!box.dialplan.find(context, extension)) {
    one.half = null;
    two.half = null;
    box.hangUp(two, 0);
    box.hangUp(one, 0);
    return undefined;
  }
  options.prepare?.(one, false);
  options.prepare?.(two, true);
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

/** The application Dial: rings a leg and joins it to the channel until either ends. */
export const dial = (box: Box, channel: Channel, dialString: string, next: () => void): void => {
  const leg = createLeg(box, dialString, { linkedId: channel.linkedId, application: 'AppDial' });
  if (!leg) {
    next();
    return;
  }
  const { channel: far, start } = leg;
  const events = dialEvents(box, channel, far, dialString);
  const leave = () => {
    if (!far.moving) box.hangUp(far, 16);
  };
  channel.onHangup.push(leave);
  const farGone = () => {
    channel.onHangup = channel.onHangup.filter((other) => other !== leave);
    if (!channel.moving && !channel.hungUp) next();
  };
  far.onHangup.push(farGone);
  far.onProgress = (kind: Progress) => {
    if (kind === 'ringing') {
      events.state('RINGING');
      if (channel.half) channel.half.onProgress?.('ringing');
    } else if (kind === 'answered') {
      events.end('ANSWER');
      channel.onHangup = channel.onHangup.filter((other) => other !== leave);
      far.onHangup = far.onHangup.filter((other) => other !== farGone);
      box.setState(channel, STATE.up);
      if (channel.half) {
        box.setState(channel.half, STATE.up);
        channel.half.onProgress?.('answered');
      }
      const bridge = box.bridges.create();
      for (const one of [far, channel]) {
        box.bridges.join(bridge, one, () => {
          box.hangUp(one, 16);
        });
      }
    } else {
      events.end(kind === 'busy' ? 'BUSY' : 'CONGESTION');
    }
  };
  events.begin();
  start();
};
