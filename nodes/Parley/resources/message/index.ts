import type { Resource } from '../../../shared/operation.ts';
import { sendOperation } from './send.operation.ts';
import { sendAndWaitOperation } from './sendAndWait.operation.ts';

export const messageResource: Resource = {
  value: 'message',
  name: 'Message',
  operations: [sendOperation, sendAndWaitOperation],
  defaultOperation: sendOperation.value,
};
