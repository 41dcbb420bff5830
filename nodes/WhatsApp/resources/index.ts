import type { Resource } from '../../shared/operation.ts';
import { mediaResource } from './media/index.ts';
import { messageResource } from './message/index.ts';
import { sessionResource } from './session/index.ts';
import { templateResource } from './template/index.ts';

/** The first is what a new node starts with. */
export const WHATSAPP_RESOURCES: readonly Resource[] = [
  messageResource,
  mediaResource,
  sessionResource,
  templateResource,
];
