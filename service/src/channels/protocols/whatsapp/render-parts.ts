/** Pieces of message bodies. Absent members stay absent: Meta refuses `null`. */
import type { Header } from '../../../../../contract/message.ts';
import type { MediaSource } from '../../../../../contract/media.ts';
import { compact, type JsonObject } from '../../kit/json.ts';

export function mediaObject({ link, mediaId }: MediaSource): JsonObject {
  return mediaId ? { id: mediaId } : { link };
}

export function headerObject(header: Header): JsonObject {
  if (header.type === 'text') return { type: 'text', text: header.text };
  const filename = header.type === 'document' ? header.filename : undefined;
  return { type: header.type, [header.type]: compact({ ...mediaObject(header), filename }) };
}

export function productSections(sections: readonly { title: string; productIds: string[] }[]): JsonObject[] {
  return sections.map(({ title, productIds }) =>
    compact({
      title: title || undefined,
      product_items: productIds.map((productId) => ({ product_retailer_id: productId })),
    }),
  );
}

interface Shell {
  text?: string;
  header?: Header;
  footer?: string;
}

/** The `interactive` object around an action. */
export function interactive(type: string, { text, header, footer }: Shell, action: JsonObject): JsonObject {
  return compact({
    type,
    header: header && headerObject(header),
    body: text ? { text } : undefined,
    footer: footer ? { text: footer } : undefined,
    action,
  });
}
