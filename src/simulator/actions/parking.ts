import { takeOut } from '../bridge.ts';
import { goOn } from '../dialplan.ts';
import { type Answer, type Call, error, type SimulatedAction, success } from './define.ts';

const park = ({ box, get }: Call): Answer => {
  if (get('Channel') === '') return error('Channel not specified');
  const timeout = get('Timeout');
  if (timeout !== '' && !/^\d+$/.test(timeout)) return error('Invalid Timeout value.');
  const channel = box.find(get('Channel'));
  if (!channel) return error(`Channel does not exist: ${get('Channel')}`);
  const lot = box.parking.lots.get(get('Parkinglot') || 'default');
  // Both texts end with a bare LF of their own.
  if (!lot || lot.calls.size > lot.to - lot.from) return error('Park action failed\n');
  takeOut(channel);
  const timedOut = () => {
    goOn(box, channel, 'parkedcallstimeout', 's', 1);
  };
  box.parking.park(lot.name, channel, timedOut, timeout === '' ? undefined : Math.ceil(Number(timeout) / 1_000));
  return success('Park successful\n');
};

const parkedCalls = ({ box, get }: Call): Answer => {
  const name = get('ParkingLot');
  const lots = [...box.parking.lots.values()].filter((lot) => name === '' || lot.name === name);
  if (lots.length === 0) return error('Requested parking lot could not be found.');
  const items = lots.flatMap((lot) => box.parking.items(lot));
  const more = [['Total', items.length]] as const;
  return { kind: 'list', message: 'Parked calls will follow', complete: 'ParkedCallsComplete', items, more };
};

const parkingLots = ({ box }: Call): Answer => ({
  kind: 'list',
  message: 'Parking lots will follow',
  complete: 'ParkinglotsComplete',
  items: [...box.parking.lots.values()].map(({ name, from, to, timeout }) => [
    ['Event', 'Parkinglot'],
    ['Name', name],
    ['StartSpace', from],
    ['StopSpace', to],
    ['Timeout', timeout],
  ]),
});

export const parkingActions: SimulatedAction[] = [
  { name: 'Park', classes: ['call'], synopsis: 'Park a channel.', run: park },
  { name: 'ParkedCalls', classes: ['call'], synopsis: 'List parked calls.', run: parkedCalls },
  { name: 'Parkinglots', classes: ['call'], synopsis: 'Get a list of parking lots', run: parkingLots },
];
