import type { Box } from './box.ts';
import type { Channel } from './channel.ts';
import { createLeg, dialEvents, PRESENTATION } from './dial.ts';
import type { Fields } from './wire.ts';

export interface Origination {
  actionId: string;
  dialString: string;
  application: string;
  data: string;
  context: string;
  extension: string;
  priority: number;
  timeoutMs: number;
  callerNumber: string;
  callerName: string;
  accountCode: string;
  channelId: string | undefined;
  /** Uniqueid of the far half of a Local channel. */
  otherId?: string | undefined;
  variables: readonly (readonly [string, string])[];
  /** Asynchronous ones tell their outcome by OriginateResponse, synchronous ones by their reply alone. */
  async: boolean;
}

const REASON = { answered: 4, busy: 5, congestion: 8, ringing: 3, failed: 0 } as const;

/** Control frames of the far end in the order they overrule each other; the last decides the reason. */
export const originate = (box: Box, wanted: Origination): Promise<boolean> =>
  new Promise((resolve) => {
    let done = false;
    const tell = (channel: Channel | undefined, success: boolean, reason: number) => {
      if (done) return;
      done = true;
      resolve(success);
      if (!wanted.async) return;
      const place: Fields = wanted.application
        ? [['Application', wanted.application], ['Data', wanted.data]]
        : [['Context', wanted.context], ['Exten', wanted.extension]]; // prettier-ignore
      box.event('call', 'OriginateResponse', [
        ...(wanted.actionId === '' ? [] : [['ActionID', wanted.actionId] as const]),
        ['Response', success ? 'Success' : 'Failure'],
        ['Channel', success && channel ? channel.name : wanted.dialString],
        ...place,
        ['Reason', reason],
        ['Uniqueid', channel?.uniqueId ?? wanted.channelId ?? '<unknown>'],
        ['CallerIDNum', wanted.callerNumber || '<unknown>'],
        ['CallerIDName', wanted.callerName || '<unknown>'],
      ]);
    };

    const showsCaller = wanted.callerNumber !== '' || wanted.callerName !== '';
    const connect = (channel: Channel) => {
      if (showsCaller)
        Object.assign(channel, { connectedNumber: wanted.callerNumber, connectedName: wanted.callerName });
    };
    const giveAccount = (channel: Channel) => {
      channel.accountCode = wanted.accountCode;
      if (wanted.accountCode !== '') box.onChannel(channel, 'NewAccountCode', [['OldAccountCode', '']]);
    };
    const prepare = (channel: Channel, far: boolean) => {
      // Set from the last to the first; the far half is given what came of it, the newest first.
      const set = new Map<string, string>();
      for (const [name, value] of wanted.variables.toReversed()) {
        set.delete(name);
        set.set(name, value);
      }
      for (const [name, value] of far ? [...set].reverse() : wanted.variables.toReversed())
        box.setVariable(channel, name, value);
      if (far) {
        // It takes all over at once, and tells it bit by bit.
        connect(channel);
        channel.accountCode = wanted.accountCode;
      } else giveAccount(channel);
      if (showsCaller) {
        Object.assign(channel, { callerNumber: wanted.callerNumber, callerName: wanted.callerName });
        box.onChannel(channel, 'NewCallerid', PRESENTATION);
      }
      if (far) giveAccount(channel);
      connect(channel);
      if (showsCaller) box.onChannel(channel, 'NewConnectedLine');
    };

    if (wanted.channelId !== undefined && box.channels.has(wanted.channelId)) {
      tell(undefined, false, REASON.failed);
      return;
    }
    const { channelId: uniqueId, otherId } = wanted;
    const leg = createLeg(box, wanted.dialString, { uniqueId, otherId, application: 'AppDial2', prepare });
    if (!leg) {
      tell(undefined, false, REASON.failed);
      return;
    }
    const { channel, start } = leg;
    const events = dialEvents(box, null, channel, wanted.dialString.slice(wanted.dialString.indexOf('/') + 1));
    let last: number = REASON.failed;

    const cancelTimeout = box.clock.setTimeout(() => {
      if (done) return;
      tell(channel, false, REASON.ringing);
      box.hangUp(channel, box.traits.ringTimeoutCause);
    }, wanted.timeoutMs);
    channel.onHangup.push(() => {
      cancelTimeout();
      if (!done && last === REASON.failed) events.end('NOANSWER');
      tell(channel, false, last);
    });
    channel.onProgress = (kind) => {
      if (done) return;
      if (kind === 'ringing') {
        events.state('RINGING');
        return;
      }
      cancelTimeout();
      last = REASON[kind];
      if (kind !== 'answered') {
        events.end(kind.toUpperCase());
        tell(channel, false, last);
        return;
      }
      events.end('ANSWER');
      tell(channel, true, last);
      channel.onProgress = null;
      if (wanted.application) box.dialplan.runApplication(channel, wanted.application, wanted.data);
      else if (!box.dialplan.run(channel, wanted.context, wanted.extension, wanted.priority)) box.hangUp(channel, 0);
    };
    events.begin();
    start();
  });
