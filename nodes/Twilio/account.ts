/** The accounts of the credential `parleyTwilioApi`: one sender, for SMS and MMS or for WhatsApp. */
import type { AccountGetter } from '../shared/account-getter.ts';
import { accountOfCredential, type CredentialForm } from '../shared/account.ts';
import { TWILIO_FORM } from '../shared/providers/twilio.ts';
import { channelOf } from './channel.ts';

const CREDENTIAL: Omit<CredentialForm, 'channel' | 'identifiedBy'> = {
  credential: 'parleyTwilioApi',
  ...TWILIO_FORM,
};

export const SMS_ACCOUNT: CredentialForm = {
  ...CREDENTIAL,
  channel: 'twilio_sms',
  identifiedBy: ['From', 'Messaging Service SID'],
};

const WHATSAPP_ACCOUNT: CredentialForm = { ...CREDENTIAL, channel: 'twilio_whatsapp', identifiedBy: ['From'] };

const FORMS = { twilio_sms: SMS_ACCOUNT, twilio_whatsapp: WHATSAPP_ACCOUNT };

export const twilioAccount: AccountGetter = async (context) => {
  const credential = await context.getCredentials(CREDENTIAL.credential);
  return accountOfCredential(FORMS[channelOf(context.getNode(), credential['from'])], credential);
};
