import type { CancelTimer, Clock } from '../lib/clock.ts';
import type { Bridge, Bridges } from './bridge.ts';
import { type Channel, snapshot } from './channel.ts';
import type { Scenario } from './scenario.ts';
import type { Fields } from './wire.ts';

interface ParkedCall {
  channel: Channel;
  space: number;
  since: number;
  seconds: number;
  forget: () => void;
}

export interface ParkingLot {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly timeout: number;
  /** Comes with the first call. */
  bridge: Bridge | null;
  readonly calls: Map<number, ParkedCall>;
}

interface World {
  clock: Clock;
  bridges: Bridges;
  event: (eventClass: string, name: string, fields: Fields) => void;
}

/** Who parked: the channel's name without its serial number. */
const parker = ({ name }: Channel) => name.replace(/-[0-9a-f]+(;[12])?$/, '');

/** Parking lots. A call is in one until its time is over, somebody fetches it, or it hangs up. */
export const createParking = ({ parking }: Scenario, { clock, bridges, event }: World) => {
  const lots = new Map<string, ParkingLot>(
    Object.entries(parking).map(([name, lot]) => [name, { name, ...lot, bridge: null, calls: new Map() }]),
  );

  const place = (lot: ParkingLot, { channel, space, since, seconds }: ParkedCall): Fields => {
    const duration = Math.round((clock.now() - since) / 1_000);
    return [
      ['ParkerDialString', parker(channel)],
      ['Parkinglot', lot.name],
      ['ParkingSpace', space],
      ['ParkingTimeout', seconds - duration],
      ['ParkingDuration', duration],
    ];
  };
  const tell = (name: string, lot: ParkingLot, call: ParkedCall, retriever: Fields = []) => {
    event('call', name, [...snapshot(call.channel, 'Parkee'), ...retriever, ...place(lot, call)]);
  };
  const music = (channel: Channel, name: string, more: Fields = []) => {
    event('call', name, [...snapshot(channel), ...more]);
  };

  const freeSpace = ({ from, to, calls }: ParkingLot): number | undefined => {
    for (let space = from; space <= to; space += 1) if (!calls.has(space)) return space;
    return undefined;
  };

  return {
    lots,
    /** False where there is no such lot, or no room in it. */
    park(lotName: string, channel: Channel, timedOut: () => void, seconds?: number): boolean {
      const lot = lots.get(lotName);
      const space = lot && freeSpace(lot);
      if (!lot || space === undefined) return false;
      const time = seconds ?? lot.timeout;
      let cancelTimeout: CancelTimer = () => {};
      const gaveUp = () => {
        call.forget();
        tell('ParkedCallGiveUp', lot, call);
      };
      const call: ParkedCall = {
        channel,
        space,
        since: clock.now(),
        seconds: time,
        forget: () => {
          cancelTimeout();
          lot.calls.delete(space);
          channel.onHangup = channel.onHangup.filter((hook) => hook !== gaveUp);
          music(channel, 'MusicOnHoldStop');
        },
      };
      lot.calls.set(space, call);
      const options = { type: 'parking', technology: 'holding_bridge', creator: 'Parking', name: lot.name };
      const bridge = (lot.bridge ??= bridges.create({ ...options, dissolves: false }));
      tell('ParkedCall', lot, call);
      bridges.join(bridge, channel, () => {
        call.forget();
      });
      channel.onHangup.push(gaveUp);
      music(channel, 'MusicOnHoldStart', [['Class', 'default']]);
      cancelTimeout = clock.setTimeout(() => {
        tell('ParkedCallTimeOut', lot, call);
        bridges.kick(bridge, channel);
        timedOut();
      }, time * 1_000);
      return true;
    },
    /** Joins a parked call to the one who fetches it. */
    retrieve(lotName: string, space: number, retriever: Channel, over: (channel: Channel) => void): boolean {
      const lot = lots.get(lotName);
      const call = lot?.calls.get(space || Math.min(...lot.calls.keys()));
      if (!lot?.bridge || !call) return false;
      bridges.kick(lot.bridge, call.channel);
      const bridge = bridges.create();
      for (const channel of [call.channel, retriever]) {
        if (channel === retriever) tell('UnParkedCall', lot, call, snapshot(retriever, 'Retriever'));
        bridges.join(bridge, channel, () => {
          over(channel);
        });
      }
      return true;
    },
    items: (lot: ParkingLot): Fields[] =>
      [...lot.calls.values()].map((call) => [
        ['Event', 'ParkedCall'],
        ...snapshot(call.channel, 'Parkee'),
        ...place(lot, call),
      ]),
  };
};
