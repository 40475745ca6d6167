import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { Principal } from '../auth/principal.ts';
import { GatewayError } from '../lib/errors.ts';

/** What the operator has set for click-to-dial. */
export interface ClickToDialSettings {
  /** Dial string of a user's extension: `PJSIP/{extension}`. */
  endpoint: string;
  /** Country whose numbers may be written without their country code, as ISO 3166 has it; null for none. */
  region: string | null;
  /** How this PBX dials: of `{e164}` (+31201234567), `{digits}` (31201234567), `{national}` (0201234567). */
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
/** Extensions and feature codes of the PBX itself. No country has numbers as short. */
const INTERNAL = /^[0-9*#]{1,6}$/;

const notANumber = (to: string, reason: string): GatewayError =>
  new GatewayError('not-a-number', `${JSON.stringify(to)} is no number to dial: ${reason}`);

/** A number as people write it, in the form this PBX dials. Throws `not-a-number`. */
export const dialForm = (to: string, { region, format }: Pick<ClickToDialSettings, 'region' | 'format'>): string => {
  const text = to.trim();
  if (INTERNAL.test(text)) return text;
  const country = region !== null && isSupportedCountry(region) ? region : undefined;
  const number = parsePhoneNumberFromString(text, {
    ...(country ? { defaultCountry: country satisfies CountryCode } : {}),
    extract: false,
  });
  if (!number) {
    const hint = country || text.startsWith('+') ? 'it cannot be read as one' : 'write it with + and the country code, or set DEFAULT_REGION'; // prettier-ignore
    throw notANumber(to, hint);
  }
  if (!number.isPossible()) throw notANumber(to, `${number.number} is too long or too short for its country`);
  const national = number.formatNational().replace(/\D/g, '');
  return format
    .replaceAll('{e164}', number.number)
    .replaceAll('{digits}', number.number.slice(1))
    .replaceAll('{national}', national);
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
    extension: dialForm(to, { ...settings, region: dial.region ?? settings.region }),
    callerId: dial.callerId ?? settings.callerId,
  };
};
