/** The kinds of content that go by the same name on several channels; what belongs to one channel is sent with its own node. */
import { titledCards } from '../shared/content/cards.ts';
import { contacts } from '../shared/content/contacts.ts';
import { buttons, link } from '../shared/content/interactive.ts';
import type { ContentKind } from '../shared/content/kind.ts';
import { richList } from '../shared/content/list.ts';
import { audio, document, image, sticker, video } from '../shared/content/media.ts';
import { location } from '../shared/content/places.ts';
import { quickReplies } from '../shared/content/quick-replies.ts';
import { reaction, text } from '../shared/content/text.ts';
import { timePicker } from '../shared/content/time-picker.ts';

export const PORTABLE_KINDS: readonly ContentKind[] = [
  audio,
  buttons,
  contacts,
  document,
  image,
  link,
  richList({ groups: true, several: true, images: true, frame: true }),
  location,
  quickReplies({ files: true, images: false, asks: [] }),
  reaction,
  sticker,
  text,
  timePicker,
  titledCards,
  video,
];
