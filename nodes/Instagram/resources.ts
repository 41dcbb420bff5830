import type { Resource } from '../shared/operation.ts';
import { linkResource } from '../shared/operations/link.ts';
import { markReadOperation, typingChoice } from '../shared/operations/mark-read.ts';
import { downloadOperation, mediaResource, uploadOperation } from '../shared/operations/media.ts';
import { iceBreakers, menus } from '../shared/operations/profile-fields.ts';
import { profileResource } from '../shared/operations/profile.ts';
import { sendAndWaitOperation } from '../shared/operations/send-and-wait.ts';
import { sendOperation } from '../shared/operations/send.ts';
import { sessionResource } from '../shared/operations/session.ts';
import { instagramAccount } from './account.ts';
import { INSTAGRAM_FORM } from './form.ts';

const send = sendOperation(INSTAGRAM_FORM);

const message: Resource = {
  value: 'message',
  name: 'Message',
  operations: [markReadOperation(instagramAccount, typingChoice), send, sendAndWaitOperation(INSTAGRAM_FORM)],
  defaultOperation: send.value,
};

/** The first is what a new node starts with. */
export const INSTAGRAM_RESOURCES: readonly Resource[] = [
  message,
  linkResource({ account: instagramAccount, host: 'ig.me', text: false }),
  mediaResource(downloadOperation, uploadOperation(instagramAccount)),
  profileResource(instagramAccount, [iceBreakers, menus({ composer: false })]),
  sessionResource(INSTAGRAM_FORM),
];
