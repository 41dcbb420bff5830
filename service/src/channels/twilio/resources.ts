/** Finds what has a webhook URL at Twilio: numbers, short codes and WhatsApp senders. */
import type { ConnectorIo } from '../../connectors/connector.ts';
import { objectOf, objectsOf, textOf, type JsonObject } from '../kit/json.ts';
import { wireSender } from './addresses.ts';
import { accountPath, twilio, type TwilioCall } from './call.ts';
import type { TwilioSettings } from './settings.ts';

/** A resource of Twilio's, and where it is changed. */
export interface Found {
  path: string;
  resource: JsonObject;
}

/** Twilio's shared number for trying WhatsApp; what people write there goes where the Console says. */
export const SANDBOX_SENDER = '+14155238886';
export const SENDERS = '/v2/Channels/Senders';
const MAX_PAGES = 10;

const isShort = (from: string) => /^\d+$/.test(from);

/** A sender that is a name cannot be written to. */
export const isName = (from: string): boolean => !isShort(from) && !from.startsWith('+');

export const servicePath = (service: string): string => `/v1/Services/${service}`;

/** The number or short code among those of the account. Throws `SendError`. */
export async function findNumber(from: string, settings: TwilioSettings, io: ConnectorIo): Promise<Found | undefined> {
  const kind = isShort(from) ? '/SMS/ShortCodes' : '/IncomingPhoneNumbers';
  const query = isShort(from) ? { ShortCode: from } : { PhoneNumber: from };
  const member = isShort(from) ? 'short_code' : 'phone_number';
  const answer = await twilio({ method: 'GET', path: accountPath(settings, `${kind}.json`), query }, settings, io);
  const numbers = objectsOf(answer.incoming_phone_numbers ?? answer.short_codes);
  // The filter also finds longer numbers with these digits in them, which are not ours to change.
  const resource = numbers.find((number) => number[member] === from);
  const sid = textOf(resource?.sid);
  if (resource === undefined || sid === undefined) return undefined;
  return { path: accountPath(settings, `${kind}/${sid}.json`), resource };
}

/** The WhatsApp sender in Twilio's list, which has no filter by address. Throws `SendError`. */
export async function findSender(from: string, settings: TwilioSettings, io: ConnectorIo): Promise<Found | undefined> {
  const id = wireSender('whatsapp', from);
  let query: TwilioCall['query'] = { Channel: 'whatsapp', PageSize: 100 };
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await twilio({ host: 'messaging', method: 'GET', path: SENDERS, query }, settings, io);
    const resource = objectsOf(answer.senders).find((sender) => sender.sender_id === id);
    const sid = textOf(resource?.sid);
    if (resource !== undefined && sid !== undefined) return { path: `${SENDERS}/${sid}`, resource };
    const next = textOf(objectOf(answer.meta).next_page_url);
    if (next === undefined || !URL.canParse(next)) return undefined;
    query = Object.fromEntries(new URL(next).searchParams);
  }
  return undefined;
}
