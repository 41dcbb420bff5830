import type { INodeProperties } from 'n8n-workflow';
import type { ContentKind } from './kind.ts';

/** The provider's own stickers, by what they show and their name. */
export function namedSticker(stickers: readonly { name: string; value: string }[]): ContentKind {
  const field: INodeProperties = {
    displayName: 'Sticker',
    name: 'stickerName',
    type: 'options',
    options: [...stickers],
    default: '',
  };
  return {
    type: 'sticker',
    name: 'Sticker',
    description: "One of the channel's own stickers",
    fields: [{ ...field, default: stickers[0]?.value ?? '' }],
    build: (parameters) => ({ type: 'sticker', name: parameters.required('stickerName', 'Sticker') }),
  };
}
