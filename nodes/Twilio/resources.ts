import { withNotices, type Resource } from '../shared/operation.ts';
import { linkResource } from '../shared/operations/link.ts';
import { markReadOperation } from '../shared/operations/mark-read.ts';
import { downloadOperation, mediaResource } from '../shared/operations/media.ts';
import { sendAndWaitOperation } from '../shared/operations/send-and-wait.ts';
import { sendTemplateOperation } from '../shared/operations/send-template.ts';
import { sendOperation } from '../shared/operations/send.ts';
import { sessionResource } from '../shared/operations/session.ts';
import { getTemplateOperation, getTemplatesOperation } from '../shared/operations/templates.ts';
import { cancelOperation } from './cancel.operation.ts';
import { twilioAccount } from './account.ts';
import { onlyOn } from './channel.ts';
import { TWILIO_FORM } from './form.ts';

const send = sendOperation(TWILIO_FORM);

/** Twilio has one call for both. */
const markRead = markReadOperation(
  twilioAccount,
  { fields: [], typing: () => undefined },
  'Show the contact on WhatsApp that the message was read and that an answer is being written, for 25 seconds',
);

const smsNotice = onlyOn('twilio_sms', {
  displayName: 'SMS has no read marks: choose the channel WhatsApp.',
  name: 'markReadNotice',
  type: 'notice',
  default: '',
});

const message: Resource = {
  value: 'message',
  name: 'Message',
  operations: [
    cancelOperation,
    withNotices(markRead, smsNotice),
    send,
    sendAndWaitOperation(TWILIO_FORM),
    sendTemplateOperation(TWILIO_FORM, {
      description: 'Send a content template; one that WhatsApp approved may start or reopen a conversation at any time',
      files: 'A file belongs to the template: what varies in its link is a variable.',
    }),
  ],
  defaultOperation: send.value,
};

const getTemplates = getTemplatesOperation(twilioAccount, {
  categories: [
    { name: 'Authentication', value: 'AUTHENTICATION' },
    { name: 'Marketing', value: 'MARKETING' },
    { name: 'Utility', value: 'UTILITY' },
  ],
  statuses: [
    { name: 'Approved', value: 'APPROVED' },
    { name: 'Disabled', value: 'DISABLED' },
    { name: 'Paused', value: 'PAUSED' },
    { name: 'Pending', value: 'PENDING' },
    { name: 'Received', value: 'RECEIVED' },
    { name: 'Rejected', value: 'REJECTED' },
    { name: 'Unsubmitted', value: 'UNSUBMITTED' },
  ],
});

const template: Resource = {
  value: 'template',
  name: 'Template',
  operations: [getTemplateOperation(twilioAccount), getTemplates],
  defaultOperation: getTemplates.value,
};

/** The first is what a new node starts with. */
export const TWILIO_RESOURCES: readonly Resource[] = [
  message,
  linkResource({ account: twilioAccount, host: 'sms: or wa.me', reference: false, text: true }),
  mediaResource(downloadOperation),
  sessionResource(TWILIO_FORM),
  template,
];
