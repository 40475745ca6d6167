import type { Application, Box } from './box.ts';
import { type Channel, type Progress, STATE } from './channel.ts';
import { dial } from './dial-application.ts';
import { goOn } from './dialplan.ts';
import { queue } from './queue-ring.ts';

/** Tells the one who dialled this Local channel's other half. */
const progress = (box: Box, channel: Channel, kind: Progress): void => {
  const { half } = channel;
  if (!half || half.hungUp) return;
  if (kind === 'answered') box.setState(half, STATE.up);
  if (kind === 'ringing' && half.state === STATE.down) box.setState(half, STATE.ringing);
  half.onProgress?.(kind);
};

const answer = (box: Box, channel: Channel): void => {
  if (channel.state === STATE.up) return;
  box.setState(channel, STATE.up);
  progress(box, channel, 'answered');
};

const later = (box: Box, channel: Channel, seconds: number, then: () => void): void => {
  channel.stop = box.clock.setTimeout(then, seconds * 1_000);
};

const lasting: Application = (box, channel) => {
  answer(box, channel);
};

const refuse =
  (kind: 'busy' | 'congestion', cause: number): Application =>
  (box, channel, data) => {
    // Who is already talking only hears it.
    if (channel.state === STATE.up) {
      if (Number(data) > 0) later(box, channel, Number(data), () => { box.hangUp(channel, 0); }); // prettier-ignore
      return;
    }
    box.setState(channel, STATE.busy);
    progress(box, channel, kind);
    // The half that is called knows why, the other does not.
    box.hangUp(channel, cause, 0);
  };

const conference: Application = (box, channel, data, next) => {
  answer(box, channel);
  if (box.conferences.join(data.split(',')[0] ?? '', channel, next)) return;
  box.setVariable(channel, 'CONFBRIDGE_RESULT', 'FAILED');
  box.hangUp(channel, 0);
};

const park: Application = (box, channel, data) => {
  answer(box, channel);
  const timedOut = () => {
    goOn(box, channel, 'parkedcallstimeout', 's', 1);
  };
  if (!box.parking.park(data.split(',')[0] || 'default', channel, timedOut)) box.hangUp(channel, 0);
};

const parkedCall: Application = (box, channel, data, next) => {
  const [lot = '', space = ''] = data.split(',');
  answer(box, channel);
  const over = (one: Channel) => {
    box.hangUp(one, 16);
  };
  if (!box.parking.retrieve(lot || 'default', Number(space), channel, over)) next();
};

const read: Application = (box, channel, data, next) => {
  const [name = '', , digits = '', , , seconds = '10'] = data.split(',');
  answer(box, channel);
  const done = () => {
    channel.onKey = null;
    channel.stop();
    box.setVariable(channel, name, channel.keys.replace(/#.*$/s, ''));
    next();
  };
  later(box, channel, Number(seconds) || 10, done);
  channel.onKey = () => {
    if (channel.keys.includes('#') || (digits !== '' && channel.keys.length >= Number(digits))) done();
  };
};

/** Applications of the simulated dialplan, by lower-case name. */
export const APPLICATIONS: Readonly<Record<string, Application>> = {
  answer: (box, channel, _data, next) => {
    answer(box, channel);
    next();
  },
  ringing: (box, channel, _data, next) => {
    progress(box, channel, 'ringing');
    next();
  },
  wait: (box, channel, data, next) => {
    later(box, channel, Number(data) || 0, next);
  },
  noop: (_world, _channel, _data, next) => {
    next();
  },
  set: (box, channel, data, next) => {
    const [, global, name = '', value = ''] = /^(GLOBAL\()?(\w+)\)?=(.*)$/s.exec(data) ?? [];
    box.setVariable(global === undefined ? channel : null, name, value);
    next();
  },
  hangup: (box, channel, data) => {
    const cause = Number(data) || 16;
    box.hangUp(channel, cause);
  },
  busy: refuse('busy', 17),
  congestion: refuse('congestion', 34),
  echo: lasting,
  milliwatt: lasting,
  musiconhold: lasting,
  confbridge: conference,
  park,
  parkedcall: parkedCall,
  playback: (box, channel, _data, next) => {
    answer(box, channel);
    later(box, channel, 2, next);
  },
  queue,
  read,
  dial,
};
