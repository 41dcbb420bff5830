/** Reads the parts of Sunshine events that several readers look at. */
import type { IdentityRef } from '../../../../contract/event.ts';
import type { ChannelEvent, ContactRef } from '../channel.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import { compact, idOf, isObject, labelOf, objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { ANY_INTEGRATION, type SunshineSettings } from './settings.ts';

/** How people of an app are named: by Sunshine's id, by the business's own, and by the conversation that is theirs alone. */
export const USER = 'user_id';
export const EXTERNAL = 'external_id';
export const CONVERSATION = 'conversation_id';

export interface Told {
  /** Its key: the event's id, or what it says where it has none. */
  key: string;
  type: string;
  at: number | undefined;
  payload: JsonObject;
  /** The whole event, kept as it came. */
  raw: JsonObject;
  address: string[] | undefined;
  thread: string | undefined;
  settings: SunshineSettings;
}

/** ISO 8601 → milliseconds. */
export function instantIn(value: unknown): number | undefined {
  const at = Date.parse(textOf(value) ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** Where something came from or goes to: its kind and its integration. */
export function sourceIn({ message, activity, source, destination, client }: JsonObject): JsonObject {
  const places = [objectOf(message).source, objectOf(activity).source, source, destination, client];
  return objectOf(places.find((place) => isObject(place)));
}

/** The account of the integration, else the one that hears all others; undefined: what is of no integration goes where the conversation is known. */
export function addressIn(payload: JsonObject): string[] | undefined {
  const integration = idOf(sourceIn(payload).integrationId);
  return integration === undefined ? undefined : [integration, ANY_INTEGRATION];
}

/** What is not of an integration of a channel: agents, and calls of the API. */
const NO_SURFACES = /^(api|zd:|none$)/;

/** The channel behind Sunshine, which decides what can be sent and when. */
export function factsIn(payload: JsonObject): { surface: string } | undefined {
  const surface = labelOf(sourceIn(payload).type);
  return surface === undefined || NO_SURFACES.test(surface) ? undefined : { surface };
}

/** A personal conversation is one person's: by it they are known where nobody else names them. */
function ofConversation({ id, type }: JsonObject): IdentityRef[] {
  const address = idOf(id);
  return type === 'personal' && address !== undefined ? [{ kind: CONVERSATION, address }] : [];
}

function namesOf(user: JsonObject): IdentityRef[] {
  const [id, external] = [idOf(user.id), idOf(user.externalId)];
  return [
    ...(id === undefined ? [] : [{ kind: USER, address: id }]),
    ...(external === undefined ? [] : [{ kind: EXTERNAL, address: external }]),
  ];
}

/** The name in a profile, or the one that a channel shows. */
function nameIn(user: JsonObject): string | undefined {
  const { givenName, surname } = objectOf(user.profile);
  const whole = [textOf(givenName), textOf(surname)].filter((part) => part !== undefined).join(' ');
  return labelOf(whole) ?? labelOf(user.displayName);
}

/** The person, whichever way the payload names them; undefined: it names nobody. */
export function contactIn(payload: JsonObject): ContactRef | undefined {
  const author = objectOf(objectOf(payload.message).author ?? objectOf(payload.activity).author);
  const isUser = author.type === 'user';
  const ofAuthor = { id: author.userId, displayName: author.displayName, ...objectOf(author.user) };
  const user = isUser ? ofAuthor : objectOf(payload.user);
  const identities = [...namesOf(user), ...ofConversation(objectOf(payload.conversation))];
  return identities.length === 0 ? undefined : compactContact(identities, nameIn(user));
}

function compactContact(identities: IdentityRef[], name: string | undefined): ContactRef {
  return { identities, ...(name !== undefined && { name }) };
}

/** What a user or a conversation carries besides: flat texts, numbers and flags. */
const MAX_METADATA = 30;
function metadataIn(prefix: string, value: unknown): [string, string][] {
  const all = Object.entries(objectOf(value)).slice(0, MAX_METADATA);
  return all.flatMap(([name, member]) => {
    const isFlat = ['string', 'number', 'boolean'].includes(typeof member);
    return isFlat && name.length <= 100 ? [[`${prefix}.${name}`, String(member).slice(0, 256)]] : [];
  });
}

/** What workflows may decide by; undefined: nothing is told. */
export function attributesIn(payload: JsonObject): Record<string, string> | undefined {
  const author = objectOf(objectOf(payload.message).author);
  const user = { ...objectOf(payload.user), ...objectOf(author.user) };
  const surface = factsIn(payload)?.surface;
  const all: [string, string][] = [
    ...(surface === undefined ? [] : [['surface', surface] as [string, string]]),
    ...metadataIn('metadata', user.metadata),
    ...metadataIn('conversation', objectOf(payload.conversation).metadata),
  ];
  const locale = labelOf(objectOf(user.profile).locale);
  if (locale !== undefined) all.push(['locale', locale]);
  return all.length === 0 ? undefined : Object.fromEntries(all);
}

/** Agents of Zendesk answer as people; any other integration is a program. */
export const AGENTS = 'zd:agentWorkspace';

/** Who answers from now on, by the switchboard; undefined: it does not tell. */
export function ownerIn(
  { conversation }: JsonObject,
  { switchboardName }: SunshineSettings,
): 'bot' | 'human' | undefined {
  const { name, integrationType } = objectOf(objectOf(conversation).activeSwitchboardIntegration);
  if (textOf(name) === undefined && textOf(integrationType) === undefined) return undefined;
  if (switchboardName !== undefined) return name === switchboardName ? 'bot' : 'human';
  return integrationType === AGENTS ? 'human' : 'bot';
}

export function unsupported({ address, key, at, raw, thread }: Told, reason: string): ChannelEvent {
  const groupId = labelOf(thread);
  const data = compact({ reason, groupId });
  return compact({ type: 'unsupported' as const, address, dedupeKey: `unsupported:${key}`, at, raw, data });
}

/** Reads the frame of an event. */
export function toldIn(raw: JsonObject, settings: SunshineSettings): Told {
  const payload = objectOf(raw.payload);
  const id = idOf(raw.id);
  return {
    ...{ key: id ?? fingerprint(raw), type: textOf(raw.type) ?? '', at: instantIn(raw.createdAt), payload, raw },
    ...{ address: addressIn(payload), thread: idOf(objectOf(payload.conversation).id), settings },
  };
}
