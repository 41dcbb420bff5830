import { isObject, type JsonObject } from '../kit/json.ts';
import {
  allowText,
  refuseOthers,
  requireList,
  requireNumber,
  requireObject,
  requireText,
  requireUrl,
} from './checks.ts';
import { GraphError, invalid, missing } from './errors.ts';
import { kindOfType, type MediaKind } from './media-types.ts';
import type { World } from './world.ts';

const REACTION_TARGET_MAX_AGE_MS = 30 * 24 * 3_600_000;

const MEDIA_KEYS: Record<MediaKind, readonly string[]> = {
  image: ['id', 'link', 'caption'],
  video: ['id', 'link', 'caption'],
  audio: ['id', 'link', 'voice'],
  document: ['id', 'link', 'caption', 'filename'],
  sticker: ['id', 'link'],
};

/** Text: body up to 4096 characters. */
export function checkText(text: JsonObject): void {
  refuseOthers(text, 'text', ['body', 'preview_url']);
  requireText(text['body'], "text['body']", 4096);
  if (text['preview_url'] !== undefined && typeof text['preview_url'] !== 'boolean') {
    throw invalid("text['preview_url'] must be a boolean.");
  }
}

/** A media object: either a known media id of the right kind or a link, never both. */
export function checkMedia(world: World, kind: MediaKind, media: JsonObject): void {
  refuseOthers(media, kind, MEDIA_KEYS[kind]);
  checkMediaSource(world, kind, media);
  allowText(media['caption'], `${kind}['caption']`, 1024);
  allowText(media['filename'], `${kind}['filename']`, 240);
  if (media['voice'] !== undefined && typeof media['voice'] !== 'boolean')
    throw invalid(`${kind}['voice'] must be a boolean.`);
}

/** Exactly one of `id` and `link`; the id must be known, unexpired and of the kind. */
export function checkMediaSource(world: World, kind: MediaKind, media: JsonObject): void {
  const { id, link } = media;
  if (id === undefined && link === undefined) throw missing(`${kind}['id'] or ${kind}['link']`);
  if (id !== undefined && link !== undefined)
    throw invalid(`Only one of ${kind}['id'] and ${kind}['link'] is allowed.`);
  if (link !== undefined) {
    requireUrl(link, `${kind}['link']`);
    return;
  }
  const stored = world.media.get(requireText(id, `${kind}['id']`, 128));
  if (!stored || stored.expiresAt <= world.clock.now()) {
    const message = `(#100) Param ${kind}['id'] is not a valid whatsapp business account media attachment ID`;
    throw new GraphError(100, undefined, { message });
  }
  if (kindOfType(stored.mimeType) !== kind) {
    throw new GraphError(131053, `Unsupported ${kind} mime type ${stored.mimeType}.`);
  }
}

export function checkLocation(location: JsonObject): void {
  refuseOthers(location, 'location', ['latitude', 'longitude', 'name', 'address']);
  requireNumber(location['latitude'], "location['latitude']", -90, 90);
  requireNumber(location['longitude'], "location['longitude']", -180, 180);
  allowText(location['name'], "location['name']", 1000);
  allowText(location['address'], "location['address']", 1000);
}

/** Shared contacts: `formatted_name` and at least one other part of the name. */
export function checkContacts(value: unknown): void {
  for (const contact of requireList(value, 'contacts', 1, 257)) {
    const name = requireObject(contact['name'], "contacts['name']");
    requireText(name['formatted_name'], "contacts['name']['formatted_name']", 1024);
    const others = ['first_name', 'last_name', 'middle_name', 'prefix', 'suffix'].filter((part) => name[part]);
    if (others.length === 0) throw missing("contacts['name']['first_name']");
    checkContactDetails(contact);
  }
}

function checkContactDetails(contact: JsonObject): void {
  for (const list of ['phones', 'emails', 'urls', 'addresses']) {
    if (contact[list] !== undefined) requireList(contact[list], `contacts['${list}']`, 0, 100);
  }
  const { birthday, org } = contact;
  if (birthday !== undefined && (typeof birthday !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(birthday))) {
    throw invalid("contacts['birthday'] must be YYYY-MM-DD.");
  }
  if (org !== undefined && !isObject(org)) throw invalid("contacts['org'] must be an object.");
}

/** A reaction to a message that the sandbox knows, at most 30 days old and not itself a reaction. */
export function checkReaction(world: World, reaction: JsonObject): void {
  refuseOthers(reaction, 'reaction', ['message_id', 'emoji']);
  const id = requireText(reaction['message_id'], "reaction['message_id']", 512);
  const emoji = requireText(reaction['emoji'], "reaction['emoji']", 32, 0);
  if (emoji !== '' && !/\p{Extended_Pictographic}|\p{Regional_Indicator}|[0-9#*]\uFE0F?\u20E3/u.test(emoji)) {
    throw invalid("reaction['emoji'] is not an emoji.");
  }
  const inbound = world.inbound.get(id);
  const outbound = world.accepted.get(id);
  const at = inbound?.at ?? outbound?.acceptedAt;
  if (at === undefined) throw invalid(`Message ${id} does not exist.`);
  if ((inbound ?? outbound)?.type === 'reaction') throw invalid('A reaction cannot be reacted to.');
  if (world.clock.now() - at > REACTION_TARGET_MAX_AGE_MS) throw invalid('The message is older than 30 days.');
}
