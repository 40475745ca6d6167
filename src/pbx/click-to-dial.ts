// The small metadata knows how long numbers are. The large one knows which are assigned, too, and grows stale by it:
// a number of a new range is to be dialled, and the network says whether it exists.
import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type PhoneNumber,
} from 'libphonenumber-js/min';
import type { Principal } from '../auth/principal.ts';
import { GatewayError } from '../lib/errors.ts';

/** What the operator has set for click-to-dial. */
export interface ClickToDialSettings {
  /** Dial string of a user's extension: `PJSIP/{extension}`. */
  endpoint: string;
  /** Country whose numbers may be written without their country code, as ISO 3166 has it; null for none. */
  region: string | null;
  /**
   * How this PBX dials: of `{e164}` (+31201234567), `{digits}` (31201234567), `{national}` (0201234567, and numbers of
   * other countries as one dials them from `region`: 004930901820).
   */
  format: string;
  context: string | null;
  callerId: string | null;
}

export interface ClickToDial {
  from: string;
  to: string;
}

export interface Dialled {
  channel: string;
  context: string;
  extension: string;
  callerId: string | null;
}

const EXTENSION = /^[A-Za-z0-9_.*#-]{1,40}$/;
/** Extensions and feature codes of the PBX itself: 101, *97, *21*0201234567#. */
const INTERNAL = /^(?:[0-9*#]{1,6}|[*#][0-9*#]{1,39})$/;

/** What comes along with a number copied from a link or an address book: `tel:`, and marks of the writing direction. */
const WRAPPING = /^tel:|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gi;

const notANumber = (to: string, reason: string): GatewayError =>
  new GatewayError('not-a-number', `${JSON.stringify(to)} is no number to dial: ${reason}`);

const countryOf = (region: string | null): CountryCode | undefined =>
  region !== null && isSupportedCountry(region) ? region : undefined;

/** The digits one dials within a country. A number of another country needs its prefix, or it rings a stranger here. */
const nationalForm = (number: PhoneNumber, home: CountryCode | undefined): string | undefined => {
  const domestic = home !== undefined && number.countryCallingCode === getCountryCallingCode(home);
  const text = domestic
    ? number.format('NATIONAL', { formatExtension: (formatted) => formatted })
    : number.format('IDD', { fromCountry: home, formatExtension: (formatted) => formatted });
  return (text as string | undefined)?.replace(/\D/g, '');
};

/**
 * A number as people write it, in the form this PBX dials. `region` is where the writer is, by default where the PBX
 * is. An extension behind the number (`ext. 12`) is left out: it can be dialled only once someone answered.
 * Throws `not-a-number`.
 */
export const dialForm = (
  to: string,
  { region: home, format }: Pick<ClickToDialSettings, 'region' | 'format'>,
  region = home,
): string => {
  const text = to.replaceAll(WRAPPING, '').trim();
  if (INTERNAL.test(text)) return text;
  const country = countryOf(region);
  const number = parsePhoneNumberFromString(text, {
    ...(country ? { defaultCountry: country } : {}),
    extract: false,
  });
  if (!number) {
    const readable = country !== undefined || text.startsWith('+');
    throw notANumber(
      to,
      readable ? 'it cannot be read as one' : 'write it with + and the country code, or set DEFAULT_REGION',
    );
  }
  if (!number.isPossible()) throw notANumber(to, `${number.number} is too long or too short for its country`);
  if (!format.includes('{national}')) {
    return format.replaceAll('{e164}', number.number).replaceAll('{digits}', number.number.slice(1));
  }
  const national = nationalForm(number, countryOf(home));
  if (national === undefined) {
    throw notANumber(to, 'it is of another country, which DIAL_FORMAT {national} does not reach from DEFAULT_REGION');
  }
  return format.replaceAll('{national}', national);
};

/** The agent's phone, and where it is connected to when it answers. Token before operator; both before a guess. */
export const resolveClickToDial = (
  settings: ClickToDialSettings,
  { dial = {} }: Pick<Principal, 'dial'>,
  { from, to }: ClickToDial,
): Dialled => {
  if (!from.includes('/') && !EXTENSION.test(from)) {
    throw new GatewayError('invalid-request', `from is neither an endpoint (PJSIP/agent001) nor an extension (101)`);
  }
  const context = dial.context ?? settings.context;
  if (context === null) {
    throw new GatewayError('invalid-request', 'Set CLICK_TO_DIAL_CONTEXT, or give the token a context to dial from');
  }
  return {
    channel: from.includes('/') ? from : settings.endpoint.replaceAll('{extension}', from),
    context,
    extension: dialForm(to, settings, dial.region),
    callerId: dial.callerId ?? settings.callerId,
  };
};
