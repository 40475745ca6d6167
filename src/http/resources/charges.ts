import { z } from 'zod';
import { by, type Resource, resource, text } from '../routes/resources.ts';

const count = z.int().min(0).max(2_147_483_647);
const currency = z.strictObject({
  name: text.max(10).optional(),
  amount: count,
  multiplier: z.enum(['OneThousandth', 'OneHundredth', 'OneTenth', 'One', 'Ten', 'Hundred', 'Thousand']),
});
const time = z.strictObject({
  amount: count,
  scale: z.enum(['OneHundredthSecond', 'OneTenthSecond', 'Second', 'TenSeconds', 'Minute', 'Hour', 'Day']),
});
const rate = z.strictObject({
  item: z.enum(['NA', 'SpecialArrangement', 'BasicCommunication', 'CallAttempt', 'CallSetup', 'UserUserInfo', 'SupplementaryService']), // prettier-ignore
  type: z.enum(['NA', 'Free', 'FreeFromBeginning', 'Duration', 'Flat', 'Volume', 'SpecialCode']).optional(),
  currency: currency.optional(),
  time: time.optional().describe('What one amount pays for; of Duration'),
  granularity: time.optional(),
  charging: z.enum(['ContinuousCharging', 'StepFunction']).optional().describe('Of Duration'),
  volumeUnit: z.enum(['Octet', 'Segment', 'Message']).optional().describe('Of Volume'),
  code: z.int().min(1).max(10).optional().describe('Of SpecialCode and SpecialArrangement'),
});

const currencyOf = (of: z.output<typeof currency> | undefined) => ({
  CurrencyName: of?.name,
  CurrencyAmount: of && String(of.amount),
  CurrencyMultiplier: of?.multiplier,
});

/** Advice of charge. */
export const chargeResources: readonly Resource[] = [
  resource({
    route: 'POST /channels/:id/aoc',
    id: 'channels.aoc',
    tag: 'Channels',
    summary: 'Tell a channel what its call costs',
    notes:
      'A Success says that the message was queued: whether the channel can carry it nobody tells. ' +
      '`S` takes `rates`, and Asterisk 16 does not have it; `D` and `E` take `charge` and what belongs to it.',
    action: 'AOCMessage',
    params: by.channel,
    body: {
      message: z.enum(['S', 'D', 'E']).describe('Prices at the beginning, charges so far, charges at the end'),
      charge: z.enum(['NA', 'FREE', 'Currency', 'Unit']).optional().describe('Needed by D and E'),
      units: z
        .strictObject({ amount: count.optional(), type: z.int().min(1).max(16).optional() })
        .array()
        .max(32)
        .optional()
        .describe('Of Unit; the first needs its amount'),
      currency: currency.optional().describe('Of Currency'),
      total: z.enum(['Total', 'SubTotal']).optional().describe('Of D'),
      billing: z
        .enum([
          'Normal',
          'ReverseCharge',
          'CreditCard',
          'CallFwdUnconditional',
          'CallFwdBusy',
          'CallFwdNoReply',
          'CallDeflection',
          'CallTransfer',
        ]) // prettier-ignore
        .optional()
        .describe('D takes the first three'),
      association: z
        .strictObject({
          id: z.int().min(-32_768).max(32_767).optional(),
          number: text.optional(),
          plan: count.optional(),
        })
        .optional()
        .describe('Of E'),
      rates: rate.array().max(10).optional().describe('Of S'),
    },
    example: { message: 'D', charge: 'Currency', currency: { name: 'EUR', amount: 25, multiplier: 'OneHundredth' } },
    fields: ({ params: { id }, body }) => ({
      Channel: id,
      MsgType: body.message,
      ChargeType: body.charge,
      Units: body.units?.map(({ amount, type }) => ({ UnitAmount: amount, UnitType: type })),
      ...currencyOf(body.currency),
      TotalType: body.total,
      AOCBillingId: body.billing,
      ChargingAssociationId: body.association?.id?.toString(),
      ChargingAssociationNumber: body.association?.number,
      ChargingAssociationPlan: body.association?.plan?.toString(),
      Rates: body.rates?.map((one) => ({
        ChargedItem: one.item,
        RateType: one.type,
        ...currencyOf(one.currency),
        Time: one.time && String(one.time.amount),
        TimeScale: one.time?.scale,
        Granularity: one.granularity && String(one.granularity.amount),
        GranularityTimeScale: one.granularity?.scale,
        ChargingType: one.charging,
        VolumeUnit: one.volumeUnit,
        Code: one.code?.toString(),
      })),
    }),
    gives: 'done',
  }),
];
