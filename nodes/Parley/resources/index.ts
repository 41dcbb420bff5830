import type { Resource } from '../../shared/operation.ts';
import { downloadOperation, mediaResource } from '../../shared/operations/media.ts';
import { conversationResource } from './conversation/index.ts';
import { deadLetterResource, deliveryResource } from './dead-letter/index.ts';
import { messageResource } from './message/index.ts';
import { sessionResource } from './session/index.ts';

/** The first is what a new node starts with. */
export const PARLEY_RESOURCES: readonly Resource[] = [
  messageResource,
  conversationResource,
  deadLetterResource,
  deliveryResource,
  mediaResource(downloadOperation),
  sessionResource,
];
