import type { Resource } from '../../shared/operation.ts';
import { downloadOperation, mediaResource, uploadOperation } from '../../shared/operations/media.ts';
import { sessionResource } from '../../shared/operations/session.ts';
import { whatsAppAccount } from '../account.ts';
import { WHATSAPP_FORM } from '../form.ts';
import { messageResource } from './message.ts';
import { templateResource } from './template/index.ts';

/** The first is what a new node starts with. */
export const WHATSAPP_RESOURCES: readonly Resource[] = [
  messageResource,
  mediaResource(downloadOperation, uploadOperation(whatsAppAccount, { templateExamples: true })),
  sessionResource(WHATSAPP_FORM),
  templateResource,
];
