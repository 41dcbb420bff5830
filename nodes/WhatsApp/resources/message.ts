import { withNotices, type Resource } from '../../shared/operation.ts';
import { markReadOperation, typingSwitch } from '../../shared/operations/mark-read.ts';
import { sendAndWaitOperation } from '../../shared/operations/send-and-wait.ts';
import { sendTemplateOperation } from '../../shared/operations/send-template.ts';
import { sendOperation } from '../../shared/operations/send.ts';
import { whatsAppAccount } from '../account.ts';
import { providerNotice } from '../connect-through.ts';
import { WHATSAPP_FORM } from '../form.ts';

const send = sendOperation(WHATSAPP_FORM);

const markRead = markReadOperation(
  whatsAppAccount,
  typingSwitch,
  'Show the contact the blue ticks, and that an answer is being written',
);

const twilioNotice = providerNotice(
  'twilio',
  'twilioMarkReadNotice',
  'Twilio has one call for both: it shows typing for 25 seconds with every read mark.',
);

export const messageResource: Resource = {
  value: 'message',
  name: 'Message',
  operations: [
    withNotices(markRead, twilioNotice),
    send,
    sendAndWaitOperation(WHATSAPP_FORM),
    sendTemplateOperation(WHATSAPP_FORM, { extraContent: true }),
  ],
  defaultOperation: send.value,
};
