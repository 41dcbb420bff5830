import { ChangeSignal } from '../kit/change-signal.ts';
import type { SandboxClock } from '../kit/clock.ts';
import { FaultQueue } from '../kit/faults.ts';
import type { JsonObject } from '../kit/json.ts';
import type { RecordedRequest } from '../kit/request-log.ts';
import type { MetaSandboxSettings } from './defaults.ts';
import type { Webhooks } from './webhooks.ts';

export type Platform = 'messenger' | 'instagram';

/** Somebody, as one account knows them (a PSID or an IGSID). */
export interface Person {
  id: string;
  platform: Platform;
  name?: string;
  username?: string;
  /** Their last act that opens the window, milliseconds; absent: they have done nothing yet. */
  actedAt?: number;
  /** They came from an ad then. */
  cameFromAdAt?: number;
  /** The app that controls the conversation; absent: any app may write. */
  ownerAppId?: string;
}

/** A message that was accepted from the business. */
export interface AcceptedMessage {
  id: string;
  platform: Platform;
  acceptedAt: number;
  to: Person;
  /** `text`, `image`…, a template by its type (`button`), or `reaction`. */
  kind: string;
  /** The body as the business sent it. */
  body: JsonObject;
  metadata: string | undefined;
  /** Events posted of it so far: `echo`, `delivered`, `read`. */
  events: string[];
}

/** A message or act of a person that has an id. */
export interface InboundRecord {
  id: string;
  platform: Platform;
  from: Person;
  at: number;
}

/** `mark_seen`, `typing_on`, `typing_off`. */
export interface SenderAction {
  platform: Platform;
  to: string;
  action: string;
  at: number;
}

export interface StoredFile {
  id: string;
  mimeType: string;
  content: Buffer;
  filename?: string;
  /** Of an uploaded file: what it may be sent as. */
  kind?: string;
  platform?: Platform;
}

export interface Template {
  id: string;
  name: string;
  language: string;
  category: string;
  status: string;
  components: JsonObject[];
}

export interface Persona {
  id: string;
  name: string;
  imageUrl: string;
}

export interface Subscription {
  callbackUrl: string;
  verifyToken: string;
  fields: string[];
}

/** Everything a sandbox knows. One per sandbox; every part works on it. */
export interface World {
  settings: MetaSandboxSettings;
  clock: SandboxClock;
  newId: () => string;
  /** Origin of the sandbox; set once it listens. */
  url: string;
  people: Map<string, Person>;
  /** Accepted messages by id, oldest first. */
  accepted: Map<string, AcceptedMessage>;
  inbound: Map<string, InboundRecord>;
  senderActions: SenderAction[];
  /** Uploaded files by attachment id. */
  uploads: Map<string, StoredFile>;
  /** Files of people by the last part of their URL: `{world.url}/cdn/{id}`. */
  files: Map<string, StoredFile>;
  templates: Map<string, Template>;
  personas: Map<string, Persona>;
  /** The Messenger Profile, per platform. */
  profiles: Record<Platform, JsonObject>;
  /** Of the app, by object. */
  appSubscriptions: Partial<Record<'page' | 'instagram', Subscription>>;
  /** Fields to which the app is subscribed at the Page and, with its own log-in, at the Instagram account; absent: none. */
  pageFields?: string[];
  igFields?: string[];
  requests: RecordedRequest[];
  faults: FaultQueue;
  changes: ChangeSignal;
  webhooks: Webhooks;
}

/** An empty world; the webhooks are added by whoever starts it. */
export function createWorld(parts: Pick<World, 'settings' | 'clock' | 'newId'>): Omit<World, 'webhooks'> {
  return {
    ...parts,
    url: '',
    people: new Map(),
    accepted: new Map(),
    inbound: new Map(),
    senderActions: [],
    uploads: new Map(),
    files: new Map(),
    templates: new Map(),
    personas: new Map(),
    profiles: { messenger: {}, instagram: {} },
    appSubscriptions: {},
    requests: [],
    faults: new FaultQueue(),
    changes: new ChangeSignal(),
  };
}

/** A numeric object id, as Graph objects have. */
export function numericId(world: Pick<World, 'newId'>): string {
  const hex = world.newId().replace(/[^0-9a-f]/gi, '');
  return String(1_000_000_000_000_000n + BigInt(`0x${hex.slice(-12) || '1'}`));
}

/** A message id as the platform makes them. */
export function newMessageId(world: Pick<World, 'newId'>, platform: Platform): string {
  const unique = Buffer.from(world.newId()).toString('base64url');
  return platform === 'messenger' ? `m_${unique}` : `aWdfZAG${unique}`;
}

/** Finds the person or meets them for the first time. */
export function personFor(world: World, platform: Platform, id: string): Person {
  const key = `${platform}:${id}`;
  const known = world.people.get(key);
  if (known) return known;
  const person: Person = { id, platform };
  world.people.set(key, person);
  return person;
}

export const DAY_MS = 24 * 3_600_000;

/** When the window ends in which anything may be sent, milliseconds; undefined: it never was open. */
export function windowEndsAt(person: Person): number | undefined {
  const ends = [
    person.actedAt === undefined ? undefined : person.actedAt + DAY_MS,
    person.cameFromAdAt === undefined || person.platform === 'instagram' ? undefined : person.cameFromAdAt + 7 * DAY_MS,
  ].filter((end) => end !== undefined);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

/** Notes an act of the person that opens the window. */
export function noteAct(world: World, person: Person, isFromAd = false): void {
  person.actedAt = world.clock.now();
  if (isFromAd) person.cameFromAdAt = world.clock.now();
  world.changes.notify();
}

/** The account as webhooks name it. */
export function accountId(world: Pick<World, 'settings'>, platform: Platform): string {
  return platform === 'messenger' ? world.settings.pageId : world.settings.igUserId;
}
