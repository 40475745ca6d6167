import { z } from 'zod';
import { defineAction, numbered, optionalText, text, wholeNumber } from './define.ts';
import { onChannel } from './touches.ts';

const rate = z.strictObject({
  ChargedItem: text,
  RateType: optionalText,
  CurrencyName: optionalText,
  CurrencyAmount: optionalText,
  CurrencyMultiplier: optionalText,
  Time: optionalText,
  TimeScale: optionalText,
  Granularity: optionalText,
  GranularityTimeScale: optionalText,
  ChargingType: optionalText,
  VolumeUnit: optionalText,
  Code: optionalText,
});

/**
 * Advice of charge. Units are for charges in units (D and E), Rates are the charged items of an S message.
 * ChannelPrefix is left out: it finds the first channel whose name begins so.
 */
export const AOCMessage = defineAction({
  name: 'AOCMessage',
  fields: {
    Channel: text,
    MsgType: z.enum(['D', 'E', 'S']),
    ChargeType: z.enum(['NA', 'FREE', 'Currency', 'Unit']).optional(),
    Units: z
      .array(z.strictObject({ UnitAmount: wholeNumber.optional(), UnitType: wholeNumber.optional() }))
      .max(32)
      .optional(),
    CurrencyName: optionalText,
    CurrencyAmount: optionalText,
    CurrencyMultiplier: optionalText,
    TotalType: z.enum(['Total', 'SubTotal']).optional(),
    AOCBillingId: optionalText,
    ChargingAssociationId: optionalText,
    ChargingAssociationNumber: optionalText,
    ChargingAssociationPlan: optionalText,
    Rates: z.array(rate).max(10).optional(),
  },
  encode: {
    Units: numbered((field, index) => `${field}(${index})`),
    Rates: numbered((field) => field),
  },
  classes: ['aoc'],
  changes: true,
  touches: onChannel,
});
