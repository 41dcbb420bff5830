/** The two lines that Twilio carries, and how each writes an address. */
import type { IdentityRef } from '../../../../contract/event.ts';
import { ParleyError } from '../../core/errors.ts';
import { textOf, type JsonObject } from '../kit/json.ts';
import { dialled, readNumber, type NumberSettings } from '../kit/phone-number.ts';
import { identitiesOf, phone } from '../protocols/whatsapp/identity.ts';

export { recipient as whatsappRecipient } from '../protocols/whatsapp/render.ts';

export type Line = 'sms' | 'whatsapp';

const PREFIX = 'whatsapp:';

/** The address without its channel. */
export function bare(address: unknown): string | undefined {
  return textOf(
    textOf(address)
      ?.replace(/^whatsapp:/, '')
      .trim(),
  );
}

export function isOnWhatsApp(address: unknown): boolean {
  return textOf(address)?.startsWith(PREFIX) ?? false;
}

/** Tells whether an address of this form is one of WhatsApp: some forms say so beside the address rather than before it. */
export function isByWhatsApp(address: unknown, form: JsonObject): boolean {
  const isSaidBeside = textOf(form.WaId) !== undefined || form.ChannelPrefix === 'whatsapp';
  return isOnWhatsApp(address) || (isSaidBeside && textOf(address) !== undefined && lineOf(address) === 'sms');
}

/** Which line an address is of; undefined: one that is not carried here, like RCS. */
export function lineOf(address: unknown): Line | undefined {
  const channel = /^([a-z]+):/.exec(textOf(address) ?? '')?.[1];
  if (channel === undefined) return 'sms';
  return channel === 'whatsapp' ? 'whatsapp' : undefined;
}

/** `To` or `From` of the sender. */
export function wireSender(line: Line, from: string): string {
  return line === 'whatsapp' ? `${PREFIX}${from}` : from;
}

/** `To` of a message. */
export function wireRecipient(line: Line, { kind, address }: IdentityRef): string {
  if (line === 'sms') return address;
  return kind === 'user_id' ? `${PREFIX}${address}` : `${PREFIX}+${address}`;
}

/** Whoever a webhook names, the lasting identity first. `userId`: WhatsApp's business-scoped user id. */
export function identities(address: unknown, form: JsonObject, userId?: unknown): IdentityRef[] {
  const own = bare(address);
  if (isByWhatsApp(address, form)) return identitiesOf(bare(userId), own);
  return own === undefined ? [] : [phone(own)];
}

/** A phone number in any common writing. Texts go to numbers only, and only as the plan of today has them. */
export function smsRecipient(to: string, { defaultCountry }: NumberSettings) {
  const read = readNumber(to, defaultCountry, (digits) => phone(`+${dialled(digits)}`));
  if (read !== undefined) return read;
  const expected = 'a phone number with country code like +15550001111';
  throw new ParleyError(400, 'invalid_recipient', `The recipient is not valid. Expected ${expected}.`);
}
