import type { Resource } from '../shared/operation.ts';
import { linkResource } from '../shared/operations/link.ts';
import { markReadOperation, typingChoice } from '../shared/operations/mark-read.ts';
import { downloadOperation, mediaResource, uploadOperation } from '../shared/operations/media.ts';
import { personaResource } from '../shared/operations/persona.ts';
import { getStarted, greetings, iceBreakers, menus } from '../shared/operations/profile-fields.ts';
import { profileResource } from '../shared/operations/profile.ts';
import { sendAndWaitOperation } from '../shared/operations/send-and-wait.ts';
import { sendTemplateOperation } from '../shared/operations/send-template.ts';
import { sendOperation } from '../shared/operations/send.ts';
import { sessionResource } from '../shared/operations/session.ts';
import { messengerAccount } from './account.ts';
import { MESSENGER_FORM } from './form.ts';

const send = sendOperation(MESSENGER_FORM);

const message: Resource = {
  value: 'message',
  name: 'Message',
  operations: [
    markReadOperation(messengerAccount, typingChoice),
    send,
    sendAndWaitOperation(MESSENGER_FORM),
    sendTemplateOperation(MESSENGER_FORM, {
      description: 'Send an approved utility template, which may go out when the session is closed',
    }),
  ],
  defaultOperation: send.value,
};

/** The first is what a new node starts with. */
export const MESSENGER_RESOURCES: readonly Resource[] = [
  message,
  linkResource({ account: messengerAccount, host: 'm.me', text: true }),
  mediaResource(downloadOperation, uploadOperation(messengerAccount)),
  personaResource(messengerAccount),
  profileResource(messengerAccount, [getStarted, greetings, iceBreakers, menus({ composer: true })]),
  sessionResource(MESSENGER_FORM),
];
