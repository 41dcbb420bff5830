import * as s from '../kit/schema.ts';
import { badParameter, GraphError } from './errors.ts';
import { kindOfType, type MediaKind } from './media-types.ts';
import type { World } from './world.ts';

const REACTION_TARGET_MAX_AGE_MS = 30 * 24 * 3_600_000;

/** The id of a file that the sandbox knows, of this kind. */
function knownMedia(kind: MediaKind): s.Check<World> {
  return s.all<World>(s.text(128), (id, { context: { media, clock } }) => {
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
export function source(kind: MediaKind): s.Check<World> {
  const members = s.open<World>({ link: s.optional(s.url()), id: s.optional(knownMedia(kind)) });
  return s.named(kind, s.all(s.open({}), s.exclusive('id', 'link'), members));
}

function media(kind: MediaKind, own: Record<string, s.Check> = {}): s.Check<World> {
  return s.all(s.object({ id: s.anything, link: s.anything, ...own }), source(kind));
}

const caption = s.optional(s.text(1024));

export const location = s.object({
  latitude: s.number(-90, 90),
  longitude: s.number(-180, 180),
  name: s.optional(s.text(1000)),
  address: s.optional(s.text(1000)),
});

const details = s.optional(s.list(s.open({}), 0, 100));
const OTHER_NAMES = ['first_name', 'last_name', 'middle_name', 'prefix', 'suffix'];

/** `formatted_name` and at least one other part of the name. */
const contact = s.open({
  name: s.all(s.open({ formatted_name: s.text(1024) }), (name, { path }) => {
    const isNamed = OTHER_NAMES.some((part) => (name as Record<string, unknown>)[part]);
    if (!isNamed) throw new s.Invalid({ kind: 'missing', path: [...path, 'first_name'] });
  }),
  ...{ phones: details, emails: details, urls: details, addresses: details },
  birthday: s.optional(
    s.rule((day: unknown) => /^\d{4}-\d{2}-\d{2}$/.test(String(day)), "contacts['birthday'] must be YYYY-MM-DD."),
  ),
  org: s.optional(s.open({})),
});

const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|[0-9#*]\uFE0F?\u20E3/u;

/** To a message that the sandbox knows, at most 30 days old and not itself a reaction. */
const target = s.all<World>(s.text(512), (value, { context: { inbound, accepted, clock } }) => {
  const id = String(value);
  const received = inbound.get(id);
  const at = received?.at ?? accepted.get(id)?.acceptedAt;
  if (at === undefined) throw new GraphError(131009, `Message ${id} does not exist.`);
  const isReaction = (received ?? accepted.get(id))?.type === 'reaction';
  if (isReaction) throw new GraphError(131009, 'A reaction cannot be reacted to.');
  if (clock.now() - at > REACTION_TARGET_MAX_AGE_MS) throw new GraphError(131009, 'The message is older than 30 days.');
});

/** Content of each kind, but for interactive messages (docs: cloud-api/reference/messages). */
export const CONTENT: Record<string, s.Check<World>> = {
  text: s.object({ body: s.text(4096), preview_url: s.optional(s.boolean) }),
  image: media('image', { caption }),
  video: media('video', { caption }),
  audio: media('audio', { voice: s.optional(s.boolean) }),
  document: media('document', { caption, filename: s.optional(s.text(240)) }),
  sticker: media('sticker'),
  location,
  contacts: s.list(contact, 1, 257),
  reaction: s.object<World>({
    emoji: s.all(
      s.text(32, 0),
      s.rule((emoji: string) => emoji === '' || EMOJI.test(emoji), "reaction['emoji'] is not an emoji."),
    ),
    message_id: target,
  }),
  // Templates are checked against the stored template, after the recipient is known.
  template: s.open({
    name: s.text(512),
    language: s.open({ code: s.text(20), policy: s.optional(s.oneOf('deterministic')) }),
  }),
};
