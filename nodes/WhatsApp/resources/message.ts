import type { Resource } from '../../shared/operation.ts';
import { markReadOperation, typingSwitch } from '../../shared/operations/mark-read.ts';
import { sendAndWaitOperation } from '../../shared/operations/send-and-wait.ts';
import { sendTemplateOperation } from '../../shared/operations/send-template.ts';
import { sendOperation } from '../../shared/operations/send.ts';
import { whatsAppAccount } from '../account.ts';
import { WHATSAPP_FORM } from '../form.ts';

const send = sendOperation(WHATSAPP_FORM);

export const messageResource: Resource = {
  value: 'message',
  name: 'Message',
  operations: [
    markReadOperation(
      whatsAppAccount,
      typingSwitch,
      'Show the contact the blue ticks, and that an answer is being written',
    ),
    send,
    sendAndWaitOperation(WHATSAPP_FORM),
    sendTemplateOperation(WHATSAPP_FORM),
  ],
  defaultOperation: send.value,
};
