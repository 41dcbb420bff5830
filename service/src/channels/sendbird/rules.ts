/** What the checks of all kinds have in common. */
import type { OutboundContent, OutboundKind } from '../../../../contract/message.ts';
import type { Checker } from '../kit/checker.ts';

/** The content of a kind. */
export type Of<K extends OutboundKind> = Extract<OutboundContent, { type: K }>;
type Check<K extends OutboundKind> = (check: Checker, content: Of<K>, isDrawn: boolean) => void;
/** By kind; what is not there is not sent. */
export type Checks = { readonly [K in OutboundKind]?: Check<K> };

/** In characters: Sendbird's default for a channel (`max_length_message`); the application may have set less. */
export const MAX_TEXT = 5000;

/** Files to send are links that the app's users open. */
export function link(check: Checker, content: { link?: string; mediaId?: string }, field = 'link'): void {
  const path = field.replace(/link$/, 'mediaId');
  check.refuse(content.mediaId !== undefined, path, 'cannot be sent: the app opens files by their link, so give one');
  check.url(field, content.link, ['https', 'http']);
}
