import {
  exclusive,
  list,
  named,
  object,
  oneOf,
  open,
  optional,
  rule,
  all,
  anything,
  boolean,
  text,
  number,
  url,
  Invalid,
} from '../kit/schema.ts';
import type { Check } from '../kit/schema.ts';
import { badParameter, GraphError } from './errors.ts';
import { kindOfType, type MediaKind } from './media-types.ts';
import type { World } from './world.ts';

const REACTION_TARGET_MAX_AGE_MS = 30 * 24 * 3_600_000;

/** The id of a file that the sandbox knows, of this kind. */
function knownMedia(kind: MediaKind): Check<World> {
  return all<World>(text(128), (id, { context: { media, clock } }) => {
    const stored = media.get(String(id));
    if (!stored || stored.expiresAt <= clock.now()) {
      throw badParameter(`Param ${kind}['id'] is not a valid whatsapp business account media attachment ID`);
    }
    if (kindOfType(stored.mimeType) !== kind) {
      throw new GraphError(131053, `Unsupported ${kind} mime type ${stored.mimeType}.`);
    }
  });
}

/** Exactly one of `id` and `link`. */
export function source(kind: MediaKind): Check<World> {
  const members = open<World>({ link: optional(url()), id: optional(knownMedia(kind)) });
  return named(kind, all(open({}), exclusive('id', 'link'), members));
}

function media(kind: MediaKind, own: Record<string, Check> = {}): Check<World> {
  return all(object({ id: anything, link: anything, ...own }), source(kind));
}

const caption = optional(text(1024));

export const location = object({
  latitude: number(-90, 90),
  longitude: number(-180, 180),
  name: optional(text(1000)),
  address: optional(text(1000)),
});

const details = optional(list(open({}), 0, 100));
const OTHER_NAMES = ['first_name', 'last_name', 'middle_name', 'prefix', 'suffix'];

/** `formatted_name` and at least one other part of the name. */
const contact = open({
  name: all(open({ formatted_name: text(1024) }), (name, { path }) => {
    const isNamed = OTHER_NAMES.some((part) => (name as Record<string, unknown>)[part]);
    if (!isNamed) throw new Invalid({ kind: 'missing', path: [...path, 'first_name'] });
  }),
  ...{ phones: details, emails: details, urls: details, addresses: details },
  birthday: optional(
    rule((day: unknown) => /^\d{4}-\d{2}-\d{2}$/.test(String(day)), "contacts['birthday'] must be YYYY-MM-DD."),
  ),
  org: optional(open({})),
});

const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|[0-9#*]\uFE0F?\u20E3/u;

/** To a message that the sandbox knows, at most 30 days old and not itself a reaction. */
const target = all<World>(text(512), (value, { context: { inbound, accepted, clock } }) => {
  const id = String(value);
  const received = inbound.get(id);
  const at = received?.at ?? accepted.get(id)?.acceptedAt;
  if (at === undefined) throw new GraphError(131009, `Message ${id} does not exist.`);
  const isReaction = (received ?? accepted.get(id))?.type === 'reaction';
  if (isReaction) throw new GraphError(131009, 'A reaction cannot be reacted to.');
  if (clock.now() - at > REACTION_TARGET_MAX_AGE_MS) throw new GraphError(131009, 'The message is older than 30 days.');
});

/** Content of each kind, but for interactive messages (docs: cloud-api/reference/messages). */
export const CONTENT: Record<string, Check<World>> = {
  text: object({ body: text(4096), preview_url: optional(boolean) }),
  image: media('image', { caption }),
  video: media('video', { caption }),
  audio: media('audio', { voice: optional(boolean) }),
  document: media('document', { caption, filename: optional(text(240)) }),
  sticker: media('sticker'),
  location,
  contacts: list(contact, 1, 257),
  reaction: object<World>({
    emoji: all(
      text(32, 0),
      rule((emoji: string) => emoji === '' || EMOJI.test(emoji), "reaction['emoji'] is not an emoji."),
    ),
    message_id: target,
  }),
  // Templates are checked against the stored template, after the recipient is known.
  template: open({
    name: text(512),
    language: open({ code: text(20), policy: optional(oneOf('deterministic')) }),
  }),
};
