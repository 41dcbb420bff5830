import type { Resource } from '../shared/operation.ts';
import { markReadOperation, typingChoice } from '../shared/operations/mark-read.ts';
import { downloadOperation, mediaResource } from '../shared/operations/media.ts';
import { sendAndWaitOperation } from '../shared/operations/send-and-wait.ts';
import { sendOperation } from '../shared/operations/send.ts';
import { sessionResource } from '../shared/operations/session.ts';
import { sendbirdAccount } from './account.ts';
import { SENDBIRD_FORM } from './form.ts';
import { threadResource } from './thread.resource.ts';

const send = sendOperation(SENDBIRD_FORM);

const message: Resource = {
  value: 'message',
  name: 'Message',
  operations: [markReadOperation(sendbirdAccount, typingChoice), send, sendAndWaitOperation(SENDBIRD_FORM)],
  defaultOperation: send.value,
};

/** The first is what a new node starts with. */
export const SENDBIRD_RESOURCES: readonly Resource[] = [
  message,
  mediaResource(downloadOperation),
  sessionResource(SENDBIRD_FORM),
  threadResource,
];
