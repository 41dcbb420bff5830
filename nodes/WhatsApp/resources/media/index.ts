import type { Resource } from '../../../shared/operation.ts';
import { downloadOperation } from './download.operation.ts';
import { uploadOperation } from './upload.operation.ts';

export const mediaResource: Resource = {
  value: 'media',
  name: 'Media',
  operations: [downloadOperation, uploadOperation],
  defaultOperation: downloadOperation.value,
};
