/** Which kind of content a file is sent as, by its type. */
import type { Capabilities } from '../../../../../contract/channel.ts';
import type { MediaKind } from '../../../../../contract/media.ts';

/** The MIME type without parameters, in lower case. */
export const bareType = (mimeType: string): string => (mimeType.split(';')[0] ?? '').trim().toLowerCase();

/** The first kind whose rule names the type; undefined: not accepted. */
export function kindByType(mimeType: string, media: Capabilities['media']): MediaKind | undefined {
  const bare = bareType(mimeType);
  const found = Object.entries(media).find(([, rule]) => rule.mimeTypes.includes(bare));
  return found?.[0] as MediaKind | undefined;
}
