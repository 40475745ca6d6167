import { defineAction, list, optionalText } from './define.ts';
import { referenceTo, shared } from './touches.ts';

export const ParkedCalls = defineAction({
  name: 'ParkedCalls',
  fields: { ParkingLot: optionalText },
  reply: list('ParkedCallsComplete'),
  classes: ['call'],
  observes: true,
  itemReference: referenceTo('Parkee'),
});

export const Parkinglots = defineAction({
  name: 'Parkinglots',
  reply: list('ParkinglotsComplete'),
  classes: ['call'],
  observes: true,
  touches: shared('the list of parking lots'),
});
