import type { Application, Box } from './box.ts';
import { type Channel, type Progress, STATE } from './channel.ts';
import { createLeg, dialEvents, type LegOptions, PRESENTATION, tellDialled } from './dial.ts';

const NO_ROUTE = 3;

/** What a called channel shows: the extension that was dialled, and who calls. */
const calledBy = (box: Box, from: Channel, resource: string): Pick<LegOptions, 'introduce' | 'prepare'> => {
  const caller = { callerNumber: from.callerNumber, callerName: from.callerName };
  const dialled = { callerNumber: from.extension, callerName: from.callerName };
  const isKnown = from.callerNumber !== '' || from.callerName !== '';
  const meets = (channel: Channel, own: typeof caller, other: typeof caller) => {
    Object.assign(channel, own, { connectedNumber: other.callerNumber, connectedName: other.callerName });
  };
  return {
    introduce(channel, far) {
      box.setVariable(channel, 'DIALEDPEERNUMBER', resource);
      if (far) return;
      meets(channel, dialled, caller);
      Object.assign(channel, { context: from.context, extension: from.extension });
    },
    prepare(channel, far) {
      if (far) meets(channel, caller, dialled);
      if (!far || isKnown) box.onChannel(channel, 'NewCallerid', PRESENTATION);
      if (far || isKnown) box.onChannel(channel, 'NewConnectedLine');
    },
  };
};

/** The application Dial: rings one leg, for so many seconds, and joins it to the channel until either ends. */
export const dial: Application = (box, channel, data, next) => {
  const [dialString = '', seconds = ''] = data.split(',');
  const resource = dialString.slice(dialString.indexOf('/') + 1);
  const over = (status: string) => {
    box.setVariable(channel, 'DIALSTATUS', status);
    next();
  };
  const leg = createLeg(box, dialString, {
    linkedId: channel.linkedId,
    application: 'AppDial',
    ...calledBy(box, channel, resource),
  });
  if (!leg) {
    channel.cause = /^PJSIP\//.test(dialString) ? NO_ROUTE : 0;
    over('CHANUNAVAIL');
    return;
  }
  const { channel: far, start } = leg;
  const events = dialEvents(box, channel, far, resource);
  let refusal: string | undefined;
  let rang = false;
  const stopRinging =
    Number(seconds) > 0
      ? box.clock.setTimeout(
          () => {
            events.end('NOANSWER');
            refusal = 'NOANSWER';
            box.hangUp(far, 0);
          },
          Number(seconds) * 1_000,
        )
      : () => {};
  const leave = () => {
    stopRinging();
    if (far.moving) return;
    if (!far.hungUp) events.end('CANCEL');
    refusal = 'CANCEL';
    box.hangUp(far, 0);
  };
  channel.onHangup.push(leave);
  const farGone = () => {
    stopRinging();
    channel.onHangup = channel.onHangup.filter((other) => other !== leave);
    if (channel.moving || channel.hungUp) return;
    if (refusal === undefined) events.end('NOANSWER');
    channel.cause = far.cause;
    over(refusal ?? (rang ? 'NOANSWER' : 'CHANUNAVAIL'));
  };
  far.onHangup.push(farGone);
  const answered = () => {
    stopRinging();
    box.setVariable(channel, 'DIALSTATUS', 'ANSWER');
    box.setVariable(channel, 'DIALEDPEERNAME', far.name);
    box.setVariable(channel, 'DIALEDPEERNUMBER', resource);
    // What it was called by is over.
    far.extension = '';
    tellDialled(box, far, 'AppDial');
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
        if (one === channel) box.setVariable(channel, 'DIALSTATUS', 'ANSWER');
        box.hangUp(one, 16);
      });
    }
  };
  far.onProgress = (kind: Progress) => {
    if (kind === 'answered') answered();
    else if (kind === 'ringing') {
      rang = true;
      events.state('RINGING');
      channel.half?.onProgress?.('ringing');
    } else {
      refusal = kind.toUpperCase();
      events.end(refusal);
    }
  };
  events.begin();
  start();
};
