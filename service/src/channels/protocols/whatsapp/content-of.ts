import type { OutboundContent, OutboundKind } from '../../../../../contract/message.ts';

/** The content of one kind. */
export type Of<K extends OutboundKind> = Extract<OutboundContent, { type: K }>;
