/** Reads the parts of Sendbird's webhooks and answers that the channel looks at (pages "Webhook events" and "Message resource"). */
import type { IdentityRef } from '../../../../contract/event.ts';
import type { ContactRef } from '../channel.ts';
import { idOf, labelOf, numberOf, objectOf, objectsOf, textOf, type JsonObject } from '../kit/json.ts';

/** How people of an application are named. */
export const IDENTITY = 'user_id';
/** Sendbird's limit of a user id, in characters. */
const MAX_USER_ID = 80;
/** The last millisecond that a `Date` can hold. */
const MAX_INSTANT = 8.64e15;
/** What is smaller is in seconds: as milliseconds it would be before 1973. */
const SECONDS_BELOW = 100_000_000_000;

/** A user id as Sendbird writes it; what is longer than it allows is none. */
export function userIdOf(value: unknown): string | undefined {
  const id = idOf(objectOf(value).user_id);
  return id !== undefined && id.length <= MAX_USER_ID ? id : undefined;
}

export const identity = (address: string): IdentityRef => ({ kind: IDENTITY, address });

/** The person, by the name that the app shows. */
export function personOf(user: unknown): ContactRef | undefined {
  const id = userIdOf(user);
  if (id === undefined) return undefined;
  const name = labelOf(objectOf(user).nickname);
  return { identities: [identity(id)], ...(name !== undefined && { name }) };
}

/** Milliseconds since the epoch; some members hold seconds. */
export function instantIn(value: unknown): number | undefined {
  const given = numberOf(value) ?? 0;
  const at = Math.trunc(given < SECONDS_BELOW ? given * 1000 : given);
  return at > 0 && at <= MAX_INSTANT ? at : undefined;
}

/** A file of a message, under the names of webhooks and of answers. */
export interface FileResource {
  url: string;
  name: string | undefined;
  mimeType: string | undefined;
}

/** Reads the files of a message: one in the payload itself, or several in `files`. */
export function filesOf(payload: JsonObject): FileResource[] {
  const places = [payload, objectOf(payload.file), ...objectsOf(payload.files)];
  return places.map(fileOf).filter((file) => file !== undefined);
}

function fileOf(place: JsonObject): FileResource | undefined {
  const url = idOf(place.url);
  if (url === undefined || !URL.canParse(url)) return undefined;
  const mimeType = labelOf(place.content_type ?? place.file_type ?? mimeIn(place.type))?.toLowerCase();
  return { url, name: labelOf(place.filename ?? place.file_name ?? place.name), mimeType };
}

/** `type` is the MIME type of a file, or `FILE` of its message. */
const mimeIn = (type: unknown): string | undefined => (textOf(type)?.includes('/') ? textOf(type) : undefined);

/** Carries our message id, so that the message is known in listings and webhooks that tell it. */
export const CORRELATION = 'parley_message';

/** Finds our message id in the meta array of a message, wherever it stands. */
export function correlationIn(...places: readonly JsonObject[]): string | undefined {
  for (const { sorted_metaarray: metas } of places) {
    const own = objectsOf(metas).find(({ key }) => key === CORRELATION);
    const [value] = Array.isArray(own?.value) ? (own.value as unknown[]) : [];
    if (idOf(value) !== undefined) return idOf(value);
  }
  return undefined;
}
