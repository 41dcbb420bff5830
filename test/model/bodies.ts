/** Webhooks as Meta posts them. */
import { encodeAsMeta } from '../sandbox/kit/meta/hub-webhooks.ts';
import type { Taken } from './fakes.ts';
import { ACCOUNT } from './life.ts';

function envelope(value: object): Buffer {
  const metadata = { display_phone_number: '15550783881', phone_number_id: ACCOUNT.externalId };
  const change = { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } };
  return encodeAsMeta({ object: 'whatsapp_business_account', entry: [{ id: '102290129340398', changes: [change] }] });
}

const seconds = (at: number) => String(Math.floor(at / 1000));

export function messagesBody(person: string, ids: readonly string[], at: number): Buffer {
  const messages = ids.map((id) => ({ from: person, id, timestamp: seconds(at), type: 'text', text: { body: id } }));
  return envelope({ contacts: [{ wa_id: person, profile: { name: person } }], messages });
}

export function statusBody(taken: Taken, status: string, at: number, errorCode?: number): Buffer {
  const errors = errorCode === undefined ? {} : { errors: [{ code: errorCode, title: 'Refused' }] };
  const one = {
    id: taken.providerId,
    status,
    timestamp: seconds(at),
    recipient_id: taken.person,
    biz_opaque_callback_data: taken.id,
    ...errors,
  };
  return envelope({ statuses: [one] });
}
