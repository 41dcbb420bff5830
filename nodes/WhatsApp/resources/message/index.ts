import type { Resource } from '../../../shared/operation.ts';
import { markReadOperation } from './markRead.operation.ts';
import { sendOperation } from './send.operation.ts';
import { sendAndWaitOperation } from './sendAndWait.operation.ts';
import { sendTemplateOperation } from './sendTemplate.operation.ts';

export const messageResource: Resource = {
  value: 'message',
  name: 'Message',
  operations: [markReadOperation, sendOperation, sendAndWaitOperation, sendTemplateOperation],
  defaultOperation: sendOperation.value,
};
