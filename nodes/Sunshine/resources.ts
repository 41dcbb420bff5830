import type { Resource } from '../shared/operation.ts';
import { markReadOperation, typingChoice } from '../shared/operations/mark-read.ts';
import { downloadOperation, mediaResource, uploadOperation } from '../shared/operations/media.ts';
import { sendAndWaitOperation } from '../shared/operations/send-and-wait.ts';
import { sendOperation } from '../shared/operations/send.ts';
import { sessionResource } from '../shared/operations/session.ts';
import { sunshineAccount } from './account.ts';
import { controlResource } from './control.resource.ts';
import { SUNSHINE_FORM } from './form.ts';
import { threadResource, userResource } from './user.resource.ts';

const send = sendOperation(SUNSHINE_FORM);

const message: Resource = {
  value: 'message',
  name: 'Message',
  operations: [markReadOperation(sunshineAccount, typingChoice), send, sendAndWaitOperation(SUNSHINE_FORM)],
  defaultOperation: send.value,
};

/** The first is what a new node starts with. */
export const SUNSHINE_RESOURCES: readonly Resource[] = [
  message,
  mediaResource(downloadOperation, uploadOperation(sunshineAccount)),
  sessionResource(SUNSHINE_FORM),
  controlResource,
  threadResource,
  userResource,
];
