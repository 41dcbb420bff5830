/** The kinds of content that go by the same name on several channels; what belongs to one channel is sent with its own node. */
import { carousel } from '../shared/content/carousel.ts';
import { contacts } from '../shared/content/contacts.ts';
import { buttons, link, list } from '../shared/content/interactive.ts';
import type { ContentKind } from '../shared/content/kind.ts';
import { audio, document, image, sticker, video } from '../shared/content/media.ts';
import { location } from '../shared/content/places.ts';
import { reaction, text } from '../shared/content/text.ts';

export const PORTABLE_KINDS: readonly ContentKind[] = [
  audio,
  buttons,
  carousel,
  contacts,
  document,
  image,
  link,
  list,
  location,
  reaction,
  sticker,
  text,
  video,
];
